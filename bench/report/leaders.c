// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "bench/report/leaders.h"

static bool is_before(enum better better, double a, double b)
{
	return better == BETTER_LOWER ? a < b : a > b;
}

/* The arm with the best median; nr_arms if none has a value. */
static size_t find_best(const struct row *row, size_t nr_arms)
{
	size_t best = nr_arms;

	for (size_t i = 0; i < nr_arms; i++)
		if (row->cells[i].nr > 0 &&
		    (best == nr_arms ||
		     is_before(row->better, row->cells[i].median, row->cells[best].median)))
			best = i;
	return best;
}

int leaders_find(const struct analysis *a, const struct row *row, bool *is_leader)
{
	size_t nr_arms = a->session->nr_arms, best = find_best(row, nr_arms);
	int nr = 0, nr_worse = 0;

	memset(is_leader, 0, nr_arms * sizeof(*is_leader));
	if (row->better == BETTER_NONE || best == nr_arms)
		return 0;
	for (size_t i = 0; i < nr_arms; i++) {
		const struct cell *b = &row->cells[best], *c = &row->cells[i];
		struct comparison comparison;
		int r;

		if (c->nr == 0)
			continue;
		r = compare_groups(b->values, b->nr, c->values, c->nr, row->better, &comparison);
		if (r < 0)
			return r;
		is_leader[i] = i == best || comparison.verdict != VERDICT_WORSE;
		nr += is_leader[i];
		nr_worse += !is_leader[i];
	}
	return nr_worse > 0 ? nr : 0;
}

/* The metrics from @first on that the same arms lead; marks them in @done. */
static void print_metrics(FILE *f, const struct analysis *a, const bool *all, bool *done,
			  size_t first)
{
	size_t nr_arms = a->session->nr_arms;

	for (size_t i = first; i < a->nr_rows; i++) {
		if (done[i] || a->rows[i].workload != a->rows[first].workload ||
		    memcmp(&all[i * nr_arms], &all[first * nr_arms], nr_arms) != 0)
			continue;
		(void)fprintf(f, "%s%s", i == first ? "" : ", ", a->rows[i].metric);
		done[i] = true;
	}
}

/* "A, B or C" */
static void print_arms(FILE *f, const struct session *s, const bool *is_leader)
{
	size_t nr = 0;

	for (size_t i = 0; i < s->nr_arms; i++)
		nr += is_leader[i];
	for (size_t i = 0; i < s->nr_arms; i++)
		if (is_leader[i]) {
			nr--;
			(void)fprintf(f, "%s%s", s->arms[i].label,
				      nr > 1    ? ", "
				      : nr == 1 ? " or "
						: "");
		}
}

static int print_lines(FILE *f, const struct analysis *a, unsigned workload, bool *all, bool *done)
{
	size_t nr_arms = a->session->nr_arms;
	const char *separator = "";

	for (size_t i = 0; i < a->nr_rows; i++) {
		int nr = 0;

		if (a->rows[i].workload == workload)
			nr = leaders_find(a, &a->rows[i], &all[i * nr_arms]);
		if (nr < 0)
			return nr;
		done[i] = nr == 0;
	}
	for (size_t i = 0; i < a->nr_rows; i++) {
		if (done[i])
			continue;
		(void)fprintf(f, "%sBest for ", separator);
		print_metrics(f, a, all, done, i);
		(void)fputs(": ", f);
		print_arms(f, a->session, &all[i * nr_arms]);
		separator = "\n";
	}
	return 0;
}

int leaders_text(const struct analysis *a, unsigned workload, char **ret)
{
	_cleanup_free_ bool *all = calloc(a->nr_rows * a->session->nr_arms + 1, sizeof(*all));
	_cleanup_free_ bool *done = calloc(a->nr_rows + 1, sizeof(*done));
	_cleanup_free_ char *text = NULL;
	size_t size;
	FILE *f = all && done ? open_memstream(&text, &size) : NULL;
	int r;

	if (!f)
		return -ENOMEM;
	r = print_lines(f, a, workload, all, done);
	if (fclose(f) != 0)
		r = -ENOMEM;
	if (r < 0)
		return r;
	*ret = steal_ptr(text);
	return 0;
}
