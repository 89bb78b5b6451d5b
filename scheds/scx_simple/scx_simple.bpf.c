// SPDX-License-Identifier: GPL-2.0-only
/*
 * scx_simple: one queue for the whole machine, ordered by weighted virtual time.
 *
 * A waking task goes straight to an idle CPU if there is one. All other tasks wait in
 * one queue, whose order and accounting are explained in scx/vtime_queue.bpf.h; a CPU that
 * runs out of work takes the first.
 *
 * Example: four CPUs, three of them busy. A task that wakes takes the fourth at once.
 * The next two wait in the queue; when the first of the running tasks sleeps or has used
 * its 20 ms, its CPU takes of the two, and of the task it has been running, the one that has
 * had the least CPU time for its weight.
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
#include <scx/vtime_queue.bpf.h>

#include "scx_simple.h"

char _license[] SEC("license") = "GPL";

SCX_CONF(scx_simple_conf) = {
	.slice_ns = 20 * 1000 * 1000,
};

s32 SCX_OP(simple_select_cpu, struct task_struct *p, s32 prev_cpu, u64 wake_flags)
{
	bool is_idle = false;
	s32 cpu = scx_bpf_select_cpu_dfl(p, prev_cpu, wake_flags, &is_idle);

	if (!is_idle)
		return cpu;
	stat_inc(SIMPLE_LOCAL);
	if (conf.fifo)
		scx_bpf_dsq_insert(p, scx_value(scx_dsq_id_flags, SCX_DSQ_LOCAL), conf.slice_ns, 0);
	else
		queue_pass(p, conf.slice_ns);
	return cpu;
}

void SCX_OP(simple_enqueue, struct task_struct *p, u64 enq_flags)
{
	stat_inc(SIMPLE_GLOBAL);
	if (conf.fifo)
		scx_bpf_dsq_insert(p, QUEUE_DSQ, conf.slice_ns, enq_flags);
	else
		queue_insert(p, conf.slice_ns, enq_flags);
}

void SCX_OP(simple_dispatch, s32 cpu, struct task_struct *prev)
{
	/* if nothing is moved, the kernel lets @prev run on */
	if (conf.fifo || !queue_goes_on(cpu, prev, conf.slice_ns))
		scx_bpf_dsq_move_to_local(QUEUE_DSQ, 0);
}

void SCX_OP(simple_running, struct task_struct *p)
{
	if (!conf.fifo)
		queue_begin_run(p);
}

void SCX_OP(simple_stopping, struct task_struct *p, bool runnable)
{
	if (!conf.fifo)
		queue_end_run(p, conf.slice_ns);
}

void SCX_OP(simple_enable, struct task_struct *p)
{
	vtime_enable(p);
}

s32 SCX_OP_SLEEPABLE(simple_init)
{
	return queue_init();
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
