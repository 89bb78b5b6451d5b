// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>

#include "bench/report/axis.h"
#include "bench/report/numbers.h"
#include "bench/report/plot.h"

unsigned arm_colour(unsigned arm)
{
	return PLOT_ARMS + arm % NR_PLOT_ARMS;
}

unsigned arm_shape(unsigned arm)
{
	static const uint8_t shapes[] = {7, 5, 9, 11, 13, 6, 4, 8, 10, 12}; /* gnuplot's numbers */

	return shapes[arm % ARRAY_SIZE(shapes)];
}

unsigned arm_dashes(unsigned arm)
{
	return 1 + arm % 4;
}

unsigned key_height(const struct session *s)
{
	return 18 * (unsigned)(s->nr_arms + 1) / 2;
}

void range_add(struct range *r, double x)
{
	if (!isfinite(x))
		return;
	r->low = x < r->low ? x : r->low;
	r->high = x > r->high ? x : r->high;
}

double range_clamp(const struct range *r, double x)
{
	return fmin(fmax(x, r->low), r->high);
}

bool range_is_wide(const struct range *r)
{
	return r->low > 0 && r->high / r->low > 4;
}

void range_widen(struct range *r, double share)
{
	if (range_is_wide(r)) {
		double factor = pow(r->high / r->low, share);

		*r = (struct range){r->low / factor, r->high * factor};
	} else {
		double margin = (r->high - r->low) * share;

		*r = (struct range){r->low - margin, r->high + margin};
	}
}

void print_log_tics(FILE *f, char axis, const struct range *r)
{
	static const double steps[] = {1, 2, 5};
	bool has_few = r->high / r->low < 500;
	const char *separator = "";

	(void)fprintf(f, "set logscale %c\nset %ctics (", axis, axis);
	for (double e = floor(log10(r->low)); e <= log10(r->high); e++)
		for (size_t i = 0; i < (has_few ? ARRAY_SIZE(steps) : 1); i++) {
			double x = steps[i] * pow(10, e);

			if (x < r->low || x > r->high)
				continue;
			(void)fprintf(f, "%s'%s' %.9g", separator, NUMBER_VALUE(x), x);
			separator = ", ";
		}
	(void)fputs(")\n", f);
}

static void print_linear_tics(FILE *f, char axis, const struct range *r)
{
	static const double steps[] = {1, 2, 5, 10};
	double width = r->high - r->low, e = pow(10, floor(log10(width / 5)));
	size_t i = 0;

	while (i + 1 < ARRAY_SIZE(steps) && width / (steps[i] * e) > 5)
		i++;
	(void)fprintf(f, "set %ctics %.9g\n", axis, steps[i] * e);
}

void print_tics(FILE *f, char axis, const struct range *r)
{
	if (range_is_wide(r))
		print_log_tics(f, axis, r);
	else
		print_linear_tics(f, axis, r);
}
