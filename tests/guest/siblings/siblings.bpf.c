// SPDX-License-Identifier: GPL-2.0-only
/* Notes whom each CPU goes to, whatever scheduler chose it. */
#include <scx/kernel.bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "siblings.h"

char _license[] SEC("license") = "GPL";

SCX_KERNEL_TYPES_BEGIN

struct cgroup_subsys_state {
	struct cgroup *cgroup;
};

struct task_group {
	struct cgroup_subsys_state css;
};

/* what a task is to the controller "cpu", and so to a scheduler */
struct task_struct___siblings {
	struct task_group *sched_task_group;
};

SCX_KERNEL_TYPES_END

#define ROOT_CGROUP 1

/* enough for 15 s of four CPUs that switch 4000 times a second each */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 << 20);
} events SEC(".maps");

u64 nr_lost;

static u64 cgroup_of(struct task_struct *p)
{
	struct task_struct___siblings *task = (void *)p;

	return task->sched_task_group->css.cgroup->kn->id;
}

static enum occupant occupant_of(const struct task_struct *p, u64 cgroup)
{
	if (!p->pid)
		return IDLE;
	if ((p->flags & PF_KTHREAD) && cgroup == ROOT_CGROUP)
		return KERNEL_THREAD;
	if (p->policy == SCHED_FIFO || p->policy == SCHED_RR || p->policy == SCHED_DEADLINE)
		return REALTIME;
	return MEMBER;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(siblings_switch, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	struct switch_event event = {
		.ns = bpf_ktime_get_ns(),
		.cpu = bpf_get_smp_processor_id(),
		.cgroup = cgroup_of(next),
	};

	event.occupant = occupant_of(next, event.cgroup);
	if (bpf_ringbuf_output(&events, &event, sizeof(event), BPF_RB_NO_WAKEUP))
		__sync_fetch_and_add(&nr_lost, 1);
	return 0;
}
