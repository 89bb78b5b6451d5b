/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arithmetic of schedulers that let in front who sleeps often; the same for BPF and tests. Times in
 * ns, weights from 1 to 10000 with 100 for nice 0.
 */
#pragma once

#include <scx/vtime.h>

#define DEADLINE_SPAN_NS (100 * 1000 * 1000ULL)   /* over which wakeups are counted */
#define DEADLINE_WINDOW_NS (500 * 1000 * 1000ULL) /* of queued work, and no credit is left */

/* Frequencies of wakeups are in parts of one per DEADLINE_SPAN_NS. */
#define FREQ_ONE 16
#define FREQ_MAX (64 * FREQ_ONE)

#define SLICE_SHORTEST_NS 1000 /* none at all would mean to go on with the last one */

/* More of @ns for a heavy task. */
static inline u64 deadline_scale(u64 ns, u32 weight)
{
	return weight == SCX_WEIGHT_DFL ? ns : ns * weight / SCX_WEIGHT_DFL;
}

/* A moving average: @value counts for a quarter. */
static inline u64 moving_average(u64 average, u64 value)
{
	return average - (average >> 2) + (value >> 2);
}

/* The frequency of a task with the frequency @freq that wakes @ns after it did so last. */
static inline u32 freq_after(u32 freq, u64 ns)
{
	u64 now = FREQ_ONE * DEADLINE_SPAN_NS / (ns ? ns : 1);
	u64 average = moving_average(freq, now);

	return average < FREQ_MAX ? average : FREQ_MAX;
}

/* What a scheduler allows tasks. */
struct deadline_rules {
	u64 lag_ns;   /* credit for sleep of a task that wakes now and then */
	u64 slice_ns; /* longest run at a time */
	u64 min_ns;   /* shortest, whoever waits */
	u32 nr_cpus;  /* that serve the queue */
};

/*
 * How far behind the clock a task of @freq may be that has slept, while @nr_waiting others wait: a
 * multiple of the lag for who wakes often, less the more wait. All the credits together, if their
 * owners come at the same time and never sleep again, keep nobody waiting for longer than
 * the window, or one lag of each.
 */
static inline u64 deadline_credit(const struct deadline_rules *rules, u32 freq, u32 nr_waiting)
{
	u64 queued = nr_waiting * rules->slice_ns, most, credit;

	if (freq <= FREQ_ONE || queued >= DEADLINE_WINDOW_NS)
		return rules->lag_ns;
	credit = rules->lag_ns * freq / FREQ_ONE;
	credit = credit / 1024 * (DEADLINE_WINDOW_NS * 1024 / (DEADLINE_WINDOW_NS + queued));
	most = DEADLINE_WINDOW_NS * rules->nr_cpus / (rules->nr_cpus + nr_waiting);
	if (credit > most)
		credit = most;
	return credit > rules->lag_ns ? credit : rules->lag_ns;
}

/* How long a task may run at a time: waiting tasks share a slice. */
static inline u64 deadline_slice(const struct deadline_rules *rules, u32 weight, u32 nr_waiting)
{
	u64 slice = deadline_scale(rules->slice_ns, weight);

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
	if (weight == SCX_WEIGHT_DFL)
		return used;
	if (weight < SCX_WEIGHT_DFL && used > turn + VTIME_LATE_NS)
		used = turn + VTIME_LATE_NS;
	return vtime_cost(used, weight);
}
