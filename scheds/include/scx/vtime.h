/* SPDX-License-Identifier: GPL-2.0-only */
/* Arithmetic of weighted virtual time, in ns; the same for BPF, user space and tests. */
#pragma once

#include <scx/types.h>

#define SCX_WEIGHT_DFL 100 /* of a task with nice 0 */

/* @a comes before @b on a clock that may wrap around. */
static inline _Bool vtime_before(u64 a, u64 b)
{
	return (s64)(a - b) < 0;
}

/* What @used ns of CPU cost a task of @weight (1 to 10000): twice the weight, half the price. */
static inline u64 vtime_cost(u64 used, u32 weight)
{
	return used * SCX_WEIGHT_DFL / weight;
}

/*
 * How long a task of @weight may run at a time, if one of nice 0 may run for @slice_ns: so
 * that a turn costs a light task no more than others.
 */
static inline u64 vtime_turn(u64 slice_ns, u32 weight)
{
	return weight < SCX_WEIGHT_DFL ? slice_ns * weight / SCX_WEIGHT_DFL : slice_ns;
}

/*
 * How late a tick may end a turn. What a task had beyond it was not decided by the scheduler (the
 * kernel gave it a slice, or its nice value was another then), and would be dear for a light one.
 */
#define VTIME_LATE_NS (10 * 1000 * 1000)

/* ns a task pays for that used @used ns of a turn of @turn ns, and now has @left ns of its slice.
 */
static inline u64 vtime_charge(u64 used, u64 turn, u64 left)
{
	/* nothing left though less than a turn was used: sched_yield() took the rest */
	if (!left && used < turn)
		return turn;
	return used > turn + VTIME_LATE_NS ? turn + VTIME_LATE_NS : used;
}
