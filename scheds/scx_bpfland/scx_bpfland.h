/* SPDX-License-Identifier: GPL-2.0-only */
/* What the two sides of scx_bpfland share. */
#pragma once

#include <scx/deadline_conf.h>

struct scx_bpfland_conf {
	SCX_DEADLINE_CONF
	u64 slice_min_ns; /* shortest run at a time; 0: none */
	u8 sticky_tasks;  /* very short tasks stay where they are */
	u8 pad[7];
};

_Static_assert(sizeof(struct scx_bpfland_conf) == 80, "both sides agree on the size");
