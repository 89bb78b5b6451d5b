/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which idle CPU a task gets: one of the primary domain first, the previous one or a near one
 * first, and whole idle cores before idle threads beside busy ones; that much the kernel does. Or,
 * if the scheduler has an option for it, the fastest one.
 *
 * Of conf it reads use_smt, use_nodes (idle masks are kept per node) and by_capacity.
 */
#pragma once

#include <scx/common.bpf.h>
#include <scx/cpu_state.bpf.h>
#include <scx/domain.bpf.h>
#include <scx/topology.bpf.h>
#include <scx/topology_order.bpf.h>

#define NOWHERE (-1)
#define THREADS_MAX 8 /* of a core */

static inline u32 node_of(s32 cpu)
{
	const volatile struct scx_cpu *info = topo_cpu(cpu);

	return info ? info->node : 0;
}

static inline bool is_bound(const struct task_struct *p)
{
	return p->nr_cpus_allowed == 1 || is_migration_disabled(p);
}

/* Cores that are idle as a whole, of the node of @cpu if masks are per node. To be put back. */
static inline const struct cpumask *idle_cores(s32 cpu)
{
	return conf.use_nodes ? scx_bpf_get_idle_smtmask_node(node_of(cpu))
			      : scx_bpf_get_idle_smtmask();
}

/* Another thread of the core of @cpu runs a task of ours. */
static inline bool is_sibling_busy(s32 cpu)
{
	const volatile struct scx_cpu *info = topo_cpu(cpu);
	const struct scx_cpu_state *c;
	s32 sibling;

	bpf_repeat(THREADS_MAX) {
		if (!info)
			break;
		sibling = info->next_thread;
		if (sibling == cpu)
			break;
		c = cpu_state(sibling);
		if (c && c->is_busy)
			return true;
		info = topo_cpu(sibling);
	}
	return false;
}

/* A task on @cpu shares its core with another one while there is a whole idle core. */
static inline bool is_contended(s32 cpu)
{
	const struct cpumask *cores, *domain;
	bool is_better;

	if (!conf.use_smt || !is_sibling_busy(cpu))
		return false;
	cores = idle_cores(cpu);
	domain = domain_part();
	is_better = domain ? bpf_cpumask_intersects(cores, domain) : !bpf_cpumask_empty(cores);
	scx_bpf_put_idle_cpumask(cores);
	return is_better;
}

/* One walk over the CPUs by capacity. */
struct idle_walk {
	bool in_domain;
	bool whole_cores;
};

static inline bool claim_matching(const struct task_struct *p, s32 cpu,
				  const struct idle_walk *walk, const struct cpumask *cores)
{
	const struct cpumask *domain = domain_part();

	if (cpu == NOWHERE || !bpf_cpumask_test_cpu(cpu, p->cpus_ptr))
		return false;
	if (walk->in_domain && (!domain || !bpf_cpumask_test_cpu(cpu, domain)))
		return false;
	if (walk->whole_cores && !bpf_cpumask_test_cpu(cpu, cores))
		return false;
	return scx_bpf_test_and_clear_cpu_idle(cpu);
}

static inline s32 walk_by_capacity(const struct task_struct *p, s32 prev,
				   const struct idle_walk *walk, const struct cpumask *cores)
{
	u32 n;

	if (claim_matching(p, prev, walk, cores))
		return prev;
	bpf_for(n, 0, topo.nr_online) {
		s32 cpu = topo_fastest(n);

		if (cpu != prev && claim_matching(p, cpu, walk, cores))
			return cpu;
	}
	return NOWHERE;
}

/* The fastest idle CPU. Not static, so that the verifier checks it once. */
__noinline s32 pick_by_capacity(struct task_struct *p __arg_trusted, s32 prev)
{
	const struct cpumask *cores = idle_cores(prev);
	s32 cpu = NOWHERE;
	u32 i;

	bpf_for(i, 0, 4) {
		struct idle_walk walk = {.in_domain = i < 2, .whole_cores = !(i & 1)};

		if (walk.in_domain && !domain_is_part)
			continue;
		if (walk.whole_cores && !conf.use_smt)
			continue;
		cpu = walk_by_capacity(p, prev, &walk, cores);
		if (cpu != NOWHERE)
			break;
	}
	scx_bpf_put_idle_cpumask(cores);
	return cpu;
}

/*
 * A waker on a faster CPU draws the task to it, unless the previous one is near enough, idle and
 * its core is its own: then it is claimed. *@prev is where the search begins.
 */
static inline bool claim_beside_faster(struct task_struct *p, s32 *prev, u64 wake_flags)
{
	s32 waker = bpf_get_smp_processor_id();
	const volatile struct scx_cpu *from, *to;

	if (!topo.is_uneven || domain_is_part ||
	    !(wake_flags & scx_value(scx_wake_flags, SCX_WAKE_TTWU)))
		return false;
	from = topo_cpu(*prev);
	to = topo_cpu(waker);
	if (!from || !to || to->capacity <= from->capacity ||
	    !bpf_cpumask_test_cpu(waker, p->cpus_ptr))
		return false;
	if (from->llc == to->llc && !is_contended(*prev) &&
	    bpf_cpumask_test_cpu(*prev, p->cpus_ptr) && scx_bpf_test_and_clear_cpu_idle(*prev))
		return true;
	*prev = waker;
	return false;
}

/* For tasks that may run on several CPUs: an idle one, claimed, or NOWHERE. */
static inline s32 pick_idle(struct task_struct *p, s32 prev, u64 wake_flags)
{
	const struct cpumask *domain = domain_part();
	s32 cpu;

	if (conf.by_capacity)
		return pick_by_capacity(p, prev);
	if (domain) {
		cpu = scx_bpf_select_cpu_and(p, prev, wake_flags, domain, 0);
		if (cpu >= 0)
			return cpu;
	}
	cpu = scx_bpf_select_cpu_and(p, prev, wake_flags, p->cpus_ptr, 0);
	return cpu >= 0 ? cpu : NOWHERE;
}

/* The same for ops.select_cpu(). */
static inline s32 pick_idle_for_wakeup(struct task_struct *p, s32 prev, u64 wake_flags)
{
	bool is_idle = false;
	s32 cpu;

	if (is_bound(p))
		return scx_bpf_test_and_clear_cpu_idle(prev) ? prev : NOWHERE;
	if (conf.by_capacity || domain_is_part)
		return pick_idle(p, prev, wake_flags);
	if (claim_beside_faster(p, &prev, wake_flags))
		return prev;
	cpu = scx_bpf_select_cpu_dfl(p, prev, wake_flags, &is_idle);
	return is_idle ? cpu : NOWHERE;
}
