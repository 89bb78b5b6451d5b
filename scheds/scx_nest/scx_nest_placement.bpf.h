/* SPDX-License-Identifier: GPL-2.0-only */
/* Which CPU a waking task gets, and what follows for the nests. */
#pragma once

#include "scx_nest_nests.bpf.h"

struct task_ctx {
	s32 attached; /* CPU or NOWHERE */
	u32 misses;   /* of the primary nest, in a row */
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct task_ctx);
} tasks SEC(".maps");

/* One search. Plain numbers only: search_llc() could not trust pointers it finds in memory. */
struct search {
	s32 attached;
	s32 prev;   /* the CPU it last ran on, NOWHERE if that is offline */
	s32 waker;  /* the CPU of a waker about to sleep, or NOWHERE */
	u32 home;   /* the LLC to begin with */
	u32 wanted; /* CORES, THREADS or both */
	/* where it is just now, and in the end what it found */
	u32 llc;
	u32 nest;
	u32 is_core;
};

#define CORES 1   /* idle ones */
#define THREADS 2 /* idle ones, whatever the core does */

static bool claim(const struct task_struct *p, s32 cpu, const struct cpumask *idle)
{
	return bpf_cpumask_test_cpu(cpu, idle) && bpf_cpumask_test_cpu(cpu, p->cpus_ptr) &&
	       scx_bpf_test_and_clear_cpu_idle(cpu);
}

/* @cpu if it is in a primary nest and could be claimed. */
static s32 claim_primary(const struct task_struct *p, s32 cpu, const struct cpumask *idle)
{
	const struct scx_nest_cpu *c = cpu == NOWHERE ? NULL : find_cpu(cpu);

	return c && c->nest == NEST_PRIMARY && claim(p, cpu, idle) ? cpu : NOWHERE;
}

/* The first CPU of @nest in @llc that is in @idle, claimed. Not static, like count_nest(). */
__noinline s32 claim_first(struct task_struct *p __arg_trusted,
			   const struct cpumask *idle __arg_trusted, u32 llc, u32 nest)
{
	const struct llc *l = find_llc(llc);
	u32 cpu;

	if (!l)
		return NOWHERE;
	cpu = l->first;
	bpf_repeat(l->nr_cpus) {
		const struct scx_nest_cpu *c = find_cpu(cpu);

		if (!c)
			break;
		if (c->nest == nest && claim(p, cpu, idle))
			return cpu;
		cpu = c->next;
	}
	return NOWHERE;
}

static s32 search_nest(struct task_struct *p, const struct cpumask *idle, struct search *s,
		       u32 nest)
{
	s32 cpu;

	s->nest = nest;
	if (nest == NEST_PRIMARY) {
		cpu = claim_primary(p, s->attached, idle);
		if (cpu == NOWHERE)
			cpu = claim_primary(p, s->prev, idle);
		if (cpu != NOWHERE)
			return cpu;
	} else if (s->waker != NOWHERE) {
		return s->waker;
	}
	return claim_first(p, idle, s->llc, nest);
}

/* In each nest cores before threads. Not static, like count_nest(). */
__noinline s32 search_llc(struct task_struct *p __arg_trusted,
			  const struct cpumask *idle __arg_trusted,
			  const struct cpumask *cores __arg_trusted, struct search *s __arg_nonnull)
{
	s32 cpu = NOWHERE;
	u32 nest;

	for (nest = NEST_PRIMARY; cpu == NOWHERE && nest < NR_NESTS; nest++) {
		if (s->wanted & CORES) {
			s->is_core = true;
			cpu = search_nest(p, cores, s, nest);
		}
		if (cpu == NOWHERE && s->wanted & THREADS) {
			s->is_core = false;
			cpu = search_nest(p, idle, s, nest);
		}
	}
	return cpu;
}

static s32 search_machine(struct task_struct *p, const struct cpumask *idle,
			  const struct cpumask *cores, struct search *s)
{
	const struct llc *home = find_llc(s->home), *l;
	const s32 nr = topo.nr_llcs;
	s32 i, cpu = NOWHERE;

	/* twice around: first the LLCs of the same node, then those of the others */
	bpf_for(i, 0, 2 * nr) {
		s->llc = (s->home + i) % nr;
		l = find_llc(s->llc);
		if (!home || !l)
			break;
		if ((l->node == home->node) != (i < nr))
			continue;
		cpu = search_llc(p, idle, cores, s);
		if (cpu != NOWHERE)
			break;
	}
	return cpu;
}

