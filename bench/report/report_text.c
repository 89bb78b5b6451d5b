// SPDX-License-Identifier: GPL-2.0-only
/*
 * A cell has two lines: the ratio to the baseline with the verdict in a word or a mark, and below
 * it the interval. The baseline's own cells have the median and its unit, so that both are there:
 * what it was, and how much better or worse that became.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/report/heading.h"
#include "bench/report/leaders.h"
#include "bench/report/numbers.h"
#include "bench/report/report_text.h"
#include "bench/report/table.h"
#include "lib/strv.h"

#define INDENT 2

static int print_legend(FILE *f, const struct screen *s, const char *baseline)
{
	_cleanup_free_ char *base = screen_text(s, baseline), *text = NULL;

	if (!base ||
	    asprintf(&text,
		     "Numbers are medians. Ratios are to the median of %s; below them their "
		     "95 %% intervals. ~ no difference shown. ? too few runs to tell. noise: how "
		     "far %s is from itself by chance.",
		     base, base) < 0) {
		text = NULL;
		return -ENOMEM;
	}
	(void)fputc('\n', f);
	screen_print(f, s, text, 0, 0);
	return 0;
}

enum tone verdict_tone(enum verdict verdict)
{
	static const enum tone tones[NR_VERDICTS] = {
		[VERDICT_BETTER] = TONE_GOOD,
		[VERDICT_WORSE] = TONE_BAD,
	};

	return tones[verdict];
}

/* The first column: name and unit, and below it the direction. */
static int add_title(struct table *t, const struct screen *s, const struct row *row)
{
	_cleanup_free_ char *metric = screen_text(s, row->metric),
			    *unit = screen_text(s, row->unit);

	if (!metric || !unit)
		return -ENOMEM;
	table_add(t, TONE_PLAIN, "%s\n  %s", metric, better_text(row->better));
	return 0;
}

static int add_baseline(struct table *t, const struct screen *s, const struct analysis *a,
			const struct row *row)
{
	_cleanup_free_ char *unit = screen_text(s, row->unit);

	if (!unit)
		return -ENOMEM;
	if (row->cells[0].nr == 0)
		table_add(t, TONE_BAD, "no result\n%s", absence_text(a->session, row->workload, 0));
	else
		table_add(t, TONE_PLAIN, "%s%s%s", NUMBER_VALUE(row->cells[0].median),
			  *unit ? " " : "", unit);
	table_add(t, TONE_PLAIN, "%s", isnan(row->noise) ? "" : NUMBER_PERCENT(row->noise));
	return 0;
}

static void add_cell(struct table *t, const struct analysis *a, const struct row *row, unsigned arm)
{
	const struct cell *cell = &row->cells[arm];
	const struct comparison *c = &cell->comparison;
	const char *mark = verdict_mark(c->verdict, row->better);

	if (cell->nr == 0)
		table_add(t, TONE_BAD, "no result\n%s",
			  absence_text(a->session, row->workload, arm));
	else if (isnan(c->ratio)) /* the baseline is 0, or has no result itself */
		table_add(t, verdict_tone(c->verdict), "%s%s\nno ratio", NUMBER_VALUE(cell->median),
			  mark);
	else
		table_add(t, verdict_tone(c->verdict), "%s%s\n%s..%s", NUMBER_RATIO(c->ratio), mark,
			  NUMBER_RATIO(c->interval.low), NUMBER_RATIO(c->interval.high));
}

/* How many runs of an arm count; round 0 is warm-up and does not. */
static void add_counts(struct table *t, const struct session *s, unsigned workload)
{
	table_add(t, TONE_PLAIN, "runs that count");
	for (unsigned arm = 0; arm < s->nr_arms; arm++) {
		size_t nr = 0, nr_ok = 0;

		for (size_t i = 0; i < s->nr_runs; i++) {
			const struct run *r = &s->runs[i];
			bool is_here = r->workload == workload && r->arm == arm && r->round > 0;

			nr += is_here;
			nr_ok += is_here && r->status == RUN_OK;
		}
		if (nr == nr_ok)
			table_add(t, TONE_PLAIN, "%zu", nr);
		else
			table_add(t, TONE_BAD, "%zu of %zu", nr_ok, nr);
		if (arm == 0)
			table_add(t, TONE_PLAIN, "%s", "");
	}
}

static int add_heading(struct table *t, const struct screen *s, const struct session *session)
{
	table_add(t, TONE_STRONG, "%s", "");
	for (size_t i = 0; i < session->nr_arms; i++) {
		_cleanup_free_ char *label = screen_text(s, session->arms[i].label);

		if (!label)
			return -ENOMEM;
		table_add(t, TONE_STRONG, "%s", label);
		if (i == 0)
			table_add(t, TONE_STRONG, "noise");
	}
	return 0;
}

