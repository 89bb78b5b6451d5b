// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <string.h>

#include "bench/report/axis.h"
#include "bench/report/figures.h"
#include "bench/statistics.h"

/* The value of a run's metric called @name, NAN if it has none. */
static double run_value(const struct run *r, const char *name)
{
	const struct metric *m = measurement_find(&r->measurement, name);

	return m && r->status == RUN_OK ? m->value : NAN;
}

/* Runs of @arm as "time value"; those that do not count stand on the axis, in a block of their
 * own. */
static void timeline_data(FILE *f, const struct session *s, const struct row *row, unsigned arm,
			  double scale)
{
	(void)fprintf(f, "$arm%u << EOD\n", arm);
	for (size_t i = 0; i < s->nr_runs; i++) {
		const struct run *r = &s->runs[i];
		double value = run_value(r, row->metric);

		if (r->workload == row->workload && r->arm == arm && !isnan(value))
			(void)fprintf(f, "%.9g %.9g %g\n", r->begin / scale, value,
				      r->round ? 0.6 : 0.3);
	}
	(void)fputs("EOD\n", f);
}

static size_t timeline_ranges(const struct session *s, const struct row *row, struct range *x,
			      struct range *y)
{
	size_t nr = 0;

	for (size_t i = 0; i < s->nr_runs; i++) {
		const struct run *r = &s->runs[i];
		double value = run_value(r, row->metric);

		if (r->workload != row->workload)
			continue;
		range_add(x, r->begin);
		if (isnan(value))
			continue;
		range_add(y, value);
		nr++;
	}
	return nr;
}

static int timeline_plot(struct plot *p, const struct session *s, const struct row *row,
			 double bottom, double scale)
{
	FILE *f = p->script;
	int r = 0;

	(void)fputs("$lost << EOD\n", f);
	for (size_t i = 0; i < s->nr_runs; i++)
		if (s->runs[i].workload == row->workload && s->runs[i].status != RUN_OK)
			(void)fprintf(f, "%.9g %.9g %u\n", s->runs[i].begin / scale, bottom,
				      0x010100U + arm_colour(s->runs[i].arm));
	(void)fputs("EOD\n", f);
	for (unsigned i = 0; i < s->nr_arms; i++)
		timeline_data(f, s, row, i, scale);
	(void)fputs("plot $lost using 1:2:3 with points pt 2 ps 0.8 lc rgb variable notitle", f);
	for (unsigned i = 0; r >= 0 && i < s->nr_arms; i++) {
		/* the names stand alone: that of an arm without a value, too */
		(void)fprintf(f,
			      ", $arm%u using 1:2:3 with linespoints pt %u ps variable lw 0.5 "
			      "lc rgb " PLOT_RGB " notitle, keyentry with linespoints pt %u ps 0.6 "
			      "lw 0.5 lc rgb " PLOT_RGB " title ",
			      i, arm_shape(i), arm_colour(i), arm_shape(i), arm_colour(i));
		r = plot_label(p, s->arms[i].label, PLOT_LABEL_COLUMNS);
	}
	(void)fputc('\n', f);
	return r;
}

int figure_timeline(const struct session *s, const struct row *row, struct plot *ret)
{
	struct range x = RANGE_EMPTY, y = RANGE_EMPTY;
	size_t nr = timeline_ranges(s, row, &x, &y);
	double scale = x.high - x.low > 600 ? 60 : 1;
	int r;

	if (nr == 0)
		return 0;
	if (y.low == y.high)
		y = (struct range){y.low - 0.5, y.high + 0.5};
	range_widen(&y, 0.08);
	if (x.low == x.high)
		x.high += 1;
	r = plot_begin(ret, PLOT_WIDTH, 220 + key_height(s));
	if (r < 0)
		return r;
	print_tics(ret->script, 'y', &y);
	range_widen(&x, 0.02);
	(void)fprintf(ret->script, "set yrange [%.9g:%.9g]\nset xrange [%.9g:%.9g]\nset ylabel ",
		      y.low, y.high, x.low / scale, x.high / scale);
	r = plot_label(ret, *row->unit ? row->unit : row->metric, PLOT_LABEL_COLUMNS);
	(void)fprintf(ret->script,
		      " tc rgb " PLOT_RGB
		      "\nset xlabel '%s since the session began' tc rgb " PLOT_RGB
		      "\nset key below left Left reverse maxcols 2 height 1 tc rgb " PLOT_RGB "\n",
		      PLOT_TEXT, scale > 1 ? "minutes" : "seconds", PLOT_TEXT, PLOT_TEXT);
	if (r >= 0)
		r = timeline_plot(ret, s, row, y.low, scale);
	return r < 0 ? r : 1;
}

/* Shares of samples are drawn by their nines: 0 is none, 1 is 90 %, 2 is 99 %. */
#define NINES_STEP 0.05
#define NINES_MAX 6

static double nines(double quantile)
{
	return -log10(1 - quantile);
}

static const struct distribution *find_distribution(const struct run *r, const char *name)
{
	for (size_t i = 0; i < r->measurement.nr_distributions; i++)
		if (strcmp(r->measurement.distributions[i].name, name) == 0)
			return &r->measurement.distributions[i];
	return NULL;
}

