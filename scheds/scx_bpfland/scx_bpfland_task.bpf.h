/* SPDX-License-Identifier: GPL-2.0-only */
/* What a task has had, what it owes, and its deadline. */
#pragma once

#include <scx/cpu_state.bpf.h>

#define STICKY_NS (10 * 1000) /* who runs for less at a time is cheaper to run than to move */

/*
 * The vruntime is kept here and not in p->scx.dsq_vtime: there the kernel puts what a task was
 * inserted with, which is its deadline.
 */
struct task_ctx {
	u64 vruntime;    /* CPU time it has had, by weight */
	u64 awake;       /* that of it since it last slept, up to one lag */
	u64 paid_until;  /* sum_exec_runtime up to which it is in both */
	u64 woke_at;     /* when it last did */
	u64 average_run; /* ns at a time */
	u32 freq;        /* how often it wakes, see freq_after() */
	u32 has_waited;  /* for others, before it got the CPU */
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct task_ctx);
} tasks SEC(".maps");

#define rules                                                                                      \
	((struct deadline_rules){                                                                  \
		.lag_ns = conf.lag_ns,                                                             \
		.slice_ns = conf.slice_ns,                                                         \
		.min_ns = conf.slice_min_ns,                                                       \
		.nr_cpus = conf.nr_node_cpus,                                                      \
	})

static struct task_ctx *find_task(struct task_struct *p)
{
	struct task_ctx *t = bpf_task_storage_get(&tasks, p, NULL, 0);

	if (!t)
		scx_bpf_error("task %d has no storage", p->pid);
	return t;
}

static void note_wakeup(struct task_ctx *t)
{
	u64 now = scx_bpf_now();

	t->freq = freq_after(t->freq, now - t->woke_at);
	t->woke_at = now;
	t->awake = 0;
}

static u64 deadline_of(const struct task_ctx *t)
{
	return t->vruntime + t->awake;
}

/* The task runs on the CPU of @c from here on. */
static void note_run(struct scx_cpu_state *c, const struct task_ctx *t)
{
	c->is_busy = true;
	c->deadline = deadline_of(t);
	c->has_to_yield = conf.preempt_ns && t->awake >= conf.preempt_ns;
}

/*
 * @p joins a queue with @nr_waiting others. A light task has less credit than others, but a heavy
 * one no more, which pays less anyway: while it falls far behind the clock, no light one has its
 * turn.
 */
static void admit(const struct task_struct *p, struct task_ctx *t, u32 nr_waiting)
{
	u64 credit = deadline_credit(&rules, t->freq, nr_waiting);
	u64 earliest = vtime_now - vtime_turn(credit, p->scx.weight);

	if (vtime_before(t->vruntime, earliest))
		t->vruntime = earliest;
	t->has_waited = true;
}

/* The same if nobody waits: it owes nothing for what nobody else wanted. */
static void admit_alone(const struct task_struct *p, struct task_ctx *t)
{
	admit(p, t, 0);
	if (vtime_before(vtime_now, t->vruntime))
		t->vruntime = vtime_now;
	t->has_waited = false;
}

/*
 * The debt for being awake ends at the same for all weights: among tasks that never sleep it makes
 * no difference, or those with the higher one would fall behind the clock and lose by that.
 */
static void charge(struct task_ctx *t, u64 cost)
{
	t->vruntime += cost;
	t->awake += cost;
	if (t->awake > conf.lag_ns)
		t->awake = conf.lag_ns;
}

/* @p, which runs, pays for the time since it began or last did so, which is returned. */
static u64 pay(const struct task_struct *p, struct task_ctx *t)
{
	u64 turn = deadline_slice(&rules, p->scx.weight, 0);
	u64 used = p->se.sum_exec_runtime - t->paid_until;

	t->paid_until = p->se.sum_exec_runtime;
	charge(t, deadline_cost(used, turn, p->scx.weight));
	return used;
}

/* Who yields in a loop is put behind the others, but not for long. */
static void give_turn_away(const struct task_struct *p, struct task_ctx *t)
{
	u64 turn = deadline_slice(&rules, p->scx.weight, 0);

	if (vtime_before(t->vruntime, vtime_now + turn))
		charge(t, vtime_cost(turn, p->scx.weight));
}

/* Runs so briefly that it is not worth the search for a CPU, and has not had more than others. */
static bool is_sticky(const struct task_ctx *t)
{
	return t->average_run < STICKY_NS && vtime_before(t->vruntime, vtime_now + conf.lag_ns);
}
