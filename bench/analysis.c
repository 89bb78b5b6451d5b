// SPDX-License-Identifier: GPL-2.0-only
/*
 * First all values are sorted into rows and cells, in the order of the runs, which is that of
 * the rounds; then each cell is compared with the one of the first arm in its row. A run that
 * is not RUN_OK or a warm-up gives no value and no row. A metric may be missing in runs that
 * are; that makes them no worse.
 */
#include <math.h>
#include <string.h>

#include "bench/analysis.h"

static const struct comparison no_comparison = {
	.median_a = NAN,
	.median_b = NAN,
	.ratio = NAN,
	.interval = {NAN, NAN},
	.p = NAN,
	.verdict = VERDICT_NONE,
};

static bool counts(const struct run *r)
{
	return r->status == RUN_OK && r->round > 0;
}

static int add_row(struct analysis *a, unsigned workload, const struct metric *m)
{
	struct row *grown = reallocarray(a->rows, a->nr_rows + 1, sizeof(*grown)), *row;

	if (!grown)
		return -ENOMEM;
	a->rows = grown;
	row = &a->rows[a->nr_rows];
	*row = (struct row){
		.workload = workload,
		.metric = m->name,
		.unit = m->unit,
		.better = m->better,
		.noise = NAN,
		.cells = calloc(a->session->nr_arms, sizeof(*row->cells)),
	};
	if (!row->cells)
		return -ENOMEM;
	a->nr_rows++;
	return 0;
}

/* The row of @m, made if it is the first of its name. */
static int get_row(struct analysis *a, unsigned workload, const struct metric *m, struct row **ret)
{
	int r;

	for (size_t i = 0; i < a->nr_rows; i++)
		if (a->rows[i].workload == workload && strcmp(a->rows[i].metric, m->name) == 0) {
			*ret = &a->rows[i];
			return 0;
		}
	r = add_row(a, workload, m);
	if (r >= 0)
		*ret = &a->rows[a->nr_rows - 1];
	return r;
}

static int add_value(struct cell *c, double value)
{
	double *grown = reallocarray(c->values, c->nr + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	c->values = grown;
	c->values[c->nr++] = value;
	return 0;
}

static int add_run(struct analysis *a, const struct run *run)
{
	for (size_t i = 0; i < run->measurement.nr_metrics; i++) {
		const struct metric *m = &run->measurement.metrics[i];
		struct row *row;
		int r = get_row(a, run->workload, m, &row);

		if (r >= 0)
			r = add_value(&row->cells[run->arm], m->value);
		if (r < 0)
			return r;
	}
	return 0;
}

static size_t count_bad(const struct session *s, unsigned workload, unsigned arm)
{
	size_t nr = 0;

	for (int status = RUN_OK + 1; status < NR_RUN_STATUSES; status++)
		nr += session_count(s, workload, arm, status);
	return nr;
}

static int conclude(const struct session *s, struct row *row)
{
	const struct cell *baseline = &row->cells[0];
	int r;

	/* a single value tells nothing of noise */
	if (baseline->nr >= 2 &&
	    noise_floor(baseline->values, baseline->nr, &row->noise) == -ENOMEM)
		return -ENOMEM;
	for (unsigned arm = 0; arm < s->nr_arms; arm++) {
		struct cell *c = &row->cells[arm];

		c->nr_bad = count_bad(s, row->workload, arm);
		c->median = NAN;
		c->comparison = no_comparison;
		if (c->nr == 0)
			continue;
		r = median(c->values, c->nr, &c->median);
		if (r >= 0 && arm > 0 && baseline->nr > 0)
			r = compare_groups(baseline->values, baseline->nr, c->values, c->nr,
					   row->better, &c->comparison);
		if (r < 0)
			return r;
	}
	return 0;
}

int analysis_make(const struct session *s, struct analysis *ret)
{
	_cleanup_analysis_ struct analysis a = {.session = s};
	int r = 0;

	for (unsigned workload = 0; workload < s->nr_workloads; workload++)
		for (size_t i = 0; i < s->nr_runs && r >= 0; i++)
			if (s->runs[i].workload == workload && counts(&s->runs[i]))
				r = add_run(&a, &s->runs[i]);
	for (size_t i = 0; i < a.nr_rows && r >= 0; i++)
		r = conclude(s, &a.rows[i]);
	if (r < 0)
		return r;
	*ret = a;
	a = (struct analysis){};
	return 0;
}

void analysis_finish(struct analysis *a)
{
	for (size_t i = 0; i < a->nr_rows; i++) {
		for (size_t arm = 0; arm < a->session->nr_arms; arm++)
			free(a->rows[i].cells[arm].values);
		free(a->rows[i].cells);
	}
	free(a->rows);
	*a = (struct analysis){};
}

static bool is_first_judged(const struct analysis *a, const struct row *row)
{
	for (const struct row *other = a->rows; other < row; other++)
		if (other->workload == row->workload && other->better != BETTER_NONE)
			return false;
	return true;
}

static bool is_asked_for(const struct analysis *a, const struct row *row, const char *metric)
{
	if (row->better == BETTER_NONE)
		return false;
	return metric ? strcmp(row->metric, metric) == 0 : is_first_judged(a, row);
}

static bool is_within(const struct comparison *c, double percent)
{
	double most = fabs(c->ratio) * percent / 100;

	return c->verdict != VERDICT_NONE && c->ratio - c->interval.low <= most &&
	       c->interval.high - c->ratio <= most;
}

bool analysis_is_tight(const struct analysis *a, const char *metric, double percent)
{
	bool any = false;

	for (size_t i = 0; i < a->nr_rows; i++) {
		const struct row *row = &a->rows[i];

		if (!is_asked_for(a, row, metric))
			continue;
		for (size_t arm = 1; arm < a->session->nr_arms; arm++) {
			const struct comparison *c = &row->cells[arm].comparison;

			/* no value, or none to divide by: more rounds do not give an interval */
			if (isnan(c->ratio))
				continue;
			if (!is_within(c, percent))
				return false;
			any = true;
		}
	}
	return any;
}