/* Cores before threads in each nest or, if so asked, in the whole machine. */
static s32 search_all(struct task_struct *p, const struct cpumask *idle,
		      const struct cpumask *cores, struct search *s)
{
	s32 cpu;

	s->wanted = topo.is_smt && !conf.whole_cores ? CORES | THREADS : CORES;
	cpu = search_machine(p, idle, cores, s);
	if (cpu != NOWHERE || !topo.is_smt || !conf.whole_cores)
		return cpu;
	s->wanted = THREADS;
	return search_machine(p, idle, cores, s);
}

/* This CPU if it is about to be left by the task that wakes @p, and nobody waits for that. */
static s32 leaving_waker(const struct task_struct *p, u64 wake_flags)
{
	s32 cpu = bpf_get_smp_processor_id();

	/* an interrupt wakes in the name of whom it interrupts, which may be nobody */
	if (!(wake_flags & scx_value(scx_wake_flags, SCX_WAKE_SYNC)) ||
	    bpf_get_current_task_btf()->flags & (PF_EXITING | PF_IDLE) ||
	    !bpf_cpumask_test_cpu(cpu, p->cpus_ptr) ||
	    scx_bpf_dsq_nr_queued(scx_value(scx_dsq_id_flags, SCX_DSQ_LOCAL_ON) | cpu))
		return NOWHERE;
	return cpu;
}

static struct task_ctx *find_task(struct task_struct *p)
{
	struct task_ctx *t = bpf_task_storage_get(&tasks, p, NULL, 0);

	if (!t)
		scx_bpf_error("task %d has no storage", p->pid);
	return t;
}

static u32 stat_of(const struct search *s, s32 cpu)
{
	if (cpu == s->waker)
		return NEST_WAKEUP_SYNC;
	if (s->nest == NEST_OTHER)
		return NEST_WAKEUP_IDLE_OTHER;
	if (s->nest == NEST_RESERVE)
		return s->is_core ? NEST_WAKEUP_FULLY_IDLE_RESERVE : NEST_WAKEUP_ANY_IDLE_RESERVE;
	if (cpu == s->attached)
		return NEST_WAKEUP_ATTACHED;
	if (cpu == s->prev)
		return NEST_WAKEUP_PREV_PRIMARY;
	return s->is_core ? NEST_WAKEUP_FULLY_IDLE_PRIMARY : NEST_WAKEUP_ANY_IDLE_PRIMARY;
}

/* Notes a miss of the primary nest; whether it is one too many. */
static bool is_impatient(struct task_ctx *t)
{
	if (!conf.impatience || ++t->misses < conf.impatience)
		return false;
	t->misses = 0;
	stat_inc(NEST_TASK_IMPATIENT);
	return true;
}

/* What follows from the placement on @cpu for the task and for the nests. */
static void settle(const struct search *s, struct task_ctx *t, s32 cpu)
{
	struct scx_nest_cpu *c = find_cpu(cpu);

	if (!c)
		return;
	stat_inc(stat_of(s, cpu));
	if (cpu == s->prev)
		t->attached = cpu;
	if (s->nest == NEST_PRIMARY)
		t->misses = 0;
	else if (cpu == s->waker)
		return;
	else if (is_impatient(t) || s->nest == NEST_RESERVE)
		promote(c);
	else
		join_reserve(c, NEST_PROMOTED_TO_RESERVED);
}

static s32 search_idle(struct task_struct *p, const struct cpumask *idle,
		       const struct cpumask *cores, struct search *s)
{
	struct task_ctx *t = find_task(p);
	const struct scx_nest_cpu *c = find_cpu(s->prev);
	s32 cpu;

	if (!c || !t)
		return NOWHERE;
	s->attached = t->attached;
	s->home = c->llc;
	if (c->nest == NEST_OFFLINE)
		s->prev = NOWHERE;
	cpu = search_all(p, idle, cores, s);
	if (cpu != NOWHERE)
		settle(s, t, cpu);
	return cpu;
}

/* The CPU @p shall run on at once: idle and claimed, or the waker's. NOWHERE if it must wait. */
static s32 place(struct task_struct *p, s32 prev, u64 wake_flags)
{
	struct search s = {.prev = prev, .waker = leaving_waker(p, wake_flags)};
	const struct cpumask *idle = scx_bpf_get_idle_cpumask();
	const struct cpumask *cores = scx_bpf_get_idle_smtmask();
	s32 cpu = NOWHERE;

	/* spares the search when all are busy */
	if (bpf_cpumask_intersects(idle, p->cpus_ptr))
		cpu = search_idle(p, idle, cores, &s);
	scx_bpf_put_idle_cpumask(cores);
	scx_bpf_put_idle_cpumask(idle);
	return cpu;
}
