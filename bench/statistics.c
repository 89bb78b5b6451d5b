// SPDX-License-Identifier: GPL-2.0-only
/*
 * Medians, because one disturbed run must not decide, and methods that assume nothing about
 * how the numbers are distributed. The bootstrap says how large a difference is, the rank
 * test whether there is one: of five and five runs that are completely apart, the interval
 * alone would be too narrow to be believed.
 */
#include <math.h>
#include <string.h>

#include "bench/prng.h"
#include "bench/statistics.h"

enum {
	RESAMPLES = 2000,
	TAIL = RESAMPLES / 40, /* 2.5 % of them on each side of the interval */
	EXACT_MAX = 20,        /* values in both groups */
	/* ranks are doubled: the mean of two ranks then is an integer */
	EXACT_SUM_MAX = EXACT_MAX * (EXACT_MAX + 1),
};

#define SEED 1

const char *const verdict_names[NR_VERDICTS] = {
	[VERDICT_NONE] = "none",
	[VERDICT_SAME] = "same",
	[VERDICT_BETTER] = "better",
	[VERDICT_WORSE] = "worse",
};

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Values in order, and how often a resample has drawn each. */
struct sample {
	double *sorted;
	unsigned *drawn;
	size_t n;
};

static void sample_finish(struct sample *s)
{
	free(s->sorted);
	free(s->drawn);
}
#define _cleanup_sample_ _cleanup_(sample_finish)

static int sample_init(struct sample *s, const double *x, size_t n)
{
	*s = (struct sample){.n = n};
	if (n == 0)
		return -ENODATA;
	s->sorted = calloc(n, sizeof(*s->sorted));
	s->drawn = calloc(n, sizeof(*s->drawn));
	if (!s->sorted || !s->drawn)
		return -ENOMEM;
	memcpy(s->sorted, x, n * sizeof(*x));
	qsort(s->sorted, n, sizeof(*x), by_value);
	return 0;
}

static double mean_of_two(double a, double b)
{
	return a / 2 + b / 2; /* the sum might be too large */
}

static double sample_median(const struct sample *s)
{
	return mean_of_two(s->sorted[(s->n - 1) / 2], s->sorted[s->n / 2]);
}

/* The median of as many values, drawn with replacement. */
static double resampled_median(struct sample *s, struct prng *prng)
{
	size_t i = 0, seen;
	double lower;

	memset(s->drawn, 0, s->n * sizeof(*s->drawn));
	for (size_t draw = 0; draw < s->n; draw++)
		s->drawn[prng_below(prng, s->n)]++;
	for (seen = s->drawn[0]; seen <= (s->n - 1) / 2; seen += s->drawn[i])
		i++;
	lower = s->sorted[i];
	for (; seen <= s->n / 2; seen += s->drawn[i])
		i++;
	return mean_of_two(lower, s->sorted[i]);
}

/* Nothing is as much as nothing, and infinitely less than anything else. */
static double ratio_of(double b, double a)
{
	if (a != 0)
		return b / a;
	return b == 0 ? 1 : copysign(INFINITY, b);
}

int median(const double *x, size_t n, double *ret)
{
	_cleanup_sample_ struct sample s = {};
	int r = sample_init(&s, x, n);

	if (r < 0)
		return r;
	*ret = sample_median(&s);
	return 0;
}

int ratio_bootstrap(const double *a, size_t nr_a, const double *b, size_t nr_b, double *ret_ratio,
		    struct interval *ret_interval)
{
	_cleanup_sample_ struct sample sa = {}, sb = {};
	struct prng prng = {SEED};
	double ratios[RESAMPLES];
	int r = sample_init(&sa, a, nr_a);

	if (r >= 0)
		r = sample_init(&sb, b, nr_b);
	if (r < 0)
		return r;
	if (sample_median(&sa) == 0)
		return -EDOM;
	for (size_t i = 0; i < RESAMPLES; i++) {
		double of_a = resampled_median(&sa, &prng);

		ratios[i] = ratio_of(resampled_median(&sb, &prng), of_a);
	}
	qsort(ratios, RESAMPLES, sizeof(ratios[0]), by_value);
	*ret_ratio = sample_median(&sb) / sample_median(&sa);
	*ret_interval = (struct interval){ratios[TAIL - 1], ratios[RESAMPLES - TAIL]};
	return 0;
}

int noise_floor(const double *a, size_t n, double *ret)
{
	_cleanup_sample_ struct sample s = {};
	struct prng prng = {SEED};
	double differences[RESAMPLES];
	int r = sample_init(&s, a, n);

	if (r < 0)
		return r;
	if (sample_median(&s) == 0)
		return -EDOM;
	for (size_t i = 0; i < RESAMPLES; i++) {
		double first = resampled_median(&s, &prng);

		differences[i] = fabs(ratio_of(resampled_median(&s, &prng), first) - 1);
	}
	qsort(differences, RESAMPLES, sizeof(differences[0]), by_value);
	*ret = differences[RESAMPLES - 2 * TAIL - 1];
	return 0;
}

