/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One queue for the whole machine, ordered by weighted virtual time: what schedulers that
 * differ only in where they look for an idle CPU have in common. One that keeps some tasks in
 * DSQs of its own besides uses the functions that take a DSQ.
 *
 * The queue is a DSQ ordered by each task's vtime: the CPU time it has used, divided by
 * its weight. The task that has had least for its weight is always next, so no task starves
 * and shares follow weights without any accounting per CPU.
 *
 * Example: two CPU hogs on one CPU, A with weight 100 (nice 0) and B with weight
 * 33 (nice 5), slice 20 ms. A turn of A's is 20 ms and costs it as much vtime; one of B's is
 * 20 * 33 / 100 = 6.6 ms and costs 6.6 * 100 / 33 = 20 ms of vtime, too. They take turns, and
 * of every 80 ms A gets 60 and B 20.
 *
 * A task whose slice is over is not in the queue when its CPU looks for the next
 * one. If the queue's head were taken without asking, two tasks on a CPU would take
 * turns whatever they have used; so the task is compared with the head first, and
 * goes on with a new slice if it is still behind in vtime. If nobody waits, it pays nothing.
 *
 * What a task is charged is the time it really ran, as the kernel measured it; only a
 * task that gave its CPU away with sched_yield() pays its whole slice, or it would be first
 * in line again at once.
 */
#pragma once

#include <scx/common.bpf.h>
#include <scx/dsq.bpf.h>
#include <scx/vtime_clock.bpf.h>

/* the built-in DSQs take no vtime, so the queue is one of our own */
#define QUEUE_DSQ 0

/* sum_exec_runtime of the task on each CPU up to which it has paid */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, u32);
	__type(value, u64);
	__uint(max_entries, 1);
} paid_until SEC(".maps");

/*
 * The slot of the CPU @p is on. It need not be this one: the kernel stops and
 * restarts a running task from elsewhere to change its properties.
 */
static inline u64 *paid_until_of(const struct task_struct *p)
{
	u32 zero = 0;

	return bpf_map_lookup_percpu_elem(&paid_until, &zero, scx_bpf_task_cpu(p));
}

/* For ops.running(): @p runs from here on at its present vtime. */
static inline void queue_begin_run(const struct task_struct *p)
{
	u64 *paid = paid_until_of(p);

	if (paid)
		*paid = p->se.sum_exec_runtime;
	vtime_advance(p->scx.dsq_vtime);
}

/* The vtime of @p, which is running, once it has paid for the time since queue_begin_run(). */
static inline u64 queue_vtime_after_run(const struct task_struct *p, u64 slice_ns)
{
	u64 turn = vtime_turn(slice_ns, p->scx.weight);
	const u64 *paid = paid_until_of(p);
	u64 used = paid ? p->se.sum_exec_runtime - *paid : 0;

	used = vtime_charge(used, turn, p->scx.slice);
	return p->scx.dsq_vtime + vtime_cost(used, p->scx.weight);
}

/* For ops.stopping(). */
static inline void queue_end_run(struct task_struct *p, u64 slice_ns)
{
	scx_bpf_task_set_dsq_vtime(p, queue_vtime_after_run(p, slice_ns));
}

/* Of the task ops.dispatch() is called with: it would go on if it had a slice. */
static inline bool queue_is_runnable(const struct task_struct *prev)
{
	return prev && prev->scx.flags & scx_value(scx_ent_flags, SCX_TASK_QUEUED);
}

/*
 * For ops.dispatch(): gives @prev, which is runnable and whose slice is over, another one if its
 * vtime is still before *@first, that of the task whose turn it would be; NULL if nobody waits.
 */
static inline bool queue_keep(struct task_struct *prev, const u64 *first, u64 slice_ns)
{
	u64 vtime;

	if (first)
		vtime = vtime_admit(queue_vtime_after_run(prev, slice_ns), slice_ns);
	else
		vtime = vtime_admit_alone(prev->scx.dsq_vtime, slice_ns);
	if (first && !vtime_before(vtime, *first))
		return false;
	scx_bpf_task_set_dsq_vtime(prev, vtime);
	scx_bpf_task_set_slice(prev, vtime_turn(slice_ns, prev->scx.weight));
	queue_begin_run(prev);
	return true;
}

/* The same for whoever may come to ops.dispatch(), if there is no other queue. */
static inline bool queue_goes_on(s32 cpu, struct task_struct *prev, u64 slice_ns)
{
	u64 first;

	if (!queue_is_runnable(prev))
		return false;
	return queue_keep(prev, dsq_first_vtime(QUEUE_DSQ, cpu, &first) ? &first : NULL, slice_ns);
}

/* @p goes to the local DSQ @dsq_id of an idle CPU. */
static inline void queue_pass_to(u64 dsq_id, struct task_struct *p, u64 slice_ns, u64 enq_flags)
{
	scx_bpf_task_set_dsq_vtime(p, vtime_admit_alone(p->scx.dsq_vtime, slice_ns));
	scx_bpf_dsq_insert(p, dsq_id, vtime_turn(slice_ns, p->scx.weight), enq_flags);
}

/* For ops.select_cpu(): to that of the CPU it returns, which is idle. */
static inline void queue_pass(struct task_struct *p, u64 slice_ns)
{
	queue_pass_to(scx_value(scx_dsq_id_flags, SCX_DSQ_LOCAL), p, slice_ns, 0);
}

/* @p waits in @dsq_id, a DSQ like QUEUE_DSQ. */
static inline void queue_insert_to(u64 dsq_id, struct task_struct *p, u64 slice_ns, u64 enq_flags)
{
	scx_bpf_dsq_insert_vtime(p, dsq_id, vtime_turn(slice_ns, p->scx.weight),
				 vtime_admit(p->scx.dsq_vtime, slice_ns), enq_flags);
}

/* For ops.enqueue(). */
static inline void queue_insert(struct task_struct *p, u64 slice_ns, u64 enq_flags)
{
	queue_insert_to(QUEUE_DSQ, p, slice_ns, enq_flags);
}

/* For ops.init(). */
static inline s32 queue_init(void)
{
	return scx_bpf_create_dsq(QUEUE_DSQ, NUMA_NO_NODE);
}
