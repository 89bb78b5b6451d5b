/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Faults on purpose. What is not asked for costs nothing: conf is constant to the verifier, which
 * drops the rest.
 */
#pragma once

#define NO_SUCH_DSQ 0xdead
#define KTHREADD_PID 2

/* over all CPUs */
static u64 nr_enqueues, nr_user_enqueues, nr_kernel_enqueues, nr_dispatches;

static u64 count(u64 *counter)
{
	return __sync_fetch_and_add(counter, 1) + 1;
}

/* @p is one of those that are left lying: neither queued nor inserted into a DSQ. */
static bool is_dropped(const struct task_struct *p)
{
	if (p->flags & PF_KTHREAD)
		return conf.drop_kernel && count(&nr_kernel_enqueues) % conf.drop_kernel == 0;
	return conf.drop_user && count(&nr_user_enqueues) % conf.drop_user == 0;
}

/* The enqueue of @p is the one at which --end is due. */
static bool is_end_due(const struct task_struct *p)
{
	if (conf.end == QMAP_END_NONE || conf.end == QMAP_END_INIT)
		return false;
	/* without some kernel threads nobody could see the stall */
	if (conf.end == QMAP_END_STALL && (p->flags & PF_KTHREAD))
		return false;
	return count(&nr_enqueues) == conf.end_after;
}

/* Does what --end asks for, from ops.enqueue(); true if nothing must happen to @p any more. */
static bool end_with(struct task_struct *p)
{
	switch (conf.end) {
	case QMAP_END_ERROR:
		scx_bpf_error("error on purpose after %llu enqueues", conf.end_after);
		return false;
	case QMAP_END_EXIT:
		scx_bpf_exit(0, "exit on purpose after %llu enqueues", conf.end_after);
		return false;
	case QMAP_END_RESTART:
		scx_bpf_exit(scx_value(scx_exit_code, SCX_ECODE_ACT_RESTART),
			     "restart on purpose after %llu enqueues", conf.end_after);
		return false;
	case QMAP_END_NO_DSQ:
		scx_bpf_dsq_insert(p, NO_SUCH_DSQ, conf.slice_ns, 0);
		return true;
	case QMAP_END_NO_CPU:
		scx_bpf_kick_cpu(-1, 0);
		return false;
	}
	return true;
}

static bool is_looping(void)
{
	return conf.loop_after && count(&nr_dispatches) > conf.loop_after;
}

/* Keeps the kernel busy: it asks for another task as long as it is given one, if only in vain. */
static void dispatch_in_vain(void)
{
	struct task_struct *p = bpf_task_from_pid(KTHREADD_PID);

	if (!p)
		return;
	scx_bpf_dsq_insert(p, scx_value(scx_dsq_id_flags, SCX_DSQ_LOCAL), conf.slice_ns, 0);
	bpf_task_release(p);
}
