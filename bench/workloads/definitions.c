// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <stdlib.h>

#include "bench/workloads/definitions.h"
#include "bench/workloads/results.h"

#define NS_PER_US 1e3
#define NS_PER_MS 1e6

double hogs_room_us(unsigned hogs, unsigned cpus, double window_us, double others_us)
{
	double left = cpus * window_us - others_us;

	return fmax(fmin(hogs * window_us, left), 1);
}

void frame_tally_init(struct frame_tally *t)
{
	histogram_init(&t->times);
	histogram_init(&t->starts);
	t->missed = t->late = 0;
}

void frame_tally_add(struct frame_tally *t, const struct frame *f, uint64_t period)
{
	histogram_add(&t->times, f->ended - f->due);
	histogram_add(&t->starts, f->begun - f->due);
	t->missed += f->ended - f->due > period;
	t->late += f->begun - f->due > period / LATE_SHARE;
}

int frame_tally_report(const struct frame_tally *t, struct measurement *m)
{
	double nr = (double)t->times.nr;
	int r;

	r = histogram_report(&t->times, "frame", "ms", NS_PER_MS, m);
	if (r < 0)
		return r;
	r = measurement_add(m, "missed", "%", BETTER_LOWER, 100 * (double)t->missed / nr);
	if (r < 0)
		return r;
	r = histogram_report(&t->starts, "start", "us", NS_PER_US, m);
	if (r < 0)
		return r;
	return measurement_add(m, "late", "%", BETTER_LOWER, 100 * (double)t->late / nr);
}

double gang_fair_share(unsigned threads, unsigned hogs, unsigned cpus)
{
	return fmin(1, (double)cpus / (threads + hogs)) / fmin(1, (double)cpus / threads);
}

/* How long the short ones take, which end together. */
static double batch_fair_short(const struct batch *b)
{
	return b->short_time / fmin(1, (double)b->cpus / (b->nr_short + 1));
}

double batch_fair_makespan(const struct batch *b)
{
	return batch_fair_short(b) + b->long_time - b->short_time;
}

double batch_fair_mean_completion(const struct batch *b)
{
	return (b->nr_short * batch_fair_short(b) + batch_fair_makespan(b)) / (b->nr_short + 1);
}

double batch_best_makespan(const struct batch *b)
{
	return fmax(b->long_time, (b->nr_short * b->short_time + b->long_time) / b->cpus);
}

double nice_weight(int nice)
{
	/* sched_prio_to_weight, which sched(7) and getpriority(2) describe as a factor of 1.25 */
	static const unsigned weights[] = {
		88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916,
		9548,  7620,  6100,  4904,  3906,  3121,  2501,  1991,  1586,  1277,
		1024,  820,   655,   526,   423,   335,   272,   215,   172,   137,
		110,   87,    70,    56,    45,    36,    29,    23,    18,    15,
	};

	return weights[nice + 20];
}

/* Gives all without a share one by weight of what is left, or whole CPUs to those who would get
 * more than one; true if somebody was. */
static bool fair_round(const double *weights, size_t nr, double cpus, double *shares)
{
	bool capped = false;
	double sum = 0;

	for (size_t i = 0; i < nr; i++) {
		if (shares[i] < 1)
			sum += weights[i];
		else
			cpus -= 1;
	}
	for (size_t i = 0; i < nr; i++)
		if (shares[i] < 1 && weights[i] * cpus >= sum) {
			shares[i] = 1;
			capped = true;
		}
	for (size_t i = 0; i < nr && !capped; i++)
		if (shares[i] < 1)
			shares[i] = weights[i] * cpus / sum;
	return capped;
}

void fair_shares(const double *weights, size_t nr, unsigned cpus, double *ret)
{
	for (size_t i = 0; i < nr; i++)
		ret[i] = nr <= cpus ? 1 : 0;
	while (nr > cpus && fair_round(weights, nr, cpus, ret))
		;
}

static double sum_of(const double *x, size_t nr)
{
	double sum = 0;

	for (size_t i = 0; i < nr; i++)
		sum += x[i];
	return sum;
}

double fair_deviation(const double *work, const double *shares, size_t nr)
{
	double works = sum_of(work, nr), all = sum_of(shares, nr), worst = 0;

	if (works <= 0)
		return NAN;
	for (size_t i = 0; i < nr; i++)
		worst = fmax(worst, fabs(work[i] / works / (shares[i] / all) - 1));
	return worst;
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The smallest sample that @percent of all are at or below. */
static double percentile(const double *sorted, size_t nr, unsigned percent)
{
	return sorted[(nr * percent + 99) / 100 - 1];
}

int rps_report(double *samples, size_t nr, double average, struct measurement *m)
{
	if (nr > 0)
		qsort(samples, nr, sizeof(*samples), compare_doubles);
	const struct result results[] = {
		{"rps", "1/s", BETTER_HIGHER, average},
		{"rps_p20", "1/s", BETTER_HIGHER, nr ? percentile(samples, nr, 20) : average},
		{"rps_p50", "1/s", BETTER_HIGHER, nr ? percentile(samples, nr, 50) : average},
		{"rps_p90", "1/s", BETTER_HIGHER, nr ? percentile(samples, nr, 90) : average},
	};

	return results_add(m, results, ARRAY_SIZE(results));
}
