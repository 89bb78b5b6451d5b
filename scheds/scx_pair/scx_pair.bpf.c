// SPDX-License-Identifier: GPL-2.0-only
/*
 * scx_pair: the two CPUs of a pair run tasks of one cgroup only at any time.
 *
 * CPUs come in pairs, by default the two threads of a core. A pair belongs to one cgroup for a
 * batch, 20 ms long; when that is over and other cgroups wait, both CPUs stop and the pair goes
 * to the next one. If the cgroup has one task only, the second CPU stays idle meanwhile: that is
 * the price. What shares the caches and execution units of a core thus belongs together.
 *
 * Each cgroup, a "group" here, has one DSQ, which CPUs pull from, so that affinity needs no
 * thought; tasks in it are ordered by weighted virtual time. Groups take turns by virtual time,
 * too: a batch costs a group the time its pair was taken, both CPUs in use or not, divided by
 * its cpu.weight, and the group that has paid least comes next.
 *
 * Example: group A has two hogs and B one, both with weight 100, on one pair.
 *	  0 ms  A begins: a task of A on CPU 0, one on CPU 1, until 20 ms
 *	 20 ms  CPU 0's slice ends. B waits and has paid 0 ms, A 20 ms: CPU 0 marks the batch as
 *		draining, kicks CPU 1 and goes idle. CPU 1 is the last to stop, so it begins
 *		the next batch: it takes B's task and kicks CPU 0, which finds nothing
 *	 40 ms  B's slice ends, B has paid 20 ms, too; CPU 1 takes a task of A and kicks CPU 0
 * A gets 1 CPU, B half a one, another half is idle. With weight 300 for B it would go on at 40
 * and 60 ms, having paid 7 and 13 ms for the 20 and 40 ms it had.
 *
 * A batch ends when no CPU is active in it: a CPU is from the moment it takes a task to the next
 * time it asks for one, which is when it has none of the group any more. The last one to leave
 * opens the next batch and calls its sibling, which is idle, only afterwards. So tasks of two
 * groups meet for no longer than the sibling, having asked in vain, needs to become idle.
 *
 * Nobody starves: a group that has waited for 3 s is next, whatever it has paid, and the clock of
 * a group's tasks never stands still, see task_clock().
 *
 * Threads of the kernel in the root group are neutral: like interrupts, which run beside anything
 * as well, they start at once on whichever CPU, but after 5 ms they wait for a batch of the root
 * group. To hold them back would hold up every group, some of them forever.
 * A real-time task is beyond control: while it has a CPU, the sibling idles. One that
 * starts on an idle CPU is noticed at the sibling's next tick only.
 *
 * Good for: keeping tenants, or anything else in cgroups, apart on cores with two threads.
 * Not a security boundary: core scheduling (PR_SCHED_CORE) is one.
 * Bad at: latency (a waking task may have to wait for a batch of each group before it); groups
 * with an odd number of busy tasks; nested cgroups (each one counts for itself); many CPUs (they
 * share the lock of a group's DSQ, and waking tasks look at every CPU when some are idle).
 */
#include <scx/common.bpf.h>

#include <scx/storage.bpf.h>
#include <scx/topology.bpf.h>

#include "scx_pair.h"

char _license[] SEC("license") = "GPL";

enum {
	NO_GROUP,
	ROOT_GROUP,
	MAX_GROUPS = 65536, /* as many as there can be memory cgroups */
	MAX_THREADS = 64,   /* of a core */
	MAX_DEBT = 64,      /* batches a group can be behind with */
	TASK_PACE = 20,     /* see task_clock() */
};

#define MS (1000 * 1000ULL)
#define SLICE_NS (20 * MS)     /* longest run of a task at a time */
#define LATE_NS (10 * MS)      /* how late a tick may end it */
#define NEUTRAL_NS (5 * MS)    /* what a kernel thread may run beside any group once it woke up */
#define OVERDUE_NS (3000 * MS) /* who has waited that long is next, whatever was paid */

SCX_CONF(scx_pair_conf) = {
	.batch_ns = 20 * MS,
};

