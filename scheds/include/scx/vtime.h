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
