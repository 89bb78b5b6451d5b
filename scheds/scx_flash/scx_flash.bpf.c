// SPDX-License-Identifier: GPL-2.0-only
/*
 * scx_flash: short turns in order of the CPU time each task has had, for machines where much runs
 * beside sound, video and other work that must be on time.
 *
 * The time each task has had, divided by its weight, is its vruntime; a clock follows that of the
 * tasks that are served. A task's deadline is
 *
 *	its vruntime, but no earlier than the clock - lag * max(freq, 1)	(for weight 100)
 *
 * and the earliest deadline runs first, for 700 us or until the tick after. freq is how often the
 * task has woken in 100 ms lately, up to 100 times; the lag is 20 ms. So who sleeps often may fall
 * up to 2 s behind the clock and is first whenever it wakes, as long as it uses less than its
 * share; all the credits together are no more than 2 s of waiting for anybody (see
 * scx_flash_credit.h). The time that is used is paid for in full. What decides is the vruntime
 * alone: unlike in scx_bpfland, nobody is put back for not having slept, and the slices do not
 * depend on how many wait.
 *
 * The weight is that of the nice value times that of the cgroup (cpu.weight), each over 100 and
 * both together at least 1. A light task pays more, has shorter turns and less credit; a heavy one
 * pays less and has longer turns, up to 100 ms, and the same credit, or less where it could not be
 * made up for within 4 s of CPU time.
 *
 * Example: one CPU with two hogs, A (nice 0) and B (nice 0 in a cgroup of weight 200, so it pays
 * half), and a sound server S that needs 0.5 ms every 5 ms. The clock is at 1000 ms. A has had
 * 1000, B 1001. S wakes 20 times in 100 ms and has had 700: its deadline is 1000 - 20 * 20 = 600 or
 * 700, whichever is later, so 700; it is next whenever a turn ends, up to a tick after it wakes. A
 * has a turn that a tick of 4 ms ends: 1004. B: 1001 + 4 / 2 = 1003, so B goes on: 1005. Then A. S
 * runs for a tenth of the time and gains on nobody: it never asks for its third.
 *
 * Queues, idle CPUs, the primary domain, SMT and --preempt-us are as in scx_bpfland: see
 * scx/deadline_queue.bpf.h and scx/idle_pick.bpf.h. Instead of by vruntime, tasks can be served in
 * the order in which they come (rr); the queues are the same, so that the load is still spread.
 * Without ticks, runs last until a timer finds that others wait (see scx_flash_tick.bpf.h).
 *
 * Good for: overcommitted desktops, sound with small buffers, machines where cgroups are to count.
 * Bad at: dozens of CPUs in one node, which share its queue; shares of cgroups as wholes: one with
 * twice the tasks gets twice the time (scx_flatcg shares by cgroup).
 * Assumes that the online CPUs stay the same: the kernel asks for a restart when they change.
 */
#include <scx/common.bpf.h>
#include <scx/deadline.h>
#include <scx/topology.bpf.h>

#include "scx_flash.h"
#include "scx_flash_credit.h"

char _license[] SEC("license") = "GPL";

SCX_CONF(scx_flash_conf) = {
	.slice_ns = 700 * 1000,
	.lag_ns = 20 * 1000 * 1000,
	.idle_resume_us = 32,
	.nr_node_cpus = 1,
	.saves_early = 1,
	.tick_ns = 10 * 1000 * 1000,
};

/* they read the options, so they come after them */
#include <scx/deadline_ops.bpf.h>

#include "scx_flash_group.bpf.h"
#include "scx_flash_tick.bpf.h"

#define SHORT_NS (10 * 1000) /* who runs for less at a time comes later, with wakeup_throttle */

static inline struct deadline_rules rules(void)
{
	return (struct deadline_rules){
		.lag_ns = conf.lag_ns,
		.slice_ns = conf.slice_ns,
		.nr_cpus = conf.nr_node_cpus,
		.freq_max = FLASH_FREQ_MAX,
	};
}

static inline u32 weight_of(const struct task_struct *p, const struct task_ctx *t)
{
	return flash_weight(p->scx.weight, t->group_weight);
}

/* A task that does next to nothing, again and again; but CPUs need their own kernel threads. */
static bool is_short(const struct task_struct *p, const struct task_ctx *t)
{
	return conf.wakeup_throttle && t->average_run && t->average_run < SHORT_NS &&
	       !(p->flags & PF_KTHREAD && p->nr_cpus_allowed == 1);
}

static inline u64 deadline_of(const struct task_struct *p, const struct task_ctx *t)
{
	return is_short(p, t) ? t->vruntime + conf.lag_ns : t->vruntime;
}

static inline u64 slice_of(const struct task_struct *p, const struct task_ctx *t, u32 nr_waiting)
{
	return conf.tickless ? scx_value(scx_public_consts, SCX_SLICE_INF) : turn_of(p, t);
}

/* Without ticks, what goes far beyond a turn was wanted by nobody else. */
static inline u64 cost_of(const struct task_struct *p, const struct task_ctx *t, u64 used)
{
	u64 turn = turn_of(p, t);

	if (conf.tickless && used > turn + VTIME_LATE_NS)
		used = turn + VTIME_LATE_NS;
	return deadline_cost(used, turn, weight_of(p, t));
}

static inline void admit(const struct task_struct *p, struct task_ctx *t, u32 nr_waiting)
{
	struct deadline_rules allowed = rules();

	if (is_short(p, t))
		stat_inc(FLASH_SHORT);
	if (conf.rr)
		t->vruntime = scx_bpf_now();
	join_queue(p, t, flash_credit(&allowed, t->freq, nr_waiting));
}

static inline bool is_sticky(const struct task_ctx *t)
{
	return false;
}

static inline bool may_move_awake(void)
{
	return true;
}

static inline void look_at(struct task_struct *p, struct task_ctx *t)
{
	if (t->group_seen != groups_changed)
		ask_group(p, t);
}

s32 SCX_OP_SLEEPABLE(flash_init_task, struct task_struct *p, struct scx_init_task_args *args)
{
	struct task_ctx *t = new_task(p);

	if (!t)
		return -ENOMEM;
	forget_group(t);
	return 0;
}

s32 SCX_OP_SLEEPABLE(flash_init)
{
	s32 r = queues_init();

	if (!r)
		r = throttle_init();
	return r ? r : tick_init();
}

void SCX_OP(flash_exit, struct scx_exit_info *info)
{
	scx_report_exit(info);
}

SEC(".struct_ops.link")
struct sched_ext_ops flash_ops = {
	.select_cpu = (void *)deadline_select_cpu,
	.enqueue = (void *)deadline_enqueue,
	.dispatch = (void *)deadline_dispatch,
	.running = (void *)deadline_running,
	.stopping = (void *)deadline_stopping,
	.yield = (void *)deadline_yield,
	.cpu_release = (void *)deadline_cpu_release,
	.enable = (void *)deadline_enable,
	.init_task = (void *)flash_init_task,
	.cgroup_init = (void *)flash_cgroup_init,
	.cgroup_move = (void *)flash_cgroup_move,
	.cgroup_set_weight = (void *)flash_cgroup_set_weight,
	.init = (void *)flash_init,
	.exit = (void *)flash_exit,
	.flags = SCX_OPS_ENQ_LAST | SCX_OPS_ENQ_MIGRATION_DISABLED | SCX_OPS_ALLOW_QUEUED_WAKEUP |
		 SCX_OPS_HAS_CGROUP_WEIGHT,
	.name = "flash",
};
