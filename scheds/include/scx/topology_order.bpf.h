/* SPDX-License-Identifier: GPL-2.0-only */
/* The online CPUs in the order of their capacity, filled in by the run-time before load. */
#pragma once

#include <scx/topology.bpf.h>

/* resized to topo.nr_cpu_ids; topo.nr_online of them mean something */
const volatile u32 topo_order[1] SEC(".rodata.order");

/* The @n-th fastest, counted from 0; of equal ones that with the lower number. -1: there is none.
 */
static inline s32 topo_fastest(u32 n)
{
	const volatile u32 *first = topo_order;
	u64 i = n;

	/* see topo_cpu() */
	barrier_var(i);
	if (i >= topo.nr_online)
		return -1;
	barrier_var(first);
	return first[i];
}
