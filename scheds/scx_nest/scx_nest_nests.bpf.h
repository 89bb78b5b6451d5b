/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How CPUs enter and leave the nests.
 *
 * A CPU changes from one nest to another by atomic operations on scx_nest_cpu.nest; these are
 * full barriers, so of two CPUs that enter the reserve at the same time one sees both.
 */
#pragma once

#include "scx_nest_machine.bpf.h"

struct compaction {
	struct bpf_timer timer;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, u32);
	__type(value, struct compaction);
	__uint(max_entries, 1);
} compactions SEC(".maps");

static u32 is_timer_armed;

/*
 * Walks over the CPUs of an LLC are functions that are not static: the verifier checks them once,
 * not on every path that leads here. And it takes their result as any number; a count it could
 * follow through the loop and on to a comparison would be another state for each CPU.
 */

__noinline u32 count_nest(u32 llc, u32 nest)
{
	const struct llc *l = find_llc(llc);
	u32 cpu, n = 0;

	if (!l)
		return 0;
	cpu = l->first;
	bpf_repeat(l->nr_cpus) {
		const struct scx_nest_cpu *c = find_cpu(cpu);

		if (!c)
			break;
		n += c->nest == nest;
		cpu = c->next;
	}
	return n;
}

/* NOWHERE if there is none. */
__noinline s32 find_last(u32 llc, u32 nest)
{
	const struct llc *l = find_llc(llc);
	s32 last = NOWHERE;
	u32 cpu;

	if (!l)
		return NOWHERE;
	cpu = l->first;
	bpf_repeat(l->nr_cpus) {
		const struct scx_nest_cpu *c = find_cpu(cpu);

		if (!c)
			break;
		if (c->nest == nest)
			last = cpu;
		cpu = c->next;
	}
	return last;
}

/*
 * Takes @c, which is in neither nest, into the reserve nest, which @stat counts. If that is full,
 * the last one has to go, which may be @c itself.
 */
static void join_reserve(struct scx_nest_cpu *c, u32 stat)
{
	struct scx_nest_cpu *surplus;
	s32 cpu;

	if (!conf.reserve_max) {
		stat_inc(NEST_RESERVED_AT_CAPACITY);
		return;
	}
	if (!__sync_bool_compare_and_swap(&c->nest, NEST_OTHER, NEST_RESERVE))
		return;
	if (count_nest(c->llc, NEST_RESERVE) > conf.reserve_max) {
		stat_inc(NEST_RESERVED_AT_CAPACITY);
		cpu = find_last(c->llc, NEST_RESERVE);
		surplus = cpu == NOWHERE ? NULL : find_cpu(cpu);
		if (surplus)
			(void)__sync_bool_compare_and_swap(&surplus->nest, NEST_RESERVE,
							   NEST_OTHER);
	}
	if (c->nest == NEST_RESERVE)
		stat_inc(stat);
}

static void promote(struct scx_nest_cpu *c)
{
	if (__sync_lock_test_and_set(&c->nest, NEST_PRIMARY) != NEST_PRIMARY)
		stat_inc(NEST_PROMOTED_TO_PRIMARY);
}

/* Removes @cpu from the primary nest; false for the first of an LLC, which stays. */
static bool demote(u32 cpu, struct scx_nest_cpu *c)
{
	const struct llc *l = find_llc(c->llc);

	if (!l || l->first == cpu ||
	    !__sync_bool_compare_and_swap(&c->nest, NEST_PRIMARY, NEST_OTHER))
		return false;
	join_reserve(c, NEST_DEMOTED_TO_RESERVED);
	return true;
}

static s32 begin_nests(void)
{
	s32 i;

	bpf_for(i, 0, (s32)topo.nr_llcs) {
		const struct llc *l = find_llc(i);
		struct scx_nest_cpu *first = l ? find_cpu(l->first) : NULL;

		if (!first)
			return -EINVAL;
		first->nest = NEST_PRIMARY;
	}
	return 0;
}

/* Compaction: CPUs of the primary nest go when they have been idle for the delay. */

static void arm_timer(u64 delay)
{
	struct compaction *compaction;
	u32 zero = 0;

	if (__sync_lock_test_and_set(&is_timer_armed, 1))
		return;
	compaction = bpf_map_lookup_elem(&compactions, &zero);
	/* short of memory, the timer cannot be started: the next plan tries again */
	if (!compaction || bpf_timer_start(&compaction->timer, delay, 0))
		is_timer_armed = 0;
}

static void plan_compaction(struct scx_nest_cpu *c)
{
	if (c->compact_at)
		return;
	c->compact_at = scx_bpf_now() + conf.delay_ns;
	stat_inc(NEST_SCHEDULED_COMPACTION);
	arm_timer(conf.delay_ns);
}

/* The planned removal of @cpu, unless it has been called off since @planned was read. */
static void compact(s32 cpu, struct scx_nest_cpu *c, u64 planned)
{
	if (!__sync_bool_compare_and_swap(&c->compact_at, planned, 0))
		return;
	if (demote(cpu, c))
		stat_inc(NEST_CALLBACK_COMPACTED);
	/* the first one of the LLC stays, but need not be fast */
	scx_bpf_cpuperf_set(cpu, 0);
	/* unless it has got work meanwhile, and asked for speed before us */
	if (!c->is_idle)
		scx_bpf_cpuperf_set(cpu, scx_value(scx_consts, SCX_CPUPERF_ONE));
}

static int compact_all(void *map, int *key, struct compaction *compaction)
{
	u64 now = scx_bpf_now(), next = 0;
	s32 cpu;

	/* first: who plans a removal we do not see any more shall arm it */
	(void)__sync_lock_test_and_set(&is_timer_armed, 0);
	bpf_for(cpu, 0, (s32)topo.nr_cpu_ids) {
		struct scx_nest_cpu *c = find_cpu(cpu);
		u64 planned;

		if (!c)
			break;
		planned = c->compact_at;
		if (!planned)
			continue;
		if (planned <= now)
			compact(cpu, c, planned);
		else if (!next || planned < next)
			next = planned;
	}
	if (next)
		arm_timer(next - now);
	return 0;
}

static s32 init_timer(void)
{
	struct compaction *compaction;
	u32 zero = 0;
	s32 r;

	compaction = bpf_map_lookup_elem(&compactions, &zero);
	if (!compaction)
		return -ENOENT;
	r = bpf_timer_init(&compaction->timer, &compactions, CLOCK_MONOTONIC);
	return r ? r : bpf_timer_set_callback(&compaction->timer, compact_all);
}
