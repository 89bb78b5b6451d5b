// SPDX-License-Identifier: GPL-2.0-only
/*
 * scx_bpfland: who sleeps often comes first, and everybody gets a fair share.
 *
 * A task that waits for a user, a sound card or a frame runs briefly and sleeps a lot; a
 * computation never sleeps. The time each task has had, divided by its weight, is its vruntime,
 * and a clock follows that of the tasks that are served. A task's deadline is
 *
 *	its vruntime, but no earlier than the clock - credit   (see scx/deadline.h)
 *	+ what it has run since it last slept, by weight and up to one lag
 *
 * and the earliest deadline runs first. The credit is one lag (40 ms) for each time a task wakes
 * in 100 ms, up to 64 of them; it shrinks the more tasks wait, and is one lag for who hardly
 * sleeps. So the order is by interactivity as long as there is room for that, and the time that
 * is used is paid for in full: who needs more than a fair share gets no more than that.
 *
 * Example: one CPU with two hogs, A and B, slice 1 ms, and a task F that needs 1 ms at 60 Hz. The
 * clock is at 1000. A and B have had 1000 and 1001; awake all the time, both have the full 40 on
 * top: deadlines 1040 and 1041. F wakes; it woke 6 times in the last 100 ms and has had 500. Its
 * vruntime is raised to 1000 - 6 * 40 = 760 and its deadline is 760: it is next, and would be so
 * if ten others like A waited. It runs for 1 ms (761) and sleeps. Had it gone on, it would have
 * had the CPU until 801 + 40, and from then on every third turn like the others.
 *
 * Queues: one of each NUMA node, and one of each CPU for tasks that are bound to it. A CPU takes
 * the earliest of its two, goes on with the task it runs if that is earlier still, and looks into
 * the queues of other nodes if its own are empty. Idle CPUs take what wakes at once (see
 * scx/idle_pick.bpf.h), those of the primary domain first. With SMT, a task that shares its core
 * while a whole core is idle is sent there when its slice ends.
 *
 * Nobody is interrupted for others, and the slices are short: 1 ms, divided by how many wait. With
 * preempt_ns a task that has run for so long since it last slept has to make room for one that
 * wakes, if the deadline of that is earlier by as much; then slices can be long, which spares hogs
 * the switches. Tasks that sleep often do not interrupt each other: that would cost switches and
 * gain nothing, as they soon make room by themselves.
 *
 * Good for: desktops, games, sound beside builds and other load; machines with fast and slow
 * cores. Bad at: dozens of CPUs in one node, which share its queue; work that must be kept near its
 * cache.
 * Assumes that the online CPUs stay the same: the kernel asks for a restart when they change.
 */
#include <scx/common.bpf.h>
#include <scx/deadline.h>
#include <scx/dsq.bpf.h>
#include <scx/storage.bpf.h>
#include <scx/topology.bpf.h>
#include <scx/vtime_clock.bpf.h>

#include "scx_bpfland.h"

char _license[] SEC("license") = "GPL";

SCX_CONF(scx_bpfland_conf) = {
	.slice_ns = 1000 * 1000,
	.lag_ns = 40 * 1000 * 1000,
	.idle_resume_us = -1,
	.nr_node_cpus = 1,
};

/* they read the options, so they come after them */
#include <scx/cpu_state.bpf.h>
#include <scx/domain.bpf.h>
#include <scx/idle_pick.bpf.h>
#include <scx/throttle.bpf.h>

#include "scx_bpfland_queue.bpf.h"
#include "scx_bpfland_task.bpf.h"

/* @p goes to an idle CPU, which has been claimed. */
static void pass_to(s32 cpu, struct task_struct *p, struct task_ctx *t, u64 enq_flags)
{
	stat_inc(BPFLAND_DIRECT);
	admit_alone(p, t);
	scx_bpf_dsq_insert(p, scx_value(scx_dsq_id_flags, SCX_DSQ_LOCAL_ON) | cpu,
			   deadline_slice(&rules, p->scx.weight, 0), enq_flags);
}

/* Stays on its CPU and waits for nobody. */
static bool is_local(const struct task_struct *p, const struct task_ctx *t)
{
	if (conf.sticky_tasks && is_sticky(t)) {
		stat_inc(BPFLAND_DIRECT);
		return true;
	}
	if (conf.local_kthreads && p->flags & PF_KTHREAD && p->nr_cpus_allowed == 1) {
		stat_inc(BPFLAND_KTHREAD);
		return true;
	}
	if (conf.local_pcpu && is_bound(p)) {
		stat_inc(BPFLAND_DIRECT);
		return true;
	}
	return false;
}

s32 SCX_OP(bpfland_select_cpu, struct task_struct *p, s32 prev_cpu, u64 wake_flags)
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
static s32 pick_again(struct task_struct *p, s32 cpu, bool is_selected)
{
	/* the search has just been made for nothing */
	if (is_throttled || (is_selected && !is_contended(cpu)))
		return NOWHERE;
	if (conf.sticky_tasks && scx_bpf_task_running(p))
		return NOWHERE;
	if (is_bound(p))
		return scx_bpf_test_and_clear_cpu_idle(cpu) ? cpu : NOWHERE;
	return pick_idle(p, cpu, 0);
}

