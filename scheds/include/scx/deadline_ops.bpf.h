/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Callbacks of schedulers that serve the earliest deadline of a node first and let idle CPUs take
 * what wakes; the policy is in the functions of scx/deadline_task.bpf.h that the scheduler defines.
 */
#pragma once

#include <scx/deadline_queue.bpf.h>
#include <scx/deadline_task.bpf.h>
#include <scx/idle_pick.bpf.h>
#include <scx/throttle.bpf.h>

/* @p goes to an idle CPU, which has been claimed. */
static inline void pass_to(s32 cpu, struct task_struct *p, struct task_ctx *t, u64 enq_flags)
{
	stat_inc(DEADLINE_DIRECT);
	admit_alone(p, t);
	scx_bpf_dsq_insert(p, scx_value(scx_dsq_id_flags, SCX_DSQ_LOCAL_ON) | cpu,
			   slice_of(p, t, 0), enq_flags);
}

/* Stays on its CPU and waits for nobody. */
static inline bool is_local(const struct task_struct *p, const struct task_ctx *t)
{
	if (is_sticky(t)) {
		stat_inc(DEADLINE_DIRECT);
		return true;
	}
	if (conf.local_kthreads && p->flags & PF_KTHREAD && p->nr_cpus_allowed == 1) {
		stat_inc(DEADLINE_KTHREAD);
		return true;
	}
	if (conf.local_pcpu && is_bound(p)) {
		stat_inc(DEADLINE_DIRECT);
		return true;
	}
	return false;
}

s32 SCX_OP(deadline_select_cpu, struct task_struct *p, s32 prev_cpu, u64 wake_flags)
{
	struct task_ctx *t = find_task(p);
	s32 cpu;

	if (!t)
		return prev_cpu;
	note_wakeup(t);
	/* a CPU that rests is idle, but not free */
	if (is_throttled)
		return prev_cpu;
	if (conf.no_wake_sync)
		wake_flags &= ~scx_value(scx_wake_flags, SCX_WAKE_SYNC);
	cpu = pick_idle_for_wakeup(p, prev_cpu, wake_flags);
	if (cpu == NOWHERE)
		return prev_cpu;
	pass_to(cpu, p, t, 0);
	return cpu;
}

/* An idle CPU for @p, which comes to ops.enqueue(). */
static inline s32 pick_again(struct task_struct *p, s32 cpu, bool is_selected)
{
	/* the search has just been made for nothing */
	if (is_throttled || (is_selected && !is_contended(cpu)))
		return NOWHERE;
	if (!may_move_awake() && scx_bpf_task_running(p))
		return NOWHERE;
	if (is_bound(p))
		return scx_bpf_test_and_clear_cpu_idle(cpu) ? cpu : NOWHERE;
	return pick_idle(p, cpu, 0);
}

void SCX_OP(deadline_enqueue, struct task_struct *p, u64 enq_flags)
{
	bool is_selected = scx_is_cpu_selected(p, enq_flags);
	bool is_wakeup = enq_flags & scx_value(scx_enq_flags, SCX_ENQ_WAKEUP);
	s32 cpu = scx_bpf_task_cpu(p), idle_cpu;
	struct task_ctx *t = find_task(p);
	u32 nr_waiting;
	u64 slice;

	if (!t)
		return;
	if (enq_flags & scx_value(scx_enq_flags, SCX_ENQ_REENQ))
		stat_inc(DEADLINE_REENQUEUE);
	if (is_wakeup && !is_selected)
		note_wakeup(t);
	look_at(p, t);
	if (is_local(p, t)) {
		scx_bpf_dsq_insert(p, scx_value(scx_dsq_id_flags, SCX_DSQ_LOCAL), slice_of(p, t, 0),
				   enq_flags);
		return;
	}
	idle_cpu = pick_again(p, cpu, is_selected);
	if (idle_cpu != NOWHERE) {
		pass_to(idle_cpu, p, t, enq_flags);
		scx_bpf_kick_cpu(idle_cpu, scx_value(scx_kick_flags, SCX_KICK_IDLE));
		return;
	}
	nr_waiting = nr_waiting_for(cpu);
	slice = slice_of(p, t, nr_waiting);
	admit(p, t, nr_waiting);
	if (conf.preempt_ns && is_wakeup && !is_throttled)
		preempt_or_wait(p, t, cpu, slice, enq_flags);
	else
		wait_in_queue(p, t, cpu, slice, enq_flags);
	if (!is_selected && !scx_bpf_task_running(p))
		scx_bpf_kick_cpu(cpu, scx_value(scx_kick_flags, SCX_KICK_IDLE));
}

void SCX_OP(deadline_dispatch, s32 cpu, struct task_struct *prev)
{
	bool is_runnable = prev && prev->scx.flags & scx_value(scx_ent_flags, SCX_TASK_QUEUED);

	if (is_throttled)
		return;
	if (is_runnable && keep(prev, cpu))
		return;
	if (!take_next(cpu) && is_runnable)
		keep_alone(prev, cpu);
}

void SCX_OP(deadline_running, struct task_struct *p)
{
	/* not always this one: the kernel restarts running tasks from elsewhere, too */
	s32 cpu = scx_bpf_task_cpu(p);
	struct scx_cpu_state *c = cpu_state(cpu);
	struct task_ctx *t = find_task(p);

	if (!t || !c)
		return;
	look_at(p, t);
	t->paid_until = p->se.sum_exec_runtime;
	if (t->has_waited)
		vtime_advance(t->vruntime);
	note_run(c, p, t);
	cpu_set_perf(cpu, c);
}

void SCX_OP(deadline_stopping, struct task_struct *p, bool runnable)
{
	struct scx_cpu_state *c = cpu_state(scx_bpf_task_cpu(p));
	struct task_ctx *t = find_task(p);
	u64 used;

	if (!t || !c)
		return;
	used = pay(p, t);
	t->average_run = moving_average(t->average_run, used);
	c->is_busy = false;
	c->busy_ns += used;
	/* a higher class has come: who waits in the local DSQ can run elsewhere */
	if (scx_can_reenqueue_anywhere() && runnable && p->scx.slice)
		scx_bpf_reenqueue_local();
}

/* It gives its turn away, or it would be first in line again at once. */
bool SCX_OP(deadline_yield, struct task_struct *from, struct task_struct *to)
{
	struct task_ctx *t = to ? NULL : find_task(from);

	if (!t)
		return false;
	give_turn_away(from, t);
	scx_bpf_task_set_slice(from, 0);
	return false;
}

void SCX_OP(deadline_cpu_release, s32 cpu, struct scx_cpu_release_args *args)
{
	scx_bpf_reenqueue_local();
}

void SCX_OP(deadline_enable, struct task_struct *p)
{
	struct task_ctx *t = find_task(p);

	if (t)
		t->vruntime = vtime_now;
}