/* in this order */
#include "scx_pair_groups.bpf.h"

#include "scx_pair_batches.bpf.h"

/* A thread of the kernel that does the kernel's own work. */
static bool is_kernels_own(const struct task_struct *p, const struct task_ctx *t)
{
	return (p->flags & PF_KTHREAD) && t->group == ROOT_GROUP;
}

static bool is_neutral(const struct task_struct *p, const struct task_ctx *t)
{
	return is_kernels_own(p, t) && p->se.sum_exec_runtime < t->neutral_until;
}

/* For what it had beyond its turn it did not ask, and it would be dear for a light task. */
static void pay(struct task_struct *p, struct task_ctx *t)
{
	u64 most = vtime_turn(SLICE_NS, p->scx.weight) + LATE_NS;
	u64 used = p->se.sum_exec_runtime - t->paid_until;

	t->paid_until = p->se.sum_exec_runtime;
	if (used > most)
		used = most;
	scx_bpf_task_set_dsq_vtime(p, p->scx.dsq_vtime + vtime_cost(used, p->scx.weight));
}

/* An idle CPU that may run @p at once, claimed; -1 if there is none. Near @start if possible. */
static s32 pick_idle_cpu(const struct task_struct *p, u32 group, s32 start)
{
	const struct cpumask *idle = scx_bpf_get_idle_cpumask();
	u32 nr = topo.nr_cpu_ids, i;
	s32 found = -1;

	if (!bpf_cpumask_intersects(idle, p->cpus_ptr))
		nr = 0;
	bpf_for(i, 0, nr) {
		s32 cpu = (start + i) % nr;

		if (bpf_cpumask_test_cpu(cpu, idle) && bpf_cpumask_test_cpu(cpu, p->cpus_ptr) &&
		    has_room(cpu, group) && scx_bpf_test_and_clear_cpu_idle(cpu)) {
			found = cpu;
			break;
		}
	}
	scx_bpf_put_idle_cpumask(idle);
	return found;
}

s32 SCX_OP(pair_select_cpu, struct task_struct *p, s32 prev_cpu, u64 wake_flags)
{
	struct task_ctx *t = task_ctx(p);
	bool is_idle;
	s32 cpu;

	if (!t)
		return prev_cpu;
	if (is_kernels_own(p, t))
		return scx_bpf_select_cpu_dfl(p, prev_cpu, wake_flags, &is_idle);
	cpu = pick_idle_cpu(p, t->group, prev_cpu);
	return cpu >= 0 ? cpu : prev_cpu;
}

static void enqueue_neutral(struct task_struct *p, const struct task_ctx *t, u64 enq_flags)
{
	if (enq_flags & scx_value(scx_enq_flags, SCX_ENQ_WAKEUP)) {
		stat_inc(PAIR_NEUTRAL);
		enq_flags |= scx_value(scx_enq_flags, SCX_ENQ_PREEMPT);
	}
	scx_bpf_dsq_insert(p, scx_value(scx_dsq_id_flags, SCX_DSQ_LOCAL),
			   t->neutral_until - p->se.sum_exec_runtime, enq_flags);
}

/*
 * The task is in its DSQ only when this callback is over, so a CPU that looks for work meanwhile
 * may miss it. Its own CPU must therefore look after that: a kick takes effect only then. If that
 * CPU is not idle, it will ask anyway; and what it may not run, its sibling finds when it asks.
 * A wakeup is followed by a look of the kernel's own.
 */
static void find_cpu(struct task_struct *p, const struct task_ctx *t, u64 enq_flags)
{
	u64 idle_kick = scx_value(scx_kick_flags, SCX_KICK_IDLE);
	s32 cpu = scx_bpf_task_cpu(p);
	const struct cpu_ctx *c = cpu_ctx(cpu);

	if (!c || (enq_flags & scx_value(scx_enq_flags, SCX_ENQ_WAKEUP)))
		return;
	if (c->idle || (enq_flags & scx_value(scx_enq_flags, SCX_ENQ_LAST)))
		scx_bpf_kick_cpu(cpu, idle_kick);
	cpu = pick_idle_cpu(p, t->group, cpu);
	if (cpu >= 0)
		scx_bpf_kick_cpu(cpu, idle_kick);
}

