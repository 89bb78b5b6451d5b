// SPDX-License-Identifier: GPL-2.0-only
/*
 * scx_prev: a task that wakes goes back to the CPU where it ran last, if that is idle.
 *
 * What a task left in the caches of its CPU is worth more to a database than an idle core:
 * a transaction wakes again and again, for some ten microseconds each time, with its working
 * set still where it was. So the order is: the previous CPU; then what the kernel finds,
 * which looks for an idle core before it looks for an idle CPU, near the previous one first,
 * and knows wakeups whose waker is about to sleep; then the queue of scx/vtime_queue.bpf.h,
 * one for the whole machine, ordered by weighted virtual time.
 *
 * Example: two cores with two threads each, CPUs 0 and 1, 2 and 3. Task A has run on CPU 0 and
 * sleeps, B runs on CPU 1, the other core is idle. When A wakes, scx_simple moves it to the
 * idle core, CPU 2, where it has the core to itself and nothing in the caches; scx_prev puts
 * it on CPU 0, where it shares the core with B and finds its data.
 *
 * Good for: transaction processing (OLTP) and other work of many short wakeups, on machines
 * with one node and one last-level cache.
 * Bad at: long computations on machines with SMT (two of them share a core while others are
 * idle), many CPUs and several caches or nodes (one queue for all), latency beside CPU hogs
 * (nothing is preempted).
 * Assumes: that the CPU where a task ran last is the one whose caches know it.
 */
#include <scx/common.bpf.h>
#include <scx/vtime_queue.bpf.h>

#include "scx_prev.h"

char _license[] SEC("license") = "GPL";

SCX_CONF(scx_prev_conf) = {
	.slice_ns = 20 * 1000 * 1000,
};

/* An idle CPU for @p, claimed; or false, and the CPU whose turn it is to look after @p. */
static bool claim_cpu(struct task_struct *p, s32 prev_cpu, u64 wake_flags, s32 *ret_cpu)
{
	bool is_idle = false;

	/* its mask may have changed while it slept */
	if (bpf_cpumask_test_cpu(prev_cpu, p->cpus_ptr) &&
	    scx_bpf_test_and_clear_cpu_idle(prev_cpu)) {
		stat_inc(PREV_PREV_CPU);
		*ret_cpu = prev_cpu;
		return true;
	}
	*ret_cpu = scx_bpf_select_cpu_dfl(p, prev_cpu, wake_flags, &is_idle);
	stat_inc(is_idle ? PREV_IDLE_CPU : PREV_SELECT_FAIL);
	return is_idle;
}

s32 SCX_OP(prev_select_cpu, struct task_struct *p, s32 prev_cpu, u64 wake_flags)
{
	s32 cpu;

	if (!claim_cpu(p, prev_cpu, wake_flags, &cpu))
		return cpu;
	stat_inc(PREV_LOCAL);
	if (conf.fifo)
		scx_bpf_dsq_insert(p, scx_value(scx_dsq_id_flags, SCX_DSQ_LOCAL), conf.slice_ns, 0);
	else
		queue_pass(p, conf.slice_ns);
	return cpu;
}

void SCX_OP(prev_enqueue, struct task_struct *p, u64 enq_flags)
{
	if (conf.fifo)
		scx_bpf_dsq_insert(p, QUEUE_DSQ, conf.slice_ns, enq_flags);
	else
		queue_insert(p, conf.slice_ns, enq_flags);
}

void SCX_OP(prev_dispatch, s32 cpu, struct task_struct *prev)
{
	/* if nothing is moved, the kernel lets @prev run on */
	if (conf.fifo || !queue_goes_on(cpu, prev, conf.slice_ns))
		scx_bpf_dsq_move_to_local(QUEUE_DSQ, 0);
}

void SCX_OP(prev_running, struct task_struct *p)
{
	if (!conf.fifo)
		queue_begin_run(p);
}

void SCX_OP(prev_stopping, struct task_struct *p, bool runnable)
{
	if (!conf.fifo)
		queue_end_run(p, conf.slice_ns);
}

void SCX_OP(prev_enable, struct task_struct *p)
{
	vtime_enable(p);
}

s32 SCX_OP_SLEEPABLE(prev_init)
{
	return queue_init();
}

void SCX_OP(prev_exit, struct scx_exit_info *info)
{
	scx_report_exit(info);
}

SEC(".struct_ops.link")
struct sched_ext_ops prev_ops = {
	.select_cpu = (void *)prev_select_cpu,
	.enqueue = (void *)prev_enqueue,
	.dispatch = (void *)prev_dispatch,
	.running = (void *)prev_running,
	.stopping = (void *)prev_stopping,
	.enable = (void *)prev_enable,
	.init = (void *)prev_init,
	.exit = (void *)prev_exit,
	.name = "prev",
};
