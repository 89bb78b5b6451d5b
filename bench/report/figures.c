// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <string.h>

#include "bench/report/axis.h"
#include "bench/report/figures.h"
#include "bench/report/numbers.h"

static bool has_ratio(const struct cell *c)
{
	return c->nr > 0 && !isnan(c->comparison.ratio);
}

/* What a row of the plot says at its right end. */
static int ratio_label(struct plot *p, const struct analysis *a, const struct row *row,
		       unsigned arm)
{
	const struct cell *c = &row->cells[arm];
	char text[2 * NUMBER_MAX + 64];

	if (c->nr == 0)
		(void)snprintf(text, sizeof(text), "%s",
			       absence_text(a->session, row->workload, arm));
	else if (arm == 0 || isnan(c->comparison.ratio))
		(void)snprintf(text, sizeof(text), "%s %.32s", NUMBER_VALUE(c->median), row->unit);
	else
		(void)snprintf(text, sizeof(text), "%s%s", NUMBER_RATIO(c->comparison.ratio),
			       verdict_mark(c->comparison.verdict, row->better));
	return plot_label(p, text, PLOT_VALUE_COLUMNS);
}

static int ratio_axes(struct plot *p, const struct analysis *a, const struct row *row,
		      struct range *x)
{
	size_t nr_arms = a->session->nr_arms;
	int r = 0;

	(void)fputs("unset key\nset ytics scale 0 (", p->script);
	for (size_t i = 0; r >= 0 && i < nr_arms; i++) {
		(void)fputs(i ? ", " : "", p->script);
		r = plot_label(p, a->session->arms[i].label, PLOT_LABEL_COLUMNS);
		(void)fprintf(p->script, " %zu", nr_arms - i);
	}
	(void)fputs(")\nset y2tics scale 0 (", p->script);
	for (unsigned i = 0; r >= 0 && i < nr_arms; i++) {
		(void)fputs(i ? ", " : "", p->script);
		r = ratio_label(p, a, row, i);
		(void)fprintf(p->script, " %zu", nr_arms - i);
	}
	(void)fprintf(p->script,
		      ")\nset border 1\nset yrange [0.4:%zu.6]\nset y2range [0.4:%zu.6]\n", nr_arms,
		      nr_arms);
	(void)fputs("set grid xtics noytics noy2tics\nset style fill solid noborder\n", p->script);
	if (!isnan(row->noise))
		range_add(x, 1 + row->noise);
	if (!isnan(row->noise) && row->noise < 0.9)
		range_add(x, 1 - row->noise);
	range_widen(x, 0.06);
	print_tics(p->script, 'x', x);
	(void)fprintf(p->script, "set xrange [%.9g:%.9g]\n", x->low, x->high);
	return r;
}

static enum plot_colour verdict_colour(enum verdict verdict)
{
	static const enum plot_colour colours[NR_VERDICTS] = {
		[VERDICT_NONE] = PLOT_SAME,
		[VERDICT_SAME] = PLOT_SAME,
		[VERDICT_BETTER] = PLOT_BETTER,
		[VERDICT_WORSE] = PLOT_WORSE,
	};

	return colours[verdict];
}

/* What is infinite, or would be off the plot, ends at the edge. */
static void ratio_data(FILE *f, const struct analysis *a, const struct row *row,
		       const struct range *x)
{
	size_t nr_arms = a->session->nr_arms;

	(void)fputs("$ratios << EOD\n", f);
	for (size_t i = 1; i < nr_arms; i++) {
		const struct comparison *c = &row->cells[i].comparison;

		if (has_ratio(&row->cells[i]))
			(void)fprintf(f, "%zu %.9g %.9g %.9g %u\n", nr_arms - i,
				      range_clamp(x, c->ratio), range_clamp(x, c->interval.low),
				      range_clamp(x, c->interval.high),
				      0x010100U + verdict_colour(c->verdict));
	}
	(void)fputs("EOD\n", f);
}

int figure_ratios(const struct analysis *a, const struct row *row, struct plot *ret)
{
	struct range x = {0.98, 1.02};
	bool is_empty = true;
	int r;

	for (size_t i = 1; i < a->session->nr_arms; i++) {
		const struct comparison *c = &row->cells[i].comparison;

		if (!has_ratio(&row->cells[i]))
			continue;
		is_empty = false;
		range_add(&x, c->ratio);
		range_add(&x, c->interval.low);
		range_add(&x, c->interval.high);
	}
	if (is_empty)
		return 0;
	r = plot_begin(ret, PLOT_WIDTH, 64 + 25 * (unsigned)a->session->nr_arms);
	if (r >= 0)
		r = ratio_axes(ret, a, row, &x);
	if (r < 0)
		return r;
	ratio_data(ret->script, a, row, &x);
	if (!isnan(row->noise))
		(void)fprintf(ret->script,
			      "set object rectangle from %.9g, graph 0 to %.9g, graph 1 behind "
			      "fc rgb " PLOT_RGB " fs solid noborder\n",
			      range_clamp(&x, 1 - row->noise), range_clamp(&x, 1 + row->noise),
			      PLOT_NOISE);
	(void)fprintf(ret->script,
		      "set arrow from 1, graph 0 to 1, graph 1 nohead lc rgb " PLOT_RGB "\n"
		      "set bars 0.6\nset pointintervalbox 0\n"
		      "plot $ratios using 2:1:($2 < 1 ? $2 : 1):($2 < 1 ? 1 : $2):($1 - 0.28):"
		      "($1 + 0.28):5 with boxxyerror lc rgb variable, "
		      "'' using 2:1:3:4 with xerrorbars lc rgb " PLOT_RGB " pt 7 ps 0.4 lw 1.4\n",
		      PLOT_AXIS, PLOT_TEXT);
	return 1;
}