void SCX_OP(pair_enqueue, struct task_struct *p, u64 enq_flags)
{
	struct task_ctx *t = task_ctx(p);
	struct group *g = t ? group_ctx(t->group) : NULL;

	if (!g)
		return;
	t->is_stray = false;
	if (enq_flags & scx_value(scx_enq_flags, SCX_ENQ_WAKEUP))
		t->neutral_until = p->se.sum_exec_runtime + NEUTRAL_NS;
	if (is_neutral(p, t)) {
		enqueue_neutral(p, t, enq_flags);
		return;
	}
	t->queued_ns = bpf_ktime_get_ns();
	scx_bpf_dsq_insert_vtime(p, t->group, SLICE_NS, admit(g, p->scx.dsq_vtime), enq_flags);
	find_cpu(p, t, enq_flags);
}

/* @prev, a kernel thread that was interrupted, is neutral still and goes on. */
static void go_on_neutral(struct pair *pair, const struct cpu_ctx *c, struct task_struct *prev,
			  const struct task_ctx *t)
{
	scx_bpf_task_set_slice(prev, t->neutral_until - prev->se.sum_exec_runtime);
	leave(pair, c);
	/* it may have waited for just that */
	kick_sibling(c, scx_value(scx_kick_flags, SCX_KICK_IDLE));
}

/* Its turn comes first, or nobody else waits: then it owes nothing for the last one. */
static bool goes_on(struct task_struct *prev, struct group *g, u32 group, s32 cpu)
{
	u64 vtime = admit(g, prev->scx.dsq_vtime), clock = task_clock(g), first;
	bool is_alone = !first_vtime(group, cpu, &first);

	if (is_alone && vtime_before(clock, vtime))
		vtime = clock;
	scx_bpf_task_set_dsq_vtime(prev, vtime);
	return is_alone || vtime_before(vtime, first);
}

/* Gives @cpu, active for @group, a task; @prev is the group's, too, and may go on, if not NULL. */
static bool give(const struct pair *pair, s32 cpu, u32 group, struct task_struct *prev)
{
	struct group *g = group_ctx(group);

	if (!g)
		return false;
	if (!prev)
		return scx_bpf_dsq_move_to_local(group, 0);
	if (!goes_on(prev, g, group, cpu) && scx_bpf_dsq_move_to_local(group, 0))
		return true;
	advance_task_clock(g, prev->scx.dsq_vtime);
	give_slice(pair, prev);
	return true;
}

/* There is more in the group for the sibling to do. */
static void call_sibling(const struct pair *pair, const struct cpu_ctx *c, u32 group)
{
	if (!(pair->active & ~c->side) && scx_bpf_dsq_nr_queued(group) > 0)
		kick_sibling(c, scx_value(scx_kick_flags, SCX_KICK_IDLE));
}

/* @own is the group of @prev, which may go on if it is not NULL. */
static bool find_task(struct pair *pair, const struct cpu_ctx *c, struct task_struct *prev, u32 own)
{
	/* the batch may have nothing for this CPU, or be over: then another group, once */
	for (int in_vain = 0; in_vain < 2; in_vain++) {
		u32 group = claim_group(c->cpu, own, in_vain);

		if (group == NO_GROUP)
			return false;
		if (give(pair, c->cpu, group, group == own ? prev : NULL)) {
			stat_inc(PAIR_DISPATCH);
			call_sibling(pair, c, group);
			return true;
		}
		stat_inc(PAIR_CGEMPTY);
		leave(pair, c);
		if (c->sibling >= 0 && waits_since(group, c->sibling, -1)) {
			call_sibling(pair, c, group);
			return false;
		}
	}
	/* another pair was faster */
	scx_bpf_kick_cpu(c->cpu, 0);
	return false;
}

