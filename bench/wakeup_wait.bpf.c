// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long tasks wait for a CPU when they wake up: from the waking to the switch to them.
 *
 * Only tasks that have a record, and the name that is wanted, count. User space gives one to the
 * process it is about to execute, and every task that one of them makes gets one, too. The wait
 * begins with sched_waking, which is where a scheduler begins to look for a CPU, and ends with the
 * sched_switch that has the task as the next one. Who loses its CPU without sleeping waits as
 * well, but for its turn, and does not count here.
 *
 * A task can be woken before it has slept, while it still runs on its way to sleep. If it goes on
 * to run, the waking is forgotten when it loses the CPU; if it has just given up the CPU, the
 * waking comes before the switch to the task after it and must last. What it does at that
 * switch, sleep or be preempted, tells them apart.
 */
#include <scx/kernel.bpf.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include <scx/storage.bpf.h>

#include "bench/wakeup_wait_map.h"

char _license[] SEC("license") = "GPL";

const volatile char name[sizeof(((struct task_struct *)0)->comm)]; /* "": of any */

struct task_record {
	u64 woken_at; /* ns; 0: it does not wait after a waking */
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct task_record);
} tasks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, WAKEUP_WAIT_BUCKETS);
	__type(key, u32);
	__type(value, u64);
} waits SEC(".maps");

static struct task_record *record_of(struct task_struct *p)
{
	return bpf_task_storage_get(&tasks, p, NULL, 0);
}

static void count(u64 wait_ns)
{
	u32 bucket = bucket_of(wait_ns < WAKEUP_WAIT_MAX_NS ? wait_ns : WAKEUP_WAIT_MAX_NS);
	u64 *nr = bpf_map_lookup_elem(&waits, &bucket);

	if (nr)
		(*nr)++;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(follow_child, struct task_struct *parent, struct task_struct *child)
{
	if (record_of(parent))
		task_storage_new(&tasks, child, NULL);
	return 0;
}

static bool is_wanted(const struct task_struct *p)
{
	char comm[sizeof(name)];

	if (!name[0])
		return true;
	bpf_probe_read_kernel_str(comm, sizeof(comm), p->comm);
	return bpf_strncmp(comm, sizeof(comm), (const char *)name) == 0;
}

SEC("tp_btf/sched_waking")
int BPF_PROG(begin_wait, struct task_struct *p)
{
	struct task_record *record = record_of(p);

	if (record && is_wanted(p))
		record->woken_at = bpf_ktime_get_ns();
	return 0;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(end_wait, bool is_preempted, struct task_struct *prev, struct task_struct *next,
	     u32 prev_state)
{
	struct task_record *record = record_of(prev);

	if (record && (is_preempted || prev_state == 0))
		record->woken_at = 0;
	record = record_of(next);
	if (record && record->woken_at) {
		count(bpf_ktime_get_ns() - record->woken_at);
		record->woken_at = 0;
	}
	return 0;
}