struct ranked {
	double value;
	unsigned rank; /* doubled */
	bool in_a;
};

static int by_ranked_value(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	return by_value(&x->value, &y->value);
}

/* Sorts and gives each its mean rank, doubled; the sum of t^3 - t over all ties of t values. */
static double rank(struct ranked *all, size_t n)
{
	double ties = 0;
	size_t end;

	qsort(all, n, sizeof(*all), by_ranked_value);
	for (size_t i = 0; i < n; i = end) {
		double t;

		for (end = i + 1; end < n && all[end].value == all[i].value;)
			end++;
		for (size_t k = i; k < end; k++)
			all[k].rank = (unsigned)(i + 1 + end);
		t = (double)(end - i);
		ties += t * t * t - t;
	}
	return ties;
}

/* The share of all choices of @nr_a from @all whose sum is at least @distance off the mean. */
static double exact_p(const struct ranked *all, size_t n, size_t nr_a, unsigned distance)
{
	/* choices[k][s]: how many sets of k of the values so far have the sum s */
	uint32_t choices[EXACT_MAX + 1][EXACT_SUM_MAX + 1] = {{1}};
	int mean = (int)(nr_a * (n + 1));
	double off = 0, total = 0;
	size_t sum = 0;

	for (size_t i = 0; i < n; i++) {
		sum += all[i].rank;
		for (size_t k = i < nr_a ? i + 1 : nr_a; k >= 1; k--)
			for (size_t s = sum; s >= all[i].rank; s--)
				choices[k][s] += choices[k - 1][s - all[i].rank];
	}
	for (int s = 0; s <= EXACT_SUM_MAX; s++) {
		total += choices[nr_a][s];
		if (abs(s - mean) >= (int)distance)
			off += choices[nr_a][s];
	}
	return off / total;
}

static double normal_p(double n, double nr_a, double distance, double ties)
{
	double deviation = sqrt(nr_a * (n - nr_a) / 12 * (n + 1 - ties / (n * (n - 1))));

	/* all values are the same */
	if (!(deviation > 0))
		return 1;
	return erfc(fmax(distance / 2 - 0.5, 0) / deviation / M_SQRT2);
}

double rank_sum_p(const double *a, size_t nr_a, const double *b, size_t nr_b)
{
	size_t n = nr_a + nr_b;
	_cleanup_free_ struct ranked *all = calloc(n + 1, sizeof(*all));
	double ties, sum = 0, distance;

	if (!all || nr_a == 0 || nr_b == 0)
		return 1;
	for (size_t i = 0; i < n; i++)
		all[i] = (struct ranked){
			.value = i < nr_a ? a[i] : b[i - nr_a],
			.in_a = i < nr_a,
		};
	ties = rank(all, n);
	for (size_t i = 0; i < n; i++)
		sum += all[i].in_a ? all[i].rank : 0;
	distance = fabs(sum - (double)nr_a * (double)(n + 1));
	return n <= EXACT_MAX ? exact_p(all, n, nr_a, (unsigned)distance)
			      : normal_p((double)n, (double)nr_a, distance, ties);
}

/* What rank_sum_p() gives for groups that are completely apart. */
static double smallest_p(size_t nr_a, size_t nr_b)
{
	double p = 2;

	for (size_t i = 1; i <= nr_a; i++)
		p *= (double)i / (double)(nr_b + i);
	return p;
}

static enum verdict judge(const struct comparison *c, enum better better)
{
	bool holds_1 = c->interval.low <= 1 && c->interval.high >= 1;

	if (c->p > VERDICT_P || holds_1 || c->median_a == c->median_b)
		return VERDICT_SAME;
	return (c->median_b > c->median_a) == (better == BETTER_HIGHER) ? VERDICT_BETTER
									: VERDICT_WORSE;
}

int compare_groups(const double *a, size_t nr_a, const double *b, size_t nr_b, enum better better,
		   struct comparison *ret)
{
	struct comparison c = {.ratio = NAN, .interval = {NAN, NAN}};
	int r = median(a, nr_a, &c.median_a);

	if (r >= 0)
		r = median(b, nr_b, &c.median_b);
	if (r >= 0)
		r = ratio_bootstrap(a, nr_a, b, nr_b, &c.ratio, &c.interval);
	if (r < 0 && r != -EDOM)
		return r;
	c.p = rank_sum_p(a, nr_a, b, nr_b);
	if (better != BETTER_NONE && smallest_p(nr_a, nr_b) <= VERDICT_P)
		c.verdict = judge(&c, better);
	*ret = c;
	return 0;
}
