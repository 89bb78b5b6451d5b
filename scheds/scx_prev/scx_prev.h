/* SPDX-License-Identifier: GPL-2.0-only */
/* What the two sides of scx_prev share. */
#pragma once

#include <scx/stat.h>
#include <scx/types.h>

struct scx_prev_conf {
	u64 slice_ns; /* longest run at a time */
	u8 fifo;      /* first come, first served instead of weighted vtime */
	u8 pad[7];
};

_Static_assert(sizeof(struct scx_prev_conf) == 16, "both sides agree on the size");

#define SCX_PREV_STATS(S)                                                                          \
	S(PREV_LOCAL, "local", COUNTER, "wakeups sent straight to an idle CPU")                    \
	S(PREV_SELECT_FAIL, "select_fail", COUNTER, "wakeups for which no CPU was idle")           \
	S(PREV_PREV_CPU, "prev_cpu", COUNTER, "wakeups on the CPU where the task ran last")        \
	S(PREV_IDLE_CPU, "idle_cpu", COUNTER, "wakeups on another CPU")

enum scx_prev_stat { SCX_PREV_STATS(SCX_STAT_ENUM) };
