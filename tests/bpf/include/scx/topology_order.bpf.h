/* SPDX-License-Identifier: GPL-2.0-only */
/* Stands in for scheds/include/scx/topology_order.bpf.h: an order that the test makes up. */
#pragma once

#include <scx/topology.bpf.h>

static u32 topo_order[16];

static inline s32 topo_fastest(u32 n)
{
	return n < topo.nr_online ? (s32)topo_order[n] : -1;
}