static int print_table(FILE *f, const struct screen *s, const struct analysis *a, unsigned workload)
{
	_cleanup_table_ struct table t = {.nr_columns = 2 + a->session->nr_arms};
	int r = add_heading(&t, s, a->session);

	for (size_t i = 0; r >= 0 && i < a->nr_rows; i++) {
		const struct row *row = &a->rows[i];

		if (row->workload != workload)
			continue;
		r = add_title(&t, s, row);
		if (r >= 0)
			r = add_baseline(&t, s, a, row);
		for (unsigned arm = 1; r >= 0 && arm < a->session->nr_arms; arm++)
			add_cell(&t, a, row, arm);
	}
	if (r < 0)
		return r;
	add_counts(&t, a->session, workload);
	return table_print(f, s, &t);
}

static bool is_alike(const struct run *a, const struct run *b)
{
	return a->workload == b->workload && a->arm == b->arm && a->status == b->status &&
	       strcmp(a->reason ?: "", b->reason ?: "") == 0;
}

/* " 0 (warm-up), 3-5, 8": rounds of all runs that failed as @s->runs[first] did. */
static void print_rounds(FILE *f, const struct session *s, size_t first)
{
	const char *separator = " ";

	for (size_t i = first; i < s->nr_runs; i++) {
		const struct run *r = &s->runs[i], *last = r;

		if (!is_alike(r, &s->runs[first]))
			continue;
		for (size_t j = i + 1; r->round > 0 && j < s->nr_runs; j++)
			if (is_alike(&s->runs[j], r) && s->runs[j].round == last->round + 1) {
				last = &s->runs[j];
				i = j;
			}
		(void)fprintf(f, "%s%u", separator, r->round);
		if (last != r)
			(void)fprintf(f, "-%u", last->round);
		else if (r->round == 0)
			(void)fputs(" (warm-up)", f);
		separator = ", ";
	}
}

/* Whether an earlier run failed in the same way, so that it has been told. */
static bool is_told(const struct session *s, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (is_alike(&s->runs[j], &s->runs[i]))
			return true;
	return false;
}

static int print_failure(FILE *f, const struct screen *s, const struct session *session, size_t i)
{
	_cleanup_free_ char *text = NULL, *clean = NULL;
	const struct run *run = &session->runs[i];
	size_t size;
	FILE *m = open_memstream(&text, &size);

	if (!m)
		return -ENOMEM;
	(void)fprintf(m, "%s: %s in round", session->arms[run->arm].label,
		      run_status_names[run->status]);
	print_rounds(m, session, i);
	if (run->reason)
		(void)fprintf(m, ": %s", run->reason);
	if (fclose(m) != 0)
		return -ENOMEM;
	clean = screen_text(s, text);
	if (!clean)
		return -ENOMEM;
	(void)fprintf(f, "%*s", INDENT, "");
	screen_print(f, s, clean, INDENT, 2 * INDENT);
	return 0;
}

static int print_failures(FILE *f, const struct screen *s, const struct session *session,
			  unsigned workload)
{
	bool is_first = true;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < session->nr_runs; i++) {
		if (session->runs[i].workload != workload || session->runs[i].status == RUN_OK ||
		    is_told(session, i))
			continue;
		if (is_first)
			(void)fputs("\nRuns that do not count:\n", f);
		is_first = false;
		r = print_failure(f, s, session, i);
	}
	return r;
}

static int print_leaders(FILE *f, const struct screen *s, const struct analysis *a,
			 unsigned workload)
{
	_cleanup_free_ char *lines = NULL;
	int r = leaders_text(a, workload, &lines);
	char *rest = lines;

	if (r < 0)
		return r;
	if (*lines)
		(void)fputc('\n', f);
	while (rest && *rest) {
		_cleanup_free_ char *clean = screen_text(s, strsep(&rest, "\n"));

		if (!clean)
			return -ENOMEM;
		screen_print(f, s, clean, 0, INDENT);
	}
	return 0;
}

static int print_workload(FILE *f, const struct screen *s, const struct analysis *a,
			  unsigned workload)
{
	const struct bench_workload *w = &a->session->workloads[workload];
	_cleanup_free_ char *command = strv_join(w->command, " "), *title = NULL, *clean = NULL;
	int r;

	if (!command)
		return -ENOMEM;
	if (asprintf(&title, "%s: %s", w->label, command) < 0) {
		title = NULL;
		return -ENOMEM;
	}
	clean = screen_text(s, strcmp(w->label, command) == 0 ? command : title);
	if (!clean)
		return -ENOMEM;
	(void)fprintf(f, "\n%s", screen_tone(s, TONE_STRONG));
	screen_print(f, s, clean, 0, INDENT);
	(void)fprintf(f, "%s\n", screen_tone(s, TONE_PLAIN));
	r = print_table(f, s, a, workload);
	if (r >= 0)
		r = print_failures(f, s, a->session, workload);
	return r >= 0 ? print_leaders(f, s, a, workload) : r;
}

int report_text(FILE *f, const struct screen *s, const struct analysis *a, const char *name)
{
	const struct session *session = a->session;
	int r = session_heading(f, s, session, name);

	if (r >= 0 && session->nr_workloads == 0)
		(void)fputs("\nNothing was measured.\n", f);
	for (unsigned w = 0; r >= 0 && w < session->nr_workloads; w++)
		r = print_workload(f, s, a, w);
	if (r < 0 || a->nr_rows == 0)
		return r;
	return print_legend(f, s, session->arms[0].label);
}
