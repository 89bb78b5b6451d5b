/* SPDX-License-Identifier: GPL-2.0-only */
/* What the two sides of scx_flash share. */
#pragma once

#include <scx/deadline_conf.h>

struct scx_flash_conf {
	SCX_DEADLINE_CONF
	u64 tick_ns;        /* of the kernel */
	u8 tickless;        /* no tick ends a run */
	u8 rr;              /* first come, first served */
	u8 wakeup_throttle; /* very short tasks come later */
	u8 pad[5];
};

_Static_assert(sizeof(struct scx_flash_conf) == 80, "both sides agree on the size");

#define SCX_FLASH_STATS(S)                                                                         \
	S(FLASH_GROUP, "nr_weight_lookups", COUNTER,                                               \
	  "tasks whose cgroup was asked for its weight")                                           \
	S(FLASH_SHORT, "nr_short", COUNTER, "arrivals of very short tasks, a lag late")            \
	S(FLASH_CUT, "nr_cuts", COUNTER, "runs without a tick ended because others wait")

enum scx_flash_stat { FLASH_STATS_BEFORE = NR_DEADLINE_STATS - 1, SCX_FLASH_STATS(SCX_STAT_ENUM) };
