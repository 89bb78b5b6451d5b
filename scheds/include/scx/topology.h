/* SPDX-License-Identifier: GPL-2.0-only */
/* The topology as the run-time hands it to the BPF side of a scheduler that asks for it. */
#pragma once

#include <scx/types.h>

/* Like struct cpu_info of lib/topology.h, which says what the members mean. */
struct scx_cpu {
	u32 core;
	u32 llc;
	u32 node;
	u32 next_thread;
	u32 capacity;
	u8 type;
	u8 online;
	u8 pad[2];
};

struct scx_topology {
	u32 nr_cpu_ids;
	u32 nr_online;
	u32 nr_cores;
	u32 nr_llcs;
	u32 nr_node_ids;
	u8 is_smt;
	u8 is_hybrid;
	u8 is_uneven; /* not all online CPUs have the same capacity */
	u8 pad;
};

_Static_assert(sizeof(struct scx_cpu) == 24, "both sides agree on the size");
_Static_assert(sizeof(struct scx_topology) == 24, "both sides agree on the size");
