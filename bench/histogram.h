/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts of times by size: 256 steps to the power of two, so that a value that is read back
 * is at most 0.4 % off. One writer; histograms of several are added up at the end.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "bench/buckets.h"
#include "bench/metric.h"

enum { HISTOGRAM_BUCKETS = NR_BUCKETS(64) };

struct histogram {
	uint64_t counts[HISTOGRAM_BUCKETS];
	uint64_t nr, min, max; /* min and max are exact */
};

/* min starts at UINT64_MAX */
void histogram_init(struct histogram *h);
void histogram_add(struct histogram *h, uint64_t value);
/* The same value @count times. */
void histogram_add_many(struct histogram *h, uint64_t value, uint64_t count);
void histogram_merge(struct histogram *to, const struct histogram *from);

/* The smallest value of which at least a share @quantile (0 to 1) is at or below; 0 if there is
 * none. */
uint64_t histogram_quantile(const struct histogram *h, double quantile);

/*
 * Adds NAME_p50, _p90, _p99, _p999 and _max (lower is better), each divided by @scale, to @m,
 * and the curve as the distribution NAME. -ENODATA if it is empty.
 */
int histogram_report(const struct histogram *h, const char *name, const char *unit, double scale,
		     struct measurement *m);
