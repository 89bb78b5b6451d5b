// SPDX-License-Identifier: GPL-2.0-only
/*
 * scx_bpfland: who sleeps often comes first, and everybody gets a fair share.
 *
 * A task that waits for a user, a sound card or a frame runs briefly and sleeps a lot; a
 * computation never sleeps. The time each task has had, divided by its weight, is its vruntime,
 * and a clock follows that of the tasks that are served. A task's deadline is
 *
 *	its vruntime, but no earlier than the clock - credit   (see scx_bpfland_credit.h)
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
#include <scx/topology.bpf.h>

#include "scx_bpfland.h"
#include "scx_bpfland_credit.h"

char _license[] SEC("license") = "GPL";

SCX_CONF(scx_bpfland_conf) = {
	.slice_ns = 1000 * 1000,
	.lag_ns = 40 * 1000 * 1000,
	.idle_resume_us = -1,
	.nr_node_cpus = 1,
};

/* it reads the options, so it comes after them */
#include <scx/deadline_ops.bpf.h>

#define FREQ_MAX (64 * FREQ_ONE)
#define STICKY_NS (10 * 1000) /* who runs for less at a time is cheaper to run than to move */

static inline struct deadline_rules rules(void)
{
	return (struct deadline_rules){
		.lag_ns = conf.lag_ns,
		.slice_ns = conf.slice_ns,
		.min_ns = conf.slice_min_ns,
		.nr_cpus = conf.nr_node_cpus,
		.freq_max = FREQ_MAX,
	};
}

static inline u32 weight_of(const struct task_struct *p, const struct task_ctx *t)
{
	return p->scx.weight * WEIGHT_ONE;
}

static inline u64 deadline_of(const struct task_struct *p, const struct task_ctx *t)
{
	return t->vruntime + t->awake;
}

static inline u64 slice_of(const struct task_struct *p, const struct task_ctx *t, u32 nr_waiting)
{
	struct deadline_rules allowed = rules();

	return deadline_slice(&allowed, weight_of(p, t), nr_waiting);
}

static inline u64 cost_of(const struct task_struct *p, const struct task_ctx *t, u64 used)
{
	return deadline_cost(used, turn_of(p, t), weight_of(p, t));
}

static inline void admit(const struct task_struct *p, struct task_ctx *t, u32 nr_waiting)
{
	struct deadline_rules allowed = rules();

	join_queue(p, t, bpfland_credit(&allowed, t->freq, nr_waiting));
}

/* It has not had more than others, either. */
static inline bool is_sticky(const struct task_ctx *t)
{
	return conf.sticky_tasks && t->average_run < STICKY_NS &&
	       vtime_before(t->vruntime, vtime_now + conf.lag_ns);
}

static inline bool may_move_awake(void)
{
	return !conf.sticky_tasks;
}

static inline void look_at(struct task_struct *p, struct task_ctx *t)
{
}

s32 SCX_OP_SLEEPABLE(bpfland_init_task, struct task_struct *p, struct scx_init_task_args *args)
{
	return new_task(p) ? 0 : -ENOMEM;
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
	.select_cpu = (void *)deadline_select_cpu,
	.enqueue = (void *)deadline_enqueue,
	.dispatch = (void *)deadline_dispatch,
	.running = (void *)deadline_running,
	.stopping = (void *)deadline_stopping,
	.yield = (void *)deadline_yield,
	.cpu_release = (void *)deadline_cpu_release,
	.enable = (void *)deadline_enable,
	.init_task = (void *)bpfland_init_task,
	.init = (void *)bpfland_init,
	.exit = (void *)bpfland_exit,
	.flags = SCX_OPS_ENQ_LAST | SCX_OPS_ENQ_MIGRATION_DISABLED | SCX_OPS_ALLOW_QUEUED_WAKEUP,
	.name = "bpfland",
};
