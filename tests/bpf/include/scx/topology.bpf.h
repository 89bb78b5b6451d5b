/* SPDX-License-Identifier: GPL-2.0-only */
/* Stands in for scheds/include/scx/topology.bpf.h: a machine that the test makes up. */
#pragma once

#include <stddef.h>

#include <scx/topology.h>

static struct scx_topology topo;
static struct scx_cpu topo_cpus[16];

static inline const struct scx_cpu *topo_cpu(s32 cpu)
{
	u32 i = (u32)cpu;

	return i < topo.nr_cpu_ids ? &topo_cpus[i] : NULL;
}
