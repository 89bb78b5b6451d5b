/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a task has had, what it owes, and how far behind the clock it may be.
 *
 * Of conf it reads the members of scx/deadline_conf.h.
 */
#pragma once

#include <scx/cpu_state.bpf.h>
#include <scx/deadline.h>
#include <scx/deadline_conf.h>
#include <scx/storage.bpf.h>
#include <scx/vtime_clock.bpf.h>

/*
 * The vruntime is kept here and not in p->scx.dsq_vtime: there the kernel puts what a task was
 * inserted with, which is its deadline.
 */
struct task_ctx {
	u64 vruntime;     /* CPU time it has had, by weight */
	u64 awake;        /* that of it since it last slept, up to one lag */
	u64 paid_until;   /* sum_exec_runtime up to which it is in both */
	u64 woke_at;      /* when it last did */
	u64 average_run;  /* ns at a time */
	u32 freq;         /* how often it wakes, see freq_after() */
	u32 has_waited;   /* for others, before it got the CPU */
	u32 group_weight; /* of its cgroup, if the scheduler heeds that, ... */
	u32 group_seen;   /* ... and when it looked */
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct task_ctx);
} tasks SEC(".maps");

/* The policy, which the scheduler defines: */

static inline struct deadline_rules rules(void);

/* In parts of 1/1024. */
static inline u32 weight_of(const struct task_struct *p, const struct task_ctx *t);

/* The earliest runs first. */
static inline u64 deadline_of(const struct task_struct *p, const struct task_ctx *t);

/* ns, for the kernel, of @p beside @nr_waiting others. */
static inline u64 slice_of(const struct task_struct *p, const struct task_ctx *t, u32 nr_waiting);

/* What @used ns cost @p. */
static inline u64 cost_of(const struct task_struct *p, const struct task_ctx *t, u64 used);

/* @p joins a queue with @nr_waiting others, see join_queue(). */
static inline void admit(const struct task_struct *p, struct task_ctx *t, u32 nr_waiting);

/* It runs so briefly that it is not worth the search for a CPU. */
static inline bool is_sticky(const struct task_ctx *t);

/* A task whose slice has ended may look for an idle CPU. */
static inline bool may_move_awake(void);

/* Before anything is decided about @p in ops.enqueue() or ops.running(). */
static inline void look_at(struct task_struct *p, struct task_ctx *t);

static inline struct task_ctx *find_task(struct task_struct *p)
{
	struct task_ctx *t = bpf_task_storage_get(&tasks, p, NULL, 0);

	if (!t)
		scx_bpf_error("task %d has no storage", p->pid);
	return t;
}

/* For ops.init_task(); NULL if memory is short. */
static inline struct task_ctx *new_task(struct task_struct *p)
{
	/* nothing is known of a task that has not run: it is not taken for a short one */
	struct task_ctx fresh = {
		.average_run = conf.slice_ns,
		.group_weight = SCX_WEIGHT_DFL,
	};

	return task_storage_new(&tasks, p, &fresh);
}

static inline void note_wakeup(struct task_ctx *t)
{
	struct deadline_rules allowed = rules();
	u64 now = scx_bpf_now();

	t->freq = freq_after(&allowed, t->freq, now - t->woke_at);
	t->woke_at = now;
	t->awake = 0;
}

/* @p runs on the CPU of @c from here on. */
static inline void note_run(struct scx_cpu_state *c, const struct task_struct *p,
			    const struct task_ctx *t)
{
	c->is_busy = true;
	c->nr_looks = 0;
	c->deadline = deadline_of(p, t);
	c->has_to_yield = conf.preempt_ns && t->awake >= conf.preempt_ns;
}

/*
 * @p comes to where it has to wait, at most @credit behind the clock. A light task has less credit
 * than others, but a heavy one no more, which pays less anyway: while it falls far behind the
 * clock, no light one has its turn.
 */
static inline void join_queue(const struct task_struct *p, struct task_ctx *t, u64 credit)
{
	u64 earliest = vtime_now - deadline_due(credit, weight_of(p, t));

	if (vtime_before(t->vruntime, earliest))
		t->vruntime = earliest;
	t->has_waited = true;
}

/* The same if nobody waits: it owes nothing for what nobody else wanted. */
static inline void admit_alone(const struct task_struct *p, struct task_ctx *t)
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
static inline void charge(struct task_ctx *t, u64 cost)
{
	t->vruntime += cost;
	t->awake += cost;
	if (t->awake > conf.lag_ns)
		t->awake = conf.lag_ns;
}

/* ns @p may run at a time if nobody waits. */
static inline u64 turn_of(const struct task_struct *p, const struct task_ctx *t)
{
	struct deadline_rules allowed = rules();

	return deadline_slice(&allowed, weight_of(p, t), 0);
}

/* @p, which runs, pays for the time since it began or last did so, which is returned. */
static inline u64 pay(const struct task_struct *p, struct task_ctx *t)
{
	u64 used = p->se.sum_exec_runtime - t->paid_until;

	t->paid_until = p->se.sum_exec_runtime;
	charge(t, cost_of(p, t, used));
	return used;
}

/* Who yields in a loop is put behind the others, but not for long. */
static inline void give_turn_away(const struct task_struct *p, struct task_ctx *t)
{
	u64 turn = turn_of(p, t);

	if (vtime_before(t->vruntime, vtime_now + turn))
		charge(t, turn * WEIGHT_NORMAL / weight_of(p, t));
}
