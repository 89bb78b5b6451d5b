/* SPDX-License-Identifier: GPL-2.0-only */
/* What a CPU does just now, for BPF and for statistics; see scx/cpu_state.bpf.h. */
#pragma once

#include <scx/types.h>

struct scx_cpu_state {
	u64 deadline;     /* of the task that runs, as it began */
	u64 busy_ns;      /* time tasks have run */
	u64 sampled_busy; /* the same when the speed was last thought about */
	u64 sampled_at;   /* and when that was */
	u32 is_busy;      /* a task of ours runs ... */
	u32 has_to_yield; /* ... to one that wakes and is early enough */
	u32 perf;         /* speed it was last asked for + 1; 0: it was not asked */
	u32 nr_looks;     /* of a timer that found it running while others wait */
	u32 pad[4];       /* a cache line of its own */
};

_Static_assert(sizeof(struct scx_cpu_state) == 64, "both sides agree on the size");