void SCX_OP(pair_dispatch, s32 cpu, struct task_struct *prev)
{
	struct cpu_ctx *c = cpu_ctx(cpu);
	struct pair *pair = c ? pair_of(c) : NULL;
	struct task_ctx *t = NULL;

	stat_inc(PAIR_TOTAL);
	if (prev && (prev->scx.flags & scx_value(scx_ent_flags, SCX_TASK_QUEUED)))
		t = task_ctx(prev);
	if (!pair)
		return;
	if (t)
		pay(prev, t);
	if (t && is_neutral(prev, t)) {
		go_on_neutral(pair, c, prev, t);
		return;
	}
	notice_foreign(pair, c);
	c->idle = true;
	if (find_task(pair, c, prev, t ? t->group : NO_GROUP))
		c->idle = false;
}

void SCX_OP(pair_tick, struct task_struct *p)
{
	const struct cpu_ctx *c = cpu_ctx(scx_bpf_task_cpu(p));
	struct task_ctx *t = task_ctx(p);
	struct pair *pair = c ? pair_of(c) : NULL;

	if (pair && t && !is_neutral(p, t) && notice_foreign(pair, c))
		scx_bpf_task_set_slice(p, 0);
}

void SCX_OP(pair_runnable, struct task_struct *p, u64 enq_flags)
{
	struct task_ctx *t = task_ctx(p);
	struct group *g = t ? group_ctx(t->group) : NULL;

	if (g && !__sync_fetch_and_add(&g->nr_runnable, 1))
		set_runnable(t->group);
}

/* In this order a task that becomes runnable meanwhile is not forgotten. */
void SCX_OP(pair_quiescent, struct task_struct *p, u64 deq_flags)
{
	struct task_ctx *t = task_ctx(p);
	struct group *g = t ? group_ctx(t->group) : NULL;

	if (!g || __sync_fetch_and_sub(&g->nr_runnable, 1) != 1)
		return;
	clear_runnable(t->group);
	if (g->nr_runnable)
		set_runnable(t->group);
}

/*
 * A task that starts outside of its group's time without having been enqueued: it was given to
 * this scheduler, or moved to another cgroup, while it ran. There are others that come another way
 * than dispatch(), but those the kernel runs on its own account, as on a CPU that is not online any
 * more or not yet; to stop them would only keep them from ever coming to an end.
 */
static void stop_stray(struct task_ctx *t, s32 cpu)
{
	if (!t->is_stray)
		return;
	t->is_stray = false;
	stat_inc(PAIR_STRAY);
	scx_bpf_kick_cpu(cpu, scx_value(scx_kick_flags, SCX_KICK_PREEMPT));
}

void SCX_OP(pair_running, struct task_struct *p)
{
	s32 cpu = scx_bpf_task_cpu(p);
	const struct cpu_ctx *c = cpu_ctx(cpu);
	struct pair *pair = c ? pair_of(c) : NULL;
	struct task_ctx *t = task_ctx(p);
	struct group *g = t ? group_ctx(t->group) : NULL;

	if (!pair || !g)
		return;
	t->paid_until = p->se.sum_exec_runtime;
	advance_task_clock(g, p->scx.dsq_vtime);
	if (is_neutral(p, t))
		return;
	if (is_active_for(pair, c, t->group))
		give_slice(pair, p);
	else
		stop_stray(t, cpu);
}

void SCX_OP(pair_stopping, struct task_struct *p, bool runnable)
{
	struct task_ctx *t = task_ctx(p);

	if (t)
		pay(p, t);
}

/* Who gives the CPU away pays for a whole turn, or would be the first in line again. */
bool SCX_OP(pair_yield, struct task_struct *from, struct task_struct *to)
{
	u64 turn;

	if (to)
		return false;
	turn = vtime_turn(SLICE_NS, from->scx.weight);
	scx_bpf_task_set_dsq_vtime(from, from->scx.dsq_vtime + vtime_cost(turn, from->scx.weight));
	scx_bpf_task_set_slice(from, 0);
	return false;
}

