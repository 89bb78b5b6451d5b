/* SPDX-License-Identifier: GPL-2.0-only */
/* What the two sides of siblings share. */
#pragma once

#include <scx/types.h>

enum occupant {
	IDLE,
	KERNEL_THREAD, /* in the root cgroup */
	REALTIME,      /* any other of a higher class than the one of ordinary tasks */
	MEMBER,        /* of a cgroup, which may be the root */
};

/* From @ns on @cpu is in the hands of another task. */
struct switch_event {
	u64 ns;
	u64 cgroup;
	u32 cpu;
	u32 occupant; /* enum occupant */
};

_Static_assert(sizeof(struct switch_event) == 24, "both sides agree on the size");
