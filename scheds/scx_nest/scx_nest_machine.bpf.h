/* SPDX-License-Identifier: GPL-2.0-only */
/* The CPUs and caches as scx_nest sees them: a ring of CPUs for each LLC, the fastest first. */
#pragma once

#include <scx/common.bpf.h>
#include <scx/topology.bpf.h>

#include "scx_nest.h"

#define NOWHERE (-1)

struct llc {
	u32 first; /* CPU of the ring */
	u32 last;
	u32 nr_cpus;
	u32 node;
};

/* resized to topo.nr_cpu_ids */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, u32);
	__type(value, struct scx_nest_cpu);
	__uint(max_entries, 1);
} cpus SEC(".maps");

/* resized to topo.nr_llcs */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, u32);
	__type(value, struct llc);
	__uint(max_entries, 1);
} llcs SEC(".maps");

static struct scx_nest_cpu *find_cpu(u32 cpu)
{
	struct scx_nest_cpu *c = bpf_map_lookup_elem(&cpus, &cpu);

	if (!c)
		scx_bpf_error("CPU %u is not in the topology", cpu);
	return c;
}

static struct llc *find_llc(u32 llc)
{
	struct llc *l = bpf_map_lookup_elem(&llcs, &llc);

	if (!l)
		scx_bpf_error("LLC %u is not in the topology", llc);
	return l;
}

/* The CPU in the ring of @l behind which one of @capacity belongs. */
static u32 find_place(const struct llc *l, u32 capacity)
{
	const volatile struct scx_cpu *info = topo_cpu(l->first);
	u32 cpu = l->first;

	if (info && info->capacity < capacity)
		return l->last;
	bpf_repeat(l->nr_cpus) {
		const struct scx_nest_cpu *c = find_cpu(cpu);

		info = c ? topo_cpu(c->next) : NULL;
		if (!info || c->next == l->first || info->capacity < capacity)
			break;
		cpu = c->next;
	}
	return cpu;
}

/*
 * Puts @cpu into the ring of its LLC: behind those that are at least as fast. Not static, so that
 * the verifier checks it once.
 */
__noinline s32 add_to_llc(u32 cpu)
{
	const volatile struct scx_cpu *info = topo_cpu(cpu), *first;
	struct scx_nest_cpu *c = find_cpu(cpu), *before;
	struct llc *l = info ? find_llc(info->llc) : NULL;
	u32 place;

	if (!c || !l)
		return -EINVAL;
	if (!l->nr_cpus)
		l->first = l->last = c->next = cpu;
	place = find_place(l, info->capacity);
	before = find_cpu(place);
	first = topo_cpu(l->first);
	if (!before || !first)
		return -EINVAL;
	c->next = before->next;
	before->next = cpu;
	if (first->capacity < info->capacity)
		l->first = cpu;
	else if (place == l->last)
		l->last = cpu;
	l->nr_cpus++;
	l->node = info->node;
	c->llc = info->llc;
	c->nest = NEST_OTHER;
	c->is_idle = true;
	return 0;
}