/* The kernel's own threads of higher classes are neutral, too. */
void SCX_OP(pair_cpu_release, s32 cpu, struct scx_cpu_release_args *args)
{
	const struct cpu_ctx *c = cpu_ctx(cpu);
	struct pair *pair = c ? pair_of(c) : NULL;

	if (!pair || (args->task->flags & PF_KTHREAD))
		return;
	stat_inc(PAIR_PREEMPTIONS);
	mark_foreign(pair, c->side);
	if (pair->active & ~c->side)
		kick_sibling(c, scx_value(scx_kick_flags, SCX_KICK_PREEMPT));
	/* the task that had the CPU may go on elsewhere */
	scx_bpf_reenqueue_local();
}

/* Where there is a task left in the local DSQ, the CPU does not ask. */
void SCX_OP(pair_cpu_acquire, s32 cpu, struct scx_cpu_acquire_args *args)
{
	const struct cpu_ctx *c = cpu_ctx(cpu);
	struct pair *pair = c ? pair_of(c) : NULL;

	if (!pair || !(pair->foreign & c->side))
		return;
	bpf_spin_lock(&pair->lock);
	pair->foreign &= ~c->side;
	bpf_spin_unlock(&pair->lock);
	kick_sibling(c, scx_value(scx_kick_flags, SCX_KICK_IDLE));
}

s32 SCX_OP(pair_init_task, struct task_struct *p, struct scx_init_task_args *args)
{
	struct task_ctx *t = task_storage_new(&tasks, p, NULL);

	if (!t)
		return -ENOMEM;
	t->group = key_of_cgroup(args->cgroup);
	return 0;
}

void SCX_OP(pair_enable, struct task_struct *p)
{
	struct task_ctx *t = task_ctx(p);
	struct group *g = t ? group_ctx(t->group) : NULL;

	if (!g)
		return;
	t->is_stray = true;
	scx_bpf_task_set_dsq_vtime(p, g->task_vtime);
}

s32 SCX_OP_SLEEPABLE(pair_init)
{
	u32 nr_pairs = 0;
	s32 cpu;

	bpf_for(cpu, 0, (s32)topo.nr_cpu_ids) {
		const volatile struct scx_cpu *info = topo_cpu(cpu);
		struct cpu_ctx *c = cpu_ctx(cpu);

		if (!c || !info)
			return -ENOENT;
		c->cpu = cpu;
		c->sibling = info->online ? find_sibling(cpu) : -1;
		c->side = c->sibling < 0 || cpu < c->sibling ? 1 : 2;
		c->pair = c->side == 1 ? cpu : c->sibling;
		nr_pairs += c->side == 2;
	}
	stat_set(PAIR_PAIRS, nr_pairs);
	return 0;
}

void SCX_OP(pair_exit, struct scx_exit_info *info)
{
	scx_report_exit(info);
}

SEC(".struct_ops.link")
struct sched_ext_ops pair_ops = {
	.select_cpu = (void *)pair_select_cpu,
	.enqueue = (void *)pair_enqueue,
	.dispatch = (void *)pair_dispatch,
	.tick = (void *)pair_tick,
	.runnable = (void *)pair_runnable,
	.running = (void *)pair_running,
	.stopping = (void *)pair_stopping,
	.quiescent = (void *)pair_quiescent,
	.yield = (void *)pair_yield,
	.cpu_acquire = (void *)pair_cpu_acquire,
	.cpu_release = (void *)pair_cpu_release,
	.init_task = (void *)pair_init_task,
	.enable = (void *)pair_enable,
	.cgroup_init = (void *)pair_cgroup_init,
	.cgroup_exit = (void *)pair_cgroup_exit,
	.cgroup_move = (void *)pair_cgroup_move,
	.cgroup_set_weight = (void *)pair_cgroup_set_weight,
	.init = (void *)pair_init,
	.exit = (void *)pair_exit,
	/* every task is to go through enqueue(), where it gets to its group */
	.flags = SCX_OPS_ENQ_LAST | SCX_OPS_ENQ_EXITING | SCX_OPS_ENQ_MIGRATION_DISABLED |
		 SCX_OPS_HAS_CGROUP_WEIGHT,
	.name = "pair",
};
