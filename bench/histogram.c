// SPDX-License-Identifier: GPL-2.0-only
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/histogram.h"

void histogram_init(struct histogram *h)
{
	memset(h, 0, sizeof(*h));
	h->min = UINT64_MAX;
}

void histogram_add(struct histogram *h, uint64_t value)
{
	histogram_add_many(h, value, 1);
}

void histogram_add_many(struct histogram *h, uint64_t value, uint64_t count)
{
	if (count == 0)
		return;
	h->counts[bucket_of(value)] += count;
	h->nr += count;
	if (value < h->min)
		h->min = value;
	if (value > h->max)
		h->max = value;
}

void histogram_merge(struct histogram *to, const struct histogram *from)
{
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
		to->counts[i] += from->counts[i];
	to->nr += from->nr;
	if (from->min < to->min)
		to->min = from->min;
	if (from->max > to->max)
		to->max = from->max;
}

uint64_t histogram_quantile(const struct histogram *h, double quantile)
{
	/* less a rounding error, so that 0.07 of 100 values are 7 and not 8 */
	double rank = ceil((double)h->nr * quantile * (1 - 4 * DBL_EPSILON));
	uint64_t seen = 0;

	if (h->nr == 0)
		return 0;
	if (quantile >= 1)
		return h->max;
	if (rank <= 1)
		return h->min;
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
		seen += h->counts[i];
		if ((double)seen >= rank)
			return bucket_greatest(i) < h->max ? bucket_greatest(i) : h->max;
	}
	return h->max;
}

static const struct {
	const char *suffix;
	double quantile;
} reported[] = {
	{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p999", 0.999}, {"max", 1},
};

static int report_quantiles(const struct histogram *h, const char *name, const char *unit,
			    double scale, struct measurement *m)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(reported) && r >= 0; i++) {
		_cleanup_free_ char *metric = NULL;

		if (asprintf(&metric, "%s_%s", name, reported[i].suffix) < 0) {
			metric = NULL;
			return -ENOMEM;
		}
		r = measurement_add(m, metric, unit, BETTER_LOWER,
				    (double)histogram_quantile(h, reported[i].quantile) / scale);
	}
	return r;
}

/*
 * A curve that is drawn over the logarithm of what is above needs points closer together near
 * the end: tenths below 0.9, then five to each further nine, as long as a sample is above.
 */
static int report_curve(const struct histogram *h, const char *name, const char *unit, double scale,
			struct measurement *m)
{
	struct quantile points[128];
	size_t nr = 0;

	for (int i = 0; i < 18; i++)
		points[nr++].quantile = i / 20.0;
	for (int i = 5; pow(10, -i / 5.0) * (double)h->nr >= 1; i++)
		points[nr++].quantile = 1 - pow(10, -i / 5.0);
	points[nr++].quantile = 1;
	for (size_t i = 0; i < nr; i++)
		points[i].value = (double)histogram_quantile(h, points[i].quantile) / scale;
	return measurement_add_distribution(m, name, unit, points, nr);
}

int histogram_report(const struct histogram *h, const char *name, const char *unit, double scale,
		     struct measurement *m)
{
	int r;

	if (h->nr == 0)
		return -ENODATA;
	r = report_quantiles(h, name, unit, scale, m);
	return r < 0 ? r : report_curve(h, name, unit, scale, m);
}
