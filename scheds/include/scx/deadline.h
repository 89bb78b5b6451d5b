/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arithmetic of schedulers that let in front who sleeps often; the same for BPF and tests. Times in
 * ns; weights in parts of 1/1024, from 1 to a million, with 100 for nice 0.
 */
#pragma once

#include <scx/vtime.h>

#define DEADLINE_SPAN_NS (100 * 1000 * 1000ULL) /* over which wakeups are counted */

/* Frequencies of wakeups are in parts of one per DEADLINE_SPAN_NS. */
#define FREQ_ONE 16

#define SLICE_SHORTEST_NS 1000 /* none at all would mean to go on with the last one */
#define SLICE_LONGEST_NS (100 * 1000 * 1000ULL) /* of a heavy task, if not that of nice 0 */

/* CPU time a heavy task may make up for at a time, in which no other has its turn. */
#define DEADLINE_MADE_UP_NS (4 * 1000 * 1000 * 1000ULL)

#define WEIGHT_ONE 1024
#define WEIGHT_NORMAL (SCX_WEIGHT_DFL * WEIGHT_ONE)

/* More of @ns for a heavy task. */
static inline u64 deadline_scale(u64 ns, u32 weight)
{
	return weight == WEIGHT_NORMAL ? ns : ns * weight / WEIGHT_NORMAL;
}

/* A moving average: @value counts for a quarter. */
static inline u64 moving_average(u64 average, u64 value)
{
	return average - (average >> 2) + (value >> 2);
}

/* What a scheduler allows tasks. */
struct deadline_rules {
	u64 lag_ns;   /* credit for sleep of a task that wakes now and then */
	u64 slice_ns; /* longest run at a time */
	u64 min_ns;   /* shortest, whoever waits */
	u32 nr_cpus;  /* that serve the queue */
	u32 freq_max; /* wakeups beyond it do not count */
};

/* The frequency of a task with the frequency @freq that wakes @ns after it did so last. */
static inline u32 freq_after(const struct deadline_rules *rules, u32 freq, u64 ns)
{
	u64 now = FREQ_ONE * DEADLINE_SPAN_NS / (ns ? ns : 1);
	u64 average = moving_average(freq, now);

	return average < rules->freq_max ? average : rules->freq_max;
}

/* A lag for each wakeup in DEADLINE_SPAN_NS, at least one. */
static inline u64 deadline_credit(const struct deadline_rules *rules, u32 freq)
{
	return freq <= FREQ_ONE ? rules->lag_ns : rules->lag_ns * freq / FREQ_ONE;
}

/*
 * So much of @credit that all the credits together, if their owners come at the same time and never
 * sleep again, keep nobody waiting for longer than @window ns, or one lag of each.
 */
static inline u64 deadline_bound(const struct deadline_rules *rules, u64 credit, u64 window,
				 u32 nr_waiting)
{
	u64 most = window * rules->nr_cpus / (rules->nr_cpus + nr_waiting);

	if (credit > most)
		credit = most;
	return credit > rules->lag_ns ? credit : rules->lag_ns;
}

/*
 * What is left of a credit for a task of @weight: less for a light one, which pays more, and not so
 * much for a heavy one that others starve until it has made up for it.
 */
static inline u64 deadline_due(u64 credit, u32 weight)
{
	u64 most;

	if (weight <= WEIGHT_NORMAL)
		return deadline_scale(credit, weight);
	most = DEADLINE_MADE_UP_NS * WEIGHT_NORMAL / weight;
	return credit < most ? credit : most;
}

/* How long a task may run at a time: waiting tasks share a slice. */
static inline u64 deadline_slice(const struct deadline_rules *rules, u32 weight, u32 nr_waiting)
{
	u64 slice = deadline_scale(rules->slice_ns, weight);
	u64 longest = rules->slice_ns > SLICE_LONGEST_NS ? rules->slice_ns : SLICE_LONGEST_NS;

	if (slice > longest)
		slice = longest;
	if (nr_waiting > 1)
		slice /= nr_waiting;
	if (slice < rules->min_ns)
		slice = rules->min_ns;
	return slice > SLICE_SHORTEST_NS ? slice : SLICE_SHORTEST_NS;
}

/*
 * What @used ns of CPU cost a task that might have had @turn ns: ticks end turns late, which is
 * not the fault of a light task, to which they are dear.
 */
static inline u64 deadline_cost(u64 used, u64 turn, u32 weight)
{
	if (weight == WEIGHT_NORMAL)
		return used;
	if (weight < WEIGHT_NORMAL && used > turn + VTIME_LATE_NS)
		used = turn + VTIME_LATE_NS;
	return used * WEIGHT_NORMAL / weight;
}
