// SPDX-License-Identifier: GPL-2.0-only
/*
 * scx_sdt: what is kept of each task lies in a BPF arena.
 *
 * A scheduler has to remember something of every task: here how much CPU it has had, and how
 * often it has woken up and waited. The usual places are task-local storage, which user space
 * cannot read while it changes, and maps, which have to be given their size beforehand. An arena
 * is memory of both: the BPF side follows pointers in it, user space has it mapped and walks
 * all records whenever it likes. The statistics therefore include the tasks that live; what
 * is left of those that are gone is added up as they go.
 *
 * A task gets its record when it is made and gives it back when it is gone. Task-local storage
 * has nothing but the record's name. Example: a page of 4 KiB makes 64 records of 64 bytes.
 * A machine with 150 tasks has three pages, 12 KiB. A build starts 500 more: 11 pages. After
 * it the 11 pages stay, with 500 more records on the list of free ones, and the next build
 * takes no new page.
 *
 * If there is no memory for a record, the fork fails with ENOMEM, as it does when anything
 * else a task needs cannot be had; the scheduler goes on. Only a scheduler that cannot give a
 * record to each of the tasks it finds when it starts does not start.
 *
 * The policy on top is that of scx_simple: a waking task goes straight to an idle CPU, all
 * others wait in one queue ordered by vtime, the CPU time they have had divided by their
 * weight. A task whose slice is over goes on if it is still behind the first who waits. A
 * task that slept is let in at most one slice behind the clock, which is the vtime of the
 * task that started last. With a record that is simple: nothing has to be looked up by CPU, as
 * all that a task's charge is made of is in one place. In FIFO mode tasks wait in the order
 * they came, with no regard to weights.
 *
 * Good for: a look at arenas; as a test of the allocator in scx/arena.bpf.h, which the
 * schedulers with much to remember use.
 * Bad at: what scx_simple is bad at, for it does the same at a higher price per task.
 */
#include <scx/common.bpf.h>

#include <scx/arena.bpf.h>
#include <scx/dsq.bpf.h>
#include <scx/storage.bpf.h>

#include "scx_sdt.h"

char _license[] SEC("license") = "GPL";

#define GLOBAL_DSQ 0
#define SLICE_NS scx_value(scx_public_consts, SCX_SLICE_DFL)

SCX_CONF(scx_sdt_conf) = {
	.max_tasks = SDT_TASKS_MAX,
};

/* Task -> name of its record in the arena, 0: none any more. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, u32);
} records SEC(".maps");

static u64 nr_tasks; /* that have a record */
static u64 last_seq;

/* Written without a lock, as in scx_simple: what one CPU sets back, the next start makes up. */
static u64 vtime_now;

static struct sdt_task *record_of(struct task_struct *p)
{
	u32 *name = bpf_task_storage_get(&records, p, NULL, 0);

	if (name && *name)
		return arena_record(*name);
	scx_bpf_error("task %d has no record", p->pid);
	return NULL;
}

/* @vtime, but no further behind the clock than a slice. */
static u64 recent(u64 vtime)
{
	u64 earliest = vtime_now - SLICE_NS;

	return vtime_before(vtime, earliest) ? earliest : vtime;
}

static void begin_run(struct task_struct *p, struct sdt_task *t)
{
	t->started_at = p->se.sum_exec_runtime;
	t->granted = p->scx.slice;
	if (vtime_before(vtime_now, t->vtime))
		vtime_now = t->vtime;
}

/* The vtime of @p, which is running, once it has paid for the time since begin_run(). */
static u64 vtime_after_run(const struct task_struct *p, const struct sdt_task *t)
{
	u64 used = p->se.sum_exec_runtime - t->started_at;

	/* nothing left though less was used: sched_yield() took the rest */
	if (!p->scx.slice && used < t->granted)
		used = t->granted;
	return t->vtime + vtime_cost(used, p->scx.weight);
}

/* Gives @prev, whose slice is over, another one if it is still first in line. */
static bool goes_on(s32 cpu, struct task_struct *prev)
{
	struct sdt_task *t;
	u64 vtime, first;

	if (conf.fifo || !prev || !(prev->scx.flags & scx_value(scx_ent_flags, SCX_TASK_QUEUED)))
		return false;
	t = record_of(prev);
	if (!t)
		return false;
	vtime = vtime_after_run(prev, t);
	if (dsq_first_vtime(GLOBAL_DSQ, cpu, &first) && !vtime_before(vtime, first))
		return false;
	t->vtime = vtime;
	scx_bpf_task_set_slice(prev, SLICE_NS);
	begin_run(prev, t);
	return true;
}

s32 SCX_OP(sdt_select_cpu, struct task_struct *p, s32 prev_cpu, u64 wake_flags)
{
	struct sdt_task *t = record_of(p);
	bool is_idle = false;
	s32 cpu = scx_bpf_select_cpu_dfl(p, prev_cpu, wake_flags, &is_idle);

	if (!t)
		return cpu;
	if (is_idle) {
		t->nr_idle++;
		scx_bpf_dsq_insert(p, scx_value(scx_dsq_id_flags, SCX_DSQ_LOCAL), SLICE_NS, 0);
	} else {
		t->nr_busy++;
	}
	return cpu;
}

