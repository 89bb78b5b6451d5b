/* SPDX-License-Identifier: GPL-2.0-only */
/* Weights and credits of scx_flash; the same for BPF and tests. */
#pragma once

#include <scx/deadline.h>

#define FLASH_FREQ_MAX (100 * FREQ_ONE)
#define FLASH_WINDOW_NS (2000 * 1000 * 1000ULL) /* that nobody waits longer for others' credits */

/* A task of @weight (1 to 10000) in a cgroup of @group_weight (likewise), at least 1. */
static inline u32 flash_weight(u32 weight, u32 group_weight)
{
	u64 both = (u64)weight * group_weight * WEIGHT_ONE / SCX_WEIGHT_DFL;

	return both > WEIGHT_ONE ? both : WEIGHT_ONE;
}

/* How far behind the clock a task of @freq may be that has slept, while @nr_waiting others wait. */
static inline u64 flash_credit(const struct deadline_rules *rules, u32 freq, u32 nr_waiting)
{
	return deadline_bound(rules, deadline_credit(rules, freq), FLASH_WINDOW_NS, nr_waiting);
}
