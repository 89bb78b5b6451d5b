/* SPDX-License-Identifier: GPL-2.0-only */
/* The queues of nodes and CPUs: who waits where, who is next, and who has to make room. */
#pragma once

#include <scx/deadline_task.bpf.h>
#include <scx/dsq.bpf.h>
#include <scx/idle_pick.bpf.h>

#define PREEMPT_SCAN 64 /* CPUs looked at for one that is to be taken */

/* That of the tasks bound to @cpu. */
static inline u64 cpu_dsq(s32 cpu)
{
	return (u32)cpu;
}

static inline u64 node_dsq(u32 node)
{
	return topo.nr_cpu_ids + node;
}

/* How many wait where @cpu looks. */
static inline u32 nr_waiting_for(s32 cpu)
{
	return scx_bpf_dsq_nr_queued(node_dsq(node_of(cpu))) + scx_bpf_dsq_nr_queued(cpu_dsq(cpu));
}

static inline void wait_in_queue(struct task_struct *p, const struct task_ctx *t, s32 cpu,
				 u64 slice, u64 enq_flags)
{
	bool is_own = is_bound(p);

	stat_inc(is_own ? DEADLINE_DIRECT : DEADLINE_SHARED);
	scx_bpf_dsq_insert_vtime(p, is_own ? cpu_dsq(cpu) : node_dsq(node_of(cpu)), slice,
				 deadline_of(p, t), enq_flags);
}

/* The task on @candidate has to make room for one of @deadline. */
static inline bool has_to_yield(s32 candidate, u64 deadline)
{
	const struct scx_cpu_state *c = cpu_state(candidate);

	return c && c->is_busy && c->has_to_yield &&
	       vtime_before(deadline + conf.preempt_ns, c->deadline);
}

/*
 * Of the CPUs that look into the same queue as @cpu, the next one whose task has to yield. What
 * others do at the same time may be missed; then @p waits for the end of a slice.
 */
static inline s32 find_victim(struct task_struct *p, u64 deadline, s32 cpu)
{
	u32 nr = topo.nr_cpu_ids < PREEMPT_SCAN ? topo.nr_cpu_ids : PREEMPT_SCAN;
	u32 node = node_of(cpu), i;
	s32 candidate = cpu;

	bpf_for(i, 1, nr) {
		candidate = candidate + 1 < (s32)topo.nr_cpu_ids ? candidate + 1 : 0;
		if (has_to_yield(candidate, deadline) && node_of(candidate) == node &&
		    bpf_cpumask_test_cpu(candidate, p->cpus_ptr))
			return candidate;
	}
	return NOWHERE;
}

/* One task takes the CPU; the next one to come takes another. */
static inline void note_preemption(s32 cpu)
{
	struct scx_cpu_state *c = cpu_state(cpu);

	if (c)
		c->has_to_yield = false;
	stat_inc(DEADLINE_PREEMPT);
}

/*
 * @p, which wakes, takes @cpu, where it last ran, or waits in the queue for another one that has to
 * yield. The former is cheaper: the kernel need not interrupt that CPU, and the queue is spared.
 */
static inline void preempt_or_wait(struct task_struct *p, const struct task_ctx *t, s32 cpu,
				   u64 slice, u64 enq_flags)
{
	u64 deadline = deadline_of(p, t);
	s32 victim;

	if (has_to_yield(cpu, deadline)) {
		note_preemption(cpu);
		scx_bpf_dsq_insert(p, scx_value(scx_dsq_id_flags, SCX_DSQ_LOCAL), slice,
				   enq_flags | scx_value(scx_enq_flags, SCX_ENQ_PREEMPT));
		return;
	}
	wait_in_queue(p, t, cpu, slice, enq_flags);
	victim = is_bound(p) ? NOWHERE : find_victim(p, deadline, cpu);
	if (victim == NOWHERE)
		return;
	note_preemption(victim);
	scx_bpf_kick_cpu(victim, scx_value(scx_kick_flags, SCX_KICK_PREEMPT));
}

/* The earliest deadline of those that may run on @cpu; false if nobody waits. */
static inline bool find_first(s32 cpu, u64 *ret)
{
	u64 bound = 0, shared = 0;
	bool is_bound =
		scx_bpf_dsq_nr_queued(cpu_dsq(cpu)) && dsq_first_vtime(cpu_dsq(cpu), cpu, &bound);
	bool is_shared = dsq_first_vtime(node_dsq(node_of(cpu)), cpu, &shared);

	*ret = is_bound && (!is_shared || vtime_before(bound, shared)) ? bound : shared;
	return is_bound || is_shared;
}

static inline bool steal(s32 cpu)
{
	u32 node;

	if (!conf.has_nodes)
		return false;
	bpf_for(node, 0, topo.nr_node_ids)
		if (node != node_of(cpu) && scx_bpf_dsq_move_to_local(node_dsq(node), 0)) {
			stat_inc(DEADLINE_STOLEN);
			return true;
		}
	return false;
}

/* The earliest of both queues; the first may have been taken by another CPU in between. */
static inline bool take_next(s32 cpu)
{
	u64 own = cpu_dsq(cpu), node = node_dsq(node_of(cpu)), bound, shared;

	if (!scx_bpf_dsq_nr_queued(own))
		return scx_bpf_dsq_move_to_local(node, 0) || steal(cpu);
	if (dsq_first_vtime(node, cpu, &shared) && dsq_first_vtime(own, cpu, &bound) &&
	    vtime_before(shared, bound) && scx_bpf_dsq_move_to_local(node, 0))
		return true;
	return scx_bpf_dsq_move_to_local(own, 0) || scx_bpf_dsq_move_to_local(node, 0);
}

static inline void renew(struct task_struct *p, const struct task_ctx *t, s32 cpu, u32 nr_waiting)
{
	struct scx_cpu_state *c = cpu_state(cpu);

	if (c)
		note_run(c, p, t);
	stat_inc(DEADLINE_KEPT);
	scx_bpf_task_set_slice(p, slice_of(p, t, nr_waiting));
}

/* @prev goes on if others wait and its deadline is the earliest. */
static inline bool keep(struct task_struct *prev, s32 cpu)
{
	struct task_ctx *t = find_task(prev);
	u64 first;

	if (!t || !find_first(cpu, &first))
		return false;
	pay(prev, t);
	/* as if it came anew: it is not to catch up with a clock that is faster than it */
	admit(prev, t, 1);
	if (!vtime_before(deadline_of(prev, t), first))
		return false;
	vtime_advance(t->vruntime);
	renew(prev, t, cpu, 1);
	return true;
}

/* @prev goes on because nobody waits, unless it can have a whole core elsewhere. */
static inline void keep_alone(struct task_struct *prev, s32 cpu)
{
	struct task_ctx *t = find_task(prev);

	if (!t || (is_contended(cpu) && !is_bound(prev)))
		return;
	pay(prev, t);
	admit_alone(prev, t);
	renew(prev, t, cpu, 0);
}

static inline s32 queues_init(void)
{
	s32 i, r = 0;

	bpf_for(i, 0, (s32)(topo.nr_cpu_ids + topo.nr_node_ids)) {
		r = scx_bpf_create_dsq(i, NUMA_NO_NODE);
		if (r)
			break;
	}
	return r;
}