void SCX_OP(sdt_enqueue, struct task_struct *p, u64 enq_flags)
{
	struct sdt_task *t = record_of(p);

	if (!t)
		return;
	t->nr_enqueues++;
	if (conf.fifo)
		scx_bpf_dsq_insert(p, GLOBAL_DSQ, SLICE_NS, enq_flags);
	else
		scx_bpf_dsq_insert_vtime(p, GLOBAL_DSQ, SLICE_NS, recent(t->vtime), enq_flags);
}

void SCX_OP(sdt_dispatch, s32 cpu, struct task_struct *prev)
{
	/* if nothing is moved, the kernel lets @prev run on */
	if (!goes_on(cpu, prev))
		scx_bpf_dsq_move_to_local(GLOBAL_DSQ, 0);
}

void SCX_OP(sdt_running, struct task_struct *p)
{
	struct sdt_task *t = conf.fifo ? NULL : record_of(p);

	if (!t)
		return;
	t->vtime = recent(t->vtime);
	begin_run(p, t);
}

void SCX_OP(sdt_stopping, struct task_struct *p, bool runnable)
{
	struct sdt_task *t = conf.fifo ? NULL : record_of(p);

	if (t)
		t->vtime = vtime_after_run(p, t);
}

void SCX_OP(sdt_enable, struct task_struct *p)
{
	struct sdt_task *t = record_of(p);

	if (t)
		t->vtime = vtime_now;
}

/* A record in @name for @p. 0 or -ENOMEM. */
static s32 give_record(struct task_struct *p, u32 *name)
{
	struct sdt_task *t;

	if (__sync_fetch_and_add(&nr_tasks, 1) < conf.max_tasks)
		*name = arena_alloc(sizeof(*t));
	if (!*name) {
		__sync_fetch_and_sub(&nr_tasks, 1);
		return -ENOMEM;
	}
	t = arena_record(*name);
	*t = (struct sdt_task){.seq = __sync_fetch_and_add(&last_seq, 1) + 1, .pid = p->pid};
	return 0;
}

s32 SCX_OP_SLEEPABLE(sdt_init_task, struct task_struct *p, struct scx_init_task_args *args)
{
	u32 *name = task_storage_new(&records, p, NULL);

	if (name && give_record(p, name) == 0) {
		stat_inc(SDT_INITS);
		return 0;
	}
	stat_inc(SDT_FAILS);
	/* a fork just fails, but without a record for each task there is no start */
	if (!args->fork)
		scx_bpf_error("no record for task %d: no memory, or more tasks than %llu", p->pid,
			      conf.max_tasks);
	return -ENOMEM;
}

void SCX_OP(sdt_exit_task, struct task_struct *p, struct scx_exit_task_args *args)
{
	u32 *name = bpf_task_storage_get(&records, p, NULL, 0);
	struct sdt_task *t;

	/* a task that did not get a record has none to give back */
	if (!name || !*name)
		return;
	t = arena_record(*name);
	stat_inc(SDT_EXITS);
	/* user space adds up what lives after what is gone: it may miss a task, not see it twice */
	stat_add(SDT_ENQUEUES, t->nr_enqueues);
	stat_add(SDT_SELECT_IDLE, t->nr_idle);
	stat_add(SDT_SELECT_BUSY, t->nr_busy);
	t->pid = 0;
	arena_free(*name);
	*name = 0;
	__sync_fetch_and_sub(&nr_tasks, 1);
}

void SCX_OP(sdt_dump_task, struct scx_dump_ctx *dump, struct task_struct *p)
{
	u32 *name = bpf_task_storage_get(&records, p, NULL, 0);
	struct sdt_task *t;

	if (!name || !*name)
		return;
	t = arena_record(*name);
	scx_bpf_dump("record %llu: vtime=%llu enqueues=%llu idle=%llu busy=%llu", t->seq, t->vtime,
		     t->nr_enqueues, t->nr_idle, t->nr_busy);
}

s32 SCX_OP_SLEEPABLE(sdt_init)
{
	s32 r = arena_init(sizeof(struct sdt_task));

	return r ?: scx_bpf_create_dsq(GLOBAL_DSQ, NUMA_NO_NODE);
}

void SCX_OP(sdt_exit, struct scx_exit_info *info)
{
	scx_report_exit(info);
}

SEC(".struct_ops.link")
struct sched_ext_ops sdt_ops = {
	.select_cpu = (void *)sdt_select_cpu,
	.enqueue = (void *)sdt_enqueue,
	.dispatch = (void *)sdt_dispatch,
	.running = (void *)sdt_running,
	.stopping = (void *)sdt_stopping,
	.enable = (void *)sdt_enable,
	.init_task = (void *)sdt_init_task,
	.exit_task = (void *)sdt_exit_task,
	.dump_task = (void *)sdt_dump_task,
	.init = (void *)sdt_init,
	.exit = (void *)sdt_exit,
	.name = "sdt",
};