/* The value at @at nines, between two points in a straight line; NAN above the last point, and the
 * maximum is infinitely many nines. */
static double value_at(const struct distribution *d, double at)
{
	for (size_t i = 0; i < d->nr_points; i++) {
		const struct quantile *q = &d->points[i];
		double here = nines(q->quantile), before;

		if (q->quantile >= 1)
			return NAN;
		if (here < at)
			continue;
		before = i > 0 ? nines(q[-1].quantile) : here;
		if (i == 0 || here <= before)
			return q->value;
		return q[-1].value + (q->value - q[-1].value) * (at - before) / (here - before);
	}
	return NAN;
}

/* The runs of an arm that have a distribution. */
struct curve {
	const struct session *session;
	unsigned workload, arm;
	const char *name;
	double *values; /* room for one of each run */
};

/* The median over the runs, NAN if less than half of them reach that far. */
static double curve_at(const struct curve *c, double at)
{
	size_t nr = 0, nr_values = 0;
	double value;

	for (size_t i = 0; i < c->session->nr_runs; i++) {
		const struct run *r = &c->session->runs[i];
		const struct distribution *d;

		if (r->workload != c->workload || r->arm != c->arm || r->status != RUN_OK ||
		    r->round == 0 || !(d = find_distribution(r, c->name)))
			continue;
		nr++;
		value = value_at(d, at);
		if (!isnan(value))
			c->values[nr_values++] = value;
	}
	if (nr_values == 0 || 2 * nr_values < nr || median(c->values, nr_values, &value) < 0)
		return NAN;
	return value;
}

/* As "value nines"; how many points there are. */
static size_t curve_data(FILE *f, const struct curve *c, struct range *x, struct range *y)
{
	size_t nr = 0;

	(void)fprintf(f, "$arm%u << EOD\n", c->arm);
	for (double at = 0; at <= NINES_MAX; at += NINES_STEP) {
		double value = curve_at(c, at);

		if (isnan(value) || value <= 0)
			continue;
		(void)fprintf(f, "%.6g %.6g\n", value, at);
		range_add(x, value);
		range_add(y, at);
		nr++;
	}
	(void)fputs("EOD\n", f);
	return nr;
}

static const char *distribution_unit(const struct session *s, unsigned workload, const char *name)
{
	for (size_t i = 0; i < s->nr_runs; i++) {
		const struct distribution *d = s->runs[i].workload == workload
						       ? find_distribution(&s->runs[i], name)
						       : NULL;

		if (d && *d->unit)
			return d->unit;
	}
	return name;
}

static int curves_axes(struct plot *p, const char *unit, struct range *x, const struct range *y)
{
	int r;

	range_widen(x, 0.03);
	print_log_tics(p->script, 'x', x);
	(void)fprintf(
		p->script,
		"set xrange [%.9g:%.9g]\nset yrange [0:%.9g]\n"
		"set ytics ('0' 0, '50 %%%%' 0.30103, '90 %%%%' 1, '99 %%%%' 2, '99.9 %%%%' 3, "
		"'99.99 %%%%' 4, '99.999 %%%%' 5, '99.9999 %%%%' 6)\n"
		"set ylabel 'share of samples' tc rgb " PLOT_RGB "\nset xlabel ",
		x->low, x->high, y->high + 0.1, PLOT_TEXT);
	r = plot_label(p, unit, PLOT_LABEL_COLUMNS);
	(void)fprintf(p->script,
		      " tc rgb " PLOT_RGB
		      "\nset key below left Left reverse maxcols 2 height 1 tc rgb " PLOT_RGB "\n",
		      PLOT_TEXT, PLOT_TEXT);
	return r;
}

int figure_curves(const struct session *s, unsigned workload, const char *name, struct plot *ret)
{
	_cleanup_free_ double *values = calloc(s->nr_runs + 1, sizeof(*values));
	struct range x = RANGE_EMPTY, y = RANGE_EMPTY;
	const char *separator = "plot ";
	size_t nr = 0;
	int r = values ? plot_begin(ret, PLOT_WIDTH, 260 + key_height(s)) : -ENOMEM;

	if (r < 0)
		return r;
	for (unsigned i = 0; i < s->nr_arms; i++)
		nr += curve_data(ret->script, &(struct curve){s, workload, i, name, values}, &x,
				 &y);
	if (nr == 0)
		return 0;
	r = curves_axes(ret, distribution_unit(s, workload, name), &x, &y);
	for (unsigned i = 0; r >= 0 && i < s->nr_arms; i++) {
		(void)fprintf(ret->script,
			      "%s$arm%u with lines lw %g dt %u lc rgb " PLOT_RGB " title ",
			      separator, i, i ? 1.6 : 2.6, arm_dashes(i), arm_colour(i));
		r = plot_label(ret, s->arms[i].label, PLOT_LABEL_COLUMNS);
		separator = ", ";
	}
	(void)fputc('\n', ret->script);
	return r < 0 ? r : 1;
}
