/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Statistics of few noisy numbers. No function looks at a clock or at a random device:
 * the same input gives the same output.
 *
 * Rounds are interleaved, so drift of the machine hits all arms alike, and the samples of two
 * arms are compared as two independent groups.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/metric.h"

/* @n >= 1 values; @x is not changed. -ENOMEM, or 0. */
int median(const double *x, size_t n, double *ret);

struct interval {
	double low, high;
};

/*
 * Ratio of the medians, median(b) / median(a), with the 95 % percentile interval of a
 * bootstrap that resamples both groups. The ends of the interval may be infinite: a resample of
 * small counts may have the median 0. -EDOM if median(a) is 0; -ENODATA if a group is empty.
 */
int ratio_bootstrap(const double *a, size_t nr_a, const double *b, size_t nr_b, double *ret_ratio,
		    struct interval *ret_interval);

/*
 * How far two groups like @a would differ by chance: the 95th percentile of
 * |median / median - 1| over pairs of resamples of @a. Errors as above.
 */
int noise_floor(const double *a, size_t n, double *ret);

/*
 * Two-sided p of the exact permutation test of rank sums (Mann-Whitney, mean ranks for
 * ties); above 20 values in all the normal approximation with correction for ties and
 * continuity. 1 if a group is empty.
 */
double rank_sum_p(const double *a, size_t nr_a, const double *b, size_t nr_b);

enum verdict {
	VERDICT_NONE, /* too few runs, or nothing to be judged */
	VERDICT_SAME, /* no difference shown */
	VERDICT_BETTER,
	VERDICT_WORSE,
	NR_VERDICTS,
};
extern const char *const verdict_names[NR_VERDICTS];

/*
 * A difference is shown if p is at most this and the interval does not hold 1. Of groups that
 * cannot reach it, as four and five values, there is no verdict; five and five can.
 */
#define VERDICT_P 0.01

struct comparison {
	double median_a, median_b;
	double ratio; /* b / a; NAN if it is not defined */
	struct interval interval;
	double p;
	enum verdict verdict;
};

/* -ENODATA if a group is empty, -ENOMEM. A median of 0 in @a leaves ratio and interval NAN; p
 * decides. */
int compare_groups(const double *a, size_t nr_a, const double *b, size_t nr_b, enum better better,
		   struct comparison *ret);
