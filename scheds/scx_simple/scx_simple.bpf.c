// SPDX-License-Identifier: GPL-2.0-only
/*
 * scx_simple: one queue for the whole machine, ordered by weighted virtual time.
 *
 * A waking task goes straight to an idle CPU if there is one. All other tasks
 * wait in one global DSQ; a CPU that runs out of work takes the first. The DSQ is
 * ordered by each task's vtime: the CPU time it has used, divided by its weight.
 * The task that has had least for its weight is always next, so no task starves
 * and shares follow weights without any accounting per CPU.
 *
 * Example: two CPU hogs on one CPU, A with weight 100 (nice 0) and B with weight
 * 33 (nice 5), slice 20 ms. A run of 20 ms costs A 20 ms of vtime and B
 * 20 * 100 / 33 = 60.6 ms. After B has run once, A runs until its vtime reaches
 * B's, which takes it three to four slices: of every 80 ms A gets 60 and B 20.
 *
 * A task whose slice is over is not in the queue when its CPU looks for the next
 * one. If the queue's head were taken without asking, two tasks on a CPU would take
 * turns whatever their weights; so the task is compared with the head first, and
 * goes on with a new slice if it is still behind in vtime.
 *
 * The clock is the vtime of the task that started last. A task that slept is
 * let in at most one slice behind the clock: it runs soon, but cannot save up
 * sleep to keep others out later. What a task is charged is the time it really ran,
 * as the kernel measured it; only a task that gave its CPU away with
 * sched_yield() pays its whole slice, or it would be first in line again at once.
 *
 * In FIFO mode tasks wait in the order they came, with no regard to weights.
 *
 * Good for: machines with one last-level cache and a load that wants fair shares
 * at the lowest cost; as the first scheduler to read; as a smoke test.
 * Bad at: many CPUs (every one takes the same lock), several caches or nodes (a
 * task runs wherever there is room first), latency beside CPU hogs (nothing is
 * preempted: a waking task waits for somebody's slice to end). FIFO mode lets
 * tasks that use their slices to the full take most of the machine.
 */
#include <scx/common.bpf.h>

#include "scx_simple.h"

char _license[] SEC("license") = "GPL";

/* the built-in DSQs take no vtime, so the queue is one of our own */
#define GLOBAL_DSQ 0

SCX_CONF(scx_simple_conf) = {
	.slice_ns = 20 * 1000 * 1000,
};

/* sum_exec_runtime of the task on each CPU up to which it has paid */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, u32);
	__type(value, u64);
	__uint(max_entries, 1);
} paid_until SEC(".maps");

/*
 * Written without a lock: two CPUs that start tasks at the same time may set it
 * back by what lies between the two vtimes, which the next start makes up.
 */
static u64 vtime_now;

/*
 * The slot of the CPU @p is on. It need not be this one: the kernel stops and
 * restarts a running task from elsewhere to change its properties.
 */
static u64 *paid_until_of(const struct task_struct *p)
{
	u32 zero = 0;

	return bpf_map_lookup_percpu_elem(&paid_until, &zero, scx_bpf_task_cpu(p));
}

/* @p runs from here on at its present vtime. */
static void begin_run(struct task_struct *p)
{
	u64 *paid = paid_until_of(p);

	if (paid)
		*paid = p->se.sum_exec_runtime;
	if (vtime_before(vtime_now, p->scx.dsq_vtime))
		vtime_now = p->scx.dsq_vtime;
}

/* The vtime of @p, which is running, once it has paid for the time since begin_run(). */
static u64 vtime_after_run(const struct task_struct *p)
{
	const u64 *paid = paid_until_of(p);
	u64 used = paid ? p->se.sum_exec_runtime - *paid : 0;

	/* nothing left though less than a slice was used: sched_yield() took the rest */
	if (!p->scx.slice && used < conf.slice_ns)
		used = conf.slice_ns;
	return p->scx.dsq_vtime + vtime_cost(used, p->scx.weight);
}

/* A task that may run on @cpu waits, and its turn comes before @vtime's. */
static bool is_due_before(s32 cpu, u64 vtime)
{
	struct task_struct *p;

	bpf_for_each(scx_dsq, p, GLOBAL_DSQ, 0)
		if (bpf_cpumask_test_cpu(cpu, p->cpus_ptr))
			return !vtime_before(vtime, p->scx.dsq_vtime);
	return false;
}

/* Gives @prev, whose slice is over, another one if it is still first in line. */
static bool goes_on(s32 cpu, struct task_struct *prev)
{
	u64 vtime;

	if (conf.fifo || !prev || !(prev->scx.flags & scx_value(scx_ent_flags, SCX_TASK_QUEUED)))
		return false;
	vtime = vtime_after_run(prev);
	if (is_due_before(cpu, vtime))
		return false;
	scx_bpf_task_set_dsq_vtime(prev, vtime);
	scx_bpf_task_set_slice(prev, conf.slice_ns);
	begin_run(prev);
	return true;
}

s32 SCX_OP(simple_select_cpu, struct task_struct *p, s32 prev_cpu, u64 wake_flags)
{
	bool is_idle = false;
	s32 cpu = scx_bpf_select_cpu_dfl(p, prev_cpu, wake_flags, &is_idle);

	if (is_idle) {
		stat_inc(SIMPLE_LOCAL);
		scx_bpf_dsq_insert(p, scx_value(scx_dsq_id_flags, SCX_DSQ_LOCAL), conf.slice_ns, 0);
	}
	return cpu;
}

void SCX_OP(simple_enqueue, struct task_struct *p, u64 enq_flags)
{
	u64 earliest = vtime_now - conf.slice_ns;
	u64 vtime = p->scx.dsq_vtime;

	stat_inc(SIMPLE_GLOBAL);
	if (conf.fifo) {
		scx_bpf_dsq_insert(p, GLOBAL_DSQ, conf.slice_ns, enq_flags);
		return;
	}
	if (vtime_before(vtime, earliest))
		vtime = earliest;
	scx_bpf_dsq_insert_vtime(p, GLOBAL_DSQ, conf.slice_ns, vtime, enq_flags);
}

void SCX_OP(simple_dispatch, s32 cpu, struct task_struct *prev)
{
	/* if nothing is moved, the kernel lets @prev run on */
	if (!goes_on(cpu, prev))
		scx_bpf_dsq_move_to_local(GLOBAL_DSQ, 0);
}

void SCX_OP(simple_running, struct task_struct *p)
{
	if (!conf.fifo)
		begin_run(p);
}

void SCX_OP(simple_stopping, struct task_struct *p, bool runnable)
{
	if (!conf.fifo)
		scx_bpf_task_set_dsq_vtime(p, vtime_after_run(p));
}

void SCX_OP(simple_enable, struct task_struct *p)
{
	scx_bpf_task_set_dsq_vtime(p, vtime_now);
}

s32 SCX_OP_SLEEPABLE(simple_init)
{
	return scx_bpf_create_dsq(GLOBAL_DSQ, NUMA_NO_NODE);
}

void SCX_OP(simple_exit, struct scx_exit_info *info)
{
	scx_report_exit(info);
}

SEC(".struct_ops.link")
struct sched_ext_ops simple_ops = {
	.select_cpu = (void *)simple_select_cpu,
	.enqueue = (void *)simple_enqueue,
	.dispatch = (void *)simple_dispatch,
	.running = (void *)simple_running,
	.stopping = (void *)simple_stopping,
	.enable = (void *)simple_enable,
	.init = (void *)simple_init,
	.exit = (void *)simple_exit,
	.name = "simple",
};
