/* SPDX-License-Identifier: GPL-2.0-only */
/* What the two sides of scx_simple share. */
#pragma once

#include <scx/stat.h>
#include <scx/types.h>

struct scx_simple_conf {
	u64 slice_ns; /* longest run at a time */
	u8 fifo;      /* first come, first served instead of weighted vtime */
	u8 pad[7];
};

_Static_assert(sizeof(struct scx_simple_conf) == 16, "both sides agree on the size");

#define SCX_SIMPLE_STATS(S)                                                                        \
	S(SIMPLE_LOCAL, "local", COUNTER, "wakeups sent straight to an idle CPU")                  \
	S(SIMPLE_GLOBAL, "global", COUNTER, "tasks put into the global queue")

enum scx_simple_stat { SCX_SIMPLE_STATS(SCX_STAT_ENUM) };
