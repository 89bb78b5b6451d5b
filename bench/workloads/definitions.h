/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the metrics of the built-in workloads mean: arithmetic, without clocks and threads, so
 * that it can be tested on made-up traces. Times are of one clock and in one unit.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "bench/histogram.h"
#include "bench/metric.h"

/*
 * CPU time, in us, that is there for @hogs in @window_us of @cpus CPUs when others do @others_us
 * of work: none of them can use more than one CPU. > 0.
 */
double hogs_room_us(unsigned hogs, unsigned cpus, double window_us, double others_us);

/* Frames of a pipeline. */
struct frame {
	uint64_t due;   /* it was to begin */
	uint64_t begun; /* its first stage did */
	uint64_t ended; /* its last stage was through */
};

struct frame_tally {
	struct histogram times;  /* from due to ended */
	struct histogram starts; /* from due to begun */
	uint64_t missed;         /* not ended when the next one was due */
	uint64_t late;           /* begun more than LATE_SHARE of a period after it was due */
};
#define LATE_SHARE 10 /* a tenth */

void frame_tally_init(struct frame_tally *t);
void frame_tally_add(struct frame_tally *t, const struct frame *f, uint64_t period);
/* Of ns: metrics frame_*, missed, start_*, late. */
int frame_tally_report(const struct frame_tally *t, struct measurement *m);

/*
 * Speed of @threads that need all of them to get on, beside @hogs, as a share of their speed alone,
 * if each of @threads and @hogs had an equal share of @cpus CPUs and the threads theirs at the
 * same time: min(1, cpus / (threads + hogs)) / min(1, cpus / threads).
 */
double gang_fair_share(unsigned threads, unsigned hogs, unsigned cpus);

/* @nr_short jobs and a long one, all there from the beginning; long >= short > 0. */
struct batch {
	unsigned nr_short, cpus;
	double short_time, long_time; /* of one CPU */
};

/* All jobs that are left share the CPUs equally, none gets more than one. */
double batch_fair_makespan(const struct batch *b);
double batch_fair_mean_completion(const struct batch *b);
/* The shortest there can be, as jobs can be interrupted (McNaughton). */
double batch_best_makespan(const struct batch *b);

/* Weight of nice @nice, -20 to 19, in the kernel's own scheduler. */
double nice_weight(int nice);

/*
 * What each of @nr that always want to run gets of @cpus CPUs, in CPUs: by weight, but nobody more
 * than one; what is left over goes to the others by weight. Sums up to min(nr, cpus).
 */
void fair_shares(const double *weights, size_t nr, unsigned cpus, double *ret);

/*
 * The largest |part / due part - 1| of @work against @shares, each taken as a part of its sum.
 * NAN if nobody did any work.
 */
double fair_deviation(const double *work, const double *shares, size_t nr);

/*
 * Requests in each of @nr full seconds, and @average over all: metrics rps, rps_p20, rps_p50,
 * rps_p90. Without a full second the average stands for the samples. Sorts @samples.
 */
int rps_report(double *samples, size_t nr, double average, struct measurement *m);