void SCX_OP(bpfland_enqueue, struct task_struct *p, u64 enq_flags)
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
		stat_inc(BPFLAND_REENQUEUE);
	if (is_wakeup && !is_selected)
		note_wakeup(t);
	if (is_local(p, t)) {
		scx_bpf_dsq_insert(p, scx_value(scx_dsq_id_flags, SCX_DSQ_LOCAL),
				   deadline_slice(&rules, p->scx.weight, 0), enq_flags);
		return;
	}
	idle_cpu = pick_again(p, cpu, is_selected);
	if (idle_cpu != NOWHERE) {
		pass_to(idle_cpu, p, t, enq_flags);
		scx_bpf_kick_cpu(idle_cpu, scx_value(scx_kick_flags, SCX_KICK_IDLE));
		return;
	}
	nr_waiting = nr_waiting_for(cpu);
	slice = deadline_slice(&rules, p->scx.weight, nr_waiting);
	admit(p, t, nr_waiting);
	if (conf.preempt_ns && is_wakeup && !is_throttled)
		preempt_or_wait(p, t, cpu, slice, enq_flags);
	else
		wait_in_queue(p, t, cpu, slice, enq_flags);
	if (!is_selected && !scx_bpf_task_running(p))
		scx_bpf_kick_cpu(cpu, scx_value(scx_kick_flags, SCX_KICK_IDLE));
}

void SCX_OP(bpfland_dispatch, s32 cpu, struct task_struct *prev)
{
	bool is_runnable = prev && prev->scx.flags & scx_value(scx_ent_flags, SCX_TASK_QUEUED);

	if (is_throttled)
		return;
	if (is_runnable && keep(prev, cpu))
		return;
	if (!take_next(cpu) && is_runnable)
		keep_alone(prev, cpu);
}

void SCX_OP(bpfland_running, struct task_struct *p)
{
	/* not always this one: the kernel restarts running tasks from elsewhere, too */
	s32 cpu = scx_bpf_task_cpu(p);
	struct scx_cpu_state *c = cpu_state(cpu);
	struct task_ctx *t = find_task(p);

	if (!t || !c)
		return;
	t->paid_until = p->se.sum_exec_runtime;
	if (t->has_waited)
		vtime_advance(t->vruntime);
	note_run(c, t);
	cpu_set_perf(cpu, c);
}

void SCX_OP(bpfland_stopping, struct task_struct *p, bool runnable)
{
	struct scx_cpu_state *c = cpu_state(scx_bpf_task_cpu(p));
	struct task_ctx *t = find_task(p);
	u64 used;

	if (!t || !c)
		return;
	used = pay(p, t);
	if (conf.sticky_tasks)
		t->average_run = moving_average(t->average_run, used);
	c->is_busy = false;
	c->busy_ns += used;
	/* a higher class has come: who waits in the local DSQ can run elsewhere */
	if (scx_can_reenqueue_anywhere() && runnable && p->scx.slice)
		scx_bpf_reenqueue_local();
}

/* It gives its turn away, or it would be first in line again at once. */
bool SCX_OP(bpfland_yield, struct task_struct *from, struct task_struct *to)
{
	struct task_ctx *t = to ? NULL : find_task(from);

	if (!t)
		return false;
	give_turn_away(from, t);
	scx_bpf_task_set_slice(from, 0);
	return false;
}

void SCX_OP(bpfland_cpu_release, s32 cpu, struct scx_cpu_release_args *args)
{
	scx_bpf_reenqueue_local();
}

void SCX_OP(bpfland_enable, struct task_struct *p)
{
	struct task_ctx *t = find_task(p);

	if (t)
		t->vruntime = vtime_now;
}

s32 SCX_OP_SLEEPABLE(bpfland_init_task, struct task_struct *p, struct scx_init_task_args *args)
{
	/* nothing is known of a task that has not run: it is not taken for a short one */
	struct task_ctx fresh = {.average_run = conf.slice_ns};

	return task_storage_new(&tasks, p, &fresh) ? 0 : -ENOMEM;
}

s32 SCX_OP_SLEEPABLE(bpfland_init)
{
	s32 r = queues_init();

	return r ? r : throttle_init();
}

void SCX_OP(bpfland_exit, struct scx_exit_info *info)
{
	scx_report_exit(info);
}

SEC(".struct_ops.link")
struct sched_ext_ops bpfland_ops = {
	.select_cpu = (void *)bpfland_select_cpu,
	.enqueue = (void *)bpfland_enqueue,
	.dispatch = (void *)bpfland_dispatch,
	.running = (void *)bpfland_running,
	.stopping = (void *)bpfland_stopping,
	.yield = (void *)bpfland_yield,
	.cpu_release = (void *)bpfland_cpu_release,
	.enable = (void *)bpfland_enable,
	.init_task = (void *)bpfland_init_task,
	.init = (void *)bpfland_init,
	.exit = (void *)bpfland_exit,
	.flags = SCX_OPS_ENQ_LAST | SCX_OPS_ENQ_MIGRATION_DISABLED | SCX_OPS_ALLOW_QUEUED_WAKEUP,
	.name = "bpfland",
};
