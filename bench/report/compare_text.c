// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <string.h>

#include "bench/report/heading.h"
#include "bench/report/numbers.h"
#include "bench/report/pair.h"
#include "bench/report/report_text.h"
#include "bench/report/table.h"

static void add_cell(struct table *t, const struct pair *p, const struct loaded *a,
		     const struct loaded *b)
{
	const struct comparison *c = &p->comparison;
	const char *mark = verdict_mark(c->verdict, p->row_a->better);

	if (p->a->nr == 0 || p->b->nr == 0) {
		bool is_a = p->a->nr == 0;

		table_add(t, TONE_BAD, "no result\n%s: %s", is_a ? "A" : "B",
			  absence_text(is_a ? &a->session : &b->session,
				       is_a ? p->row_a->workload : p->row_b->workload,
				       is_a ? p->arm_a : p->arm_b));
		return;
	}
	if (isnan(c->ratio))
		table_add(t, verdict_tone(c->verdict), "-%s\nno ratio\n%s > %s", mark,
			  NUMBER_VALUE(c->median_a), NUMBER_VALUE(c->median_b));
	else
		table_add(t, verdict_tone(c->verdict), "%s%s\n%s..%s\n%s > %s",
			  NUMBER_RATIO(c->ratio), mark, NUMBER_RATIO(c->interval.low),
			  NUMBER_RATIO(c->interval.high), NUMBER_VALUE(c->median_a),
			  NUMBER_VALUE(c->median_b));
}

/* A text that came with the session, as a cell. */
static int add_text(struct table *t, const struct screen *s, enum tone tone, const char *text,
		    const char *more)
{
	_cleanup_free_ char *clean = screen_text(s, text);

	if (!clean)
		return -ENOMEM;
	table_add(t, tone, "%s%s", clean, more);
	return 0;
}

static int add_heading(struct table *t, const struct screen *s, const struct loaded *a,
		       const struct loaded *b)
{
	int r = 0;

	table_add(t, TONE_STRONG, "%s", "");
	for (size_t i = 0; r >= 0 && i < a->session.nr_arms; i++) {
		const char *label = a->session.arms[i].label;

		if (pair_arm(&b->session, label) < b->session.nr_arms)
			r = add_text(t, s, TONE_STRONG, label, "");
	}
	return r;
}

/* The row of a metric, if @b has it. > 0 if so. */
static int add_row(struct table *t, const struct screen *s, const struct loaded *a,
		   const struct loaded *b, const struct row *row)
{
	const char *workload = a->session.workloads[row->workload].label;
	struct pair pair = {.row_a = row, .row_b = pair_row(b, workload, row)};
	char more[96];
	int r;

	if (!pair.row_b)
		return 0;
	(void)snprintf(more, sizeof(more), "\n  %s", better_text(row->better));
	r = add_text(t, s, TONE_PLAIN, row->metric, more);
	for (unsigned arm = 0; r >= 0 && arm < a->session.nr_arms; arm++) {
		r = pair_make(a, b, arm, &pair);
		if (r > 0)
			add_cell(t, &pair, a, b);
	}
	return r < 0 ? r : 1;
}

static size_t count_common_arms(const struct loaded *a, const struct loaded *b)
{
	size_t nr = 0;

	for (size_t i = 0; i < a->session.nr_arms; i++)
		nr += pair_arm(&b->session, a->session.arms[i].label) < b->session.nr_arms;
	return nr;
}

/* > 0 if there was anything to compare. */
static int print_workload(FILE *f, const struct screen *s, const struct loaded *a,
			  const struct loaded *b, unsigned workload)
{
	_cleanup_table_ struct table t = {.nr_columns = 1 + count_common_arms(a, b)};
	_cleanup_free_ char *title = screen_text(s, a->session.workloads[workload].label);
	int r = title ? add_heading(&t, s, a, b) : -ENOMEM, nr = 0;

	for (size_t i = 0; r >= 0 && i < a->analysis.nr_rows; i++) {
		if (a->analysis.rows[i].workload != workload)
			continue;
		r = add_row(&t, s, a, b, &a->analysis.rows[i]);
		nr += r > 0;
	}
	if (r < 0 || nr == 0)
		return r < 0 ? r : 0;
	(void)fprintf(f, "\n%s", screen_tone(s, TONE_STRONG));
	screen_print(f, s, title, 0, 2);
	(void)fprintf(f, "%s\n", screen_tone(s, TONE_PLAIN));
	r = table_print(f, s, &t);
	return r < 0 ? r : 1;
}

static int print_side(FILE *f, const struct screen *s, const char *letter, const struct loaded *l)
{
	_cleanup_free_ char *name = NULL;

	if (asprintf(&name, "%s: %s", letter, l->path) < 0) {
		name = NULL;
		return -ENOMEM;
	}
	return session_heading(f, s, &l->session, name);
}

/* What the other session does not have. */
static int print_alone(FILE *f, const struct screen *s, const char *letter,
		       const struct session *only, const struct session *other)
{
	_cleanup_free_ char *text = NULL, *clean = NULL;
	const char *separator = "";
	size_t size;
	FILE *m = open_memstream(&text, &size);

	if (!m)
		return -ENOMEM;
	for (size_t i = 0; i < only->nr_workloads; i++)
		if (pair_workload(other, only->workloads[i].label) == other->nr_workloads) {
			(void)fprintf(m, "%s%s", separator, only->workloads[i].label);
			separator = ", ";
		}
	for (size_t i = 0; i < only->nr_arms; i++)
		if (pair_arm(other, only->arms[i].label) == other->nr_arms) {
			(void)fprintf(m, "%s%s", separator, only->arms[i].label);
			separator = ", ";
		}
	if (fclose(m) != 0)
		return -ENOMEM;
	clean = screen_text(s, text);
	if (!clean)
		return -ENOMEM;
	if (*clean) {
		int column = fprintf(f, "Only in %s: ", letter);

		screen_print(f, s, clean, (unsigned)column, 2);
	}
	return 0;
}

int compare_text(FILE *f, const struct screen *s, const struct loaded *a, const struct loaded *b)
{
	int r = print_side(f, s, "A", a), nr = 0;

	if (r >= 0)
		r = print_side(f, s, "B", b);
	if (r >= 0)
		r = print_alone(f, s, "A", &a->session, &b->session);
	if (r >= 0)
		r = print_alone(f, s, "B", &b->session, &a->session);
	for (unsigned i = 0; r >= 0 && i < a->session.nr_workloads; i++) {
		r = count_common_arms(a, b) ? print_workload(f, s, a, b, i) : 0;
		nr += r > 0;
	}
	if (r < 0)
		return r;
	if (nr == 0)
		(void)fputs("\nThey have no metric of the same workload and arm in common.\n", f);
	else
		screen_print(f, s,
			     "\nRatios are medians of B to medians of A; below them their 95 % "
			     "intervals and the medians. ~ no difference shown. ? too few runs to "
			     "tell.",
			     0, 0);
	return 0;
}
