/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The topology of the machine, for schedulers that include this header: constants to the
 * verifier, filled in by the run-time before load.
 */
#pragma once

#include <scx/kernel.bpf.h>
#include <scx/topology.h>

#include <bpf/bpf_helpers.h>

const volatile struct scx_topology topo SEC(".rodata.topo");

/* resized to topo.nr_cpu_ids */
const volatile struct scx_cpu topo_cpus[1] SEC(".rodata.cpus");

/* NULL if @cpu is not a CPU number of this machine; offline ones have one. */
static inline const volatile struct scx_cpu *topo_cpu(s32 cpu)
{
	const volatile struct scx_cpu *first = topo_cpus;
	u64 i = (u32)cpu;

	/* what is compared shall be what is the index, not a copy in another register */
	barrier_var(i);
	if (i >= topo.nr_cpu_ids)
		return NULL;
	/*
	 * Without it the compiler takes the array for as long as it is declared, and every
	 * index for 0. It stands after the comparison, or the compiler may form the address
	 * first, of an index the verifier knows no bounds of.
	 */
	barrier_var(first);
	return &first[i];
}
