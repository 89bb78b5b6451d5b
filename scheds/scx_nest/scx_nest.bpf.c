// SPDX-License-Identifier: GPL-2.0-only
/*
 * scx_nest: few warm CPUs instead of many cold ones.
 *
 * A core that has just worked is faster than one that slept: its clock is up, and the fewer
 * cores are awake, the higher each may boost. So CPUs in use are used again before others are
 * woken. Every last-level cache (LLC) has two nests of CPUs: the primary nest is in use, the
 * reserve nest was until lately; the others are cold. A waking task takes an idle CPU of
 *   1. the primary nest: the one it is attached to (it ran there twice in a row), the one it
 *      last ran on, or the first;
 *   2. on a sync wakeup, that of the waker, which is about to become free;
 *   3. the reserve nest: the first, which moves to the primary nest;
 *   4. the others: the first, which joins the reserve nest if there is room. If its task has
 *      missed the primary nest twice in a row (impatience), more CPUs are needed, and this
 *      one joins the primary nest at once.
 * "The first" is in the order of the LLC's CPUs, the fastest ones in front. Everything goes by
 * that order, so the same CPUs are taken again and again while those at the end sleep. The search
 * begins in the LLC where the task last ran and goes on in those of the same node, then in all
 * others.
 *
 * A CPU of the primary nest that has been idle for 2 ms (delay) moves to the reserve nest, and
 * at once when its task dies; only the first one of the LLC stays. If no CPU is idle, the task
 * waits in a queue ordered by weighted vtime (scx/vtime_queue.bpf.h). Tasks bound to one CPU leave
 * the nests alone and wait in a queue of that CPU, where others need not step over them; whose
 * first task has the lower vtime goes first.
 *
 * Example: on 8 idle CPUs A and B each run 1 ms of every 5 ms. A takes CPU 0, which is always
 * primary. If B wakes within that millisecond, it takes CPU 1, which joins the reserve; next time
 * it takes it from there, and CPU 1 is primary until B has slept for 2 ms. If B wakes at another
 * time, it takes CPU 0, too. The CPUs 2 to 7 sleep all the time.
 *
 * With SMT, an idle thread beside a busy one is the second choice within each nest; with
 * whole_cores, even a cold core is preferred to it. The nests are searched and counted CPU by CPU:
 * no count can drift, and no CPU number is too high. One timer serves all CPUs, armed only while a
 * removal is planned. The frequency governor is asked for the highest speed of CPUs that work
 * or are primary, and for none of the others; where no governor listens, this does nothing.
 *
 * Good for: machines with few busy tasks, above all where single cores boost well above
 * the speed of all cores. Bad at: saturation of many CPUs (they share one queue, and a search goes
 * over every CPU of an LLC), latency beside CPU hogs (nothing is preempted), work that would
 * gain from spreading over caches.
 * Assumes that the online CPUs stay the same: the kernel asks for a restart when they change.
 */
#include <scx/common.bpf.h>
#include <scx/storage.bpf.h>
#include <scx/topology.bpf.h>
#include <scx/vtime_queue.bpf.h>

#include "scx_nest.h"

char _license[] SEC("license") = "GPL";

SCX_CONF(scx_nest_conf) = {
	.slice_ns = 20 * 1000 * 1000,
	.delay_ns = 2 * 1000 * 1000,
	.reserve_max = 5,
	.impatience = 2,
};

/* they read the options, so they come after them */
#include "scx_nest_machine.bpf.h"
#include "scx_nest_nests.bpf.h"
#include "scx_nest_placement.bpf.h"

/* The queue of the tasks that cannot leave @cpu; the others wait in QUEUE_DSQ. */
static u64 bound_dsq(s32 cpu)
{
	return QUEUE_DSQ + 1 + (u32)cpu;
}

/* Whose turn it is. */
struct turn {
	u64 dsq;
	u64 vtime; /* of its first task */
	bool is_anybody;
};

static void find_turn(s32 cpu, struct turn *ret)
{
	u64 bound, shared;
	bool is_bound = dsq_first_vtime(bound_dsq(cpu), cpu, &bound);
	bool is_shared = dsq_first_vtime(QUEUE_DSQ, cpu, &shared);

	ret->is_anybody = is_bound || is_shared;
	if (is_bound && (!is_shared || vtime_before(bound, shared))) {
		ret->dsq = bound_dsq(cpu);
		ret->vtime = bound;
	} else {
		ret->dsq = QUEUE_DSQ;
		ret->vtime = shared;
	}
}

static bool take_next(s32 cpu, const struct turn *turn)
{
	u64 other = turn->dsq == QUEUE_DSQ ? bound_dsq(cpu) : QUEUE_DSQ;

	/* the first may have been taken by another CPU in between */
	return scx_bpf_dsq_move_to_local(turn->dsq, 0) || scx_bpf_dsq_move_to_local(other, 0);
}

static void go_idle(s32 cpu, struct scx_nest_cpu *c, const struct task_struct *prev)
{
	bool is_dead = prev && prev->__state & TASK_DEAD;

	c->is_idle = true;
	if (is_dead && demote(cpu, c))
		stat_inc(NEST_EAGERLY_COMPACTED);
	if (c->nest == NEST_PRIMARY)
		plan_compaction(c);
	else
		scx_bpf_cpuperf_set(cpu, 0);
}

static void go_busy(s32 cpu, struct scx_nest_cpu *c)
{
	c->is_idle = false;
	if (__sync_lock_test_and_set(&c->compact_at, 0))
		stat_inc(NEST_CANCELLED_COMPACTION);
	scx_bpf_cpuperf_set(cpu, scx_value(scx_consts, SCX_CPUPERF_ONE));
}

s32 SCX_OP(nest_select_cpu, struct task_struct *p, s32 prev_cpu, u64 wake_flags)
{
	s32 cpu = place(p, prev_cpu, wake_flags);

	if (cpu == NOWHERE)
		return prev_cpu;
	queue_pass(p, conf.slice_ns);
	return cpu;
}

/*
 * A CPU may be idle even now: ops.select_cpu() is asked about wakeups only, not about tasks that
 * are bound to one CPU, had to make way for others or got another CPU mask. A bound task says
 * nothing of how many CPUs are needed, so the nests do not care where it runs.
 */
void SCX_OP(nest_enqueue, struct task_struct *p, u64 enq_flags)
{
	s32 cpu = scx_bpf_task_cpu(p), idle_cpu = NOWHERE;
	bool is_bound = p->nr_cpus_allowed == 1 || is_migration_disabled(p);

	if (!is_bound)
		idle_cpu = place(p, cpu, 0);
	else if (scx_bpf_test_and_clear_cpu_idle(cpu))
		idle_cpu = cpu;
	if (idle_cpu != NOWHERE)
		queue_pass_to(scx_value(scx_dsq_id_flags, SCX_DSQ_LOCAL_ON) | idle_cpu, p,
			      conf.slice_ns, enq_flags);
	else
		queue_insert_to(is_bound ? bound_dsq(cpu) : QUEUE_DSQ, p, conf.slice_ns, enq_flags);
}

void SCX_OP(nest_dispatch, s32 cpu, struct task_struct *prev)
{
	bool is_runnable = queue_is_runnable(prev);
	struct scx_nest_cpu *c = find_cpu(cpu);
	struct turn turn;

	if (!c)
		return;
	find_turn(cpu, &turn);
	if (is_runnable && queue_keep(prev, turn.is_anybody ? &turn.vtime : NULL, conf.slice_ns))
		return;
	if (take_next(cpu, &turn)) {
		stat_inc(NEST_CONSUMED);
	} else if (!is_runnable) {
		stat_inc(NEST_NOT_CONSUMED);
		go_idle(cpu, c, prev);
	}
}

void SCX_OP(nest_running, struct task_struct *p)
{
	/* not always this one: the kernel restarts running tasks from elsewhere, too */
	s32 cpu = scx_bpf_task_cpu(p);
	struct scx_nest_cpu *c = find_cpu(cpu);

	queue_begin_run(p);
	if (c && c->is_idle)
		go_busy(cpu, c);
}

void SCX_OP(nest_stopping, struct task_struct *p, bool runnable)
{
	queue_end_run(p, conf.slice_ns);
}

void SCX_OP(nest_enable, struct task_struct *p)
{
	vtime_enable(p);
}

s32 SCX_OP_SLEEPABLE(nest_init_task, struct task_struct *p, struct scx_init_task_args *args)
{
	struct task_ctx fresh = {.attached = NOWHERE};

	return task_storage_new(&tasks, p, &fresh) ? 0 : -ENOMEM;
}

void SCX_OP(nest_dump_cpu, struct scx_dump_ctx *dump, s32 cpu, bool idle)
{
	static const char names[NR_NESTS][8] = {"offline", "primary", "reserve", "other"};
	const struct scx_nest_cpu *c = find_cpu(cpu);

	if (c && c->nest < NR_NESTS)
		scx_bpf_dump("nest=%s llc=%u", names[c->nest], c->llc);
}

static s32 add_cpus(void)
{
	s32 cpu, r = 0;

	bpf_for(cpu, 0, (s32)topo.nr_cpu_ids) {
		const volatile struct scx_cpu *info = topo_cpu(cpu);

		if (!info || !info->online)
			continue;
		r = add_to_llc(cpu);
		if (!r)
			r = scx_bpf_create_dsq(bound_dsq(cpu), NUMA_NO_NODE);
		if (r)
			break;
	}
	return r;
}

s32 SCX_OP_SLEEPABLE(nest_init)
{
	s32 r = queue_init();

	if (!r)
		r = add_cpus();
	if (!r)
		r = begin_nests();
	return r ? r : init_timer();
}

void SCX_OP(nest_exit, struct scx_exit_info *info)
{
	scx_report_exit(info);
}

SEC(".struct_ops.link")
struct sched_ext_ops nest_ops = {
	.select_cpu = (void *)nest_select_cpu,
	.enqueue = (void *)nest_enqueue,
	.dispatch = (void *)nest_dispatch,
	.running = (void *)nest_running,
	.stopping = (void *)nest_stopping,
	.enable = (void *)nest_enable,
	.init_task = (void *)nest_init_task,
	.dump_cpu = (void *)nest_dump_cpu,
	.init = (void *)nest_init,
	.exit = (void *)nest_exit,
	.name = "nest",
};
