// SPDX-License-Identifier: GPL-2.0-only
/*
 * scx_sdt: what is kept of each task lies in a BPF arena.
 *
 * A scheduler has to remember something of every task: here how often it has woken up and
 * waited. The usual places are task-local storage, which user space cannot read while it
 * changes, and maps, which have to be given their size beforehand. An arena is memory of both:
 * the BPF side follows pointers in it, user space has it mapped and walks all records whenever it
 * likes. The statistics therefore include the tasks that live; what is left of those that are
 * gone is added up as they go.
 *
 * A task gets its record when it is made and gives it back when it is gone. Task-local storage
 * has nothing but the record's name. Example: a page of 4 KiB makes 102 records of 40 bytes.
 * A machine with 150 tasks has two pages, 8 KiB. A build starts 500 more: 7 pages. After
 * it the 7 pages stay, with 500 more records on the list of free ones, and the next build
 * takes no new page.
 *
 * If there is no memory for a record, the fork fails with ENOMEM, as it does when anything
 * else a task needs cannot be had; the scheduler goes on. Only a scheduler that cannot give a
 * record to each of the tasks it finds when it starts does not start.
 *
 * The policy on top is that of scx_simple: a waking task goes straight to an idle CPU, all
 * others wait in the queue of scx/vtime_queue.bpf.h; in FIFO mode in the order they came, with
 * no regard to weights.
 *
 * Good for: a look at arenas; as a test of the allocator in scx/arena.bpf.h, which the
 * schedulers with much to remember use.
 * Bad at: what scx_simple is bad at, for it does the same at a higher price per task.
 */
#include <scx/common.bpf.h>

#include <scx/arena.bpf.h>
#include <scx/storage.bpf.h>
#include <scx/vtime_queue.bpf.h>

#include "scx_sdt.h"

char _license[] SEC("license") = "GPL";

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

static struct sdt_task *record_of(struct task_struct *p)
{
	u32 *name = bpf_task_storage_get(&records, p, NULL, 0);

	if (name && *name)
		return arena_record(*name);
	scx_bpf_error("task %d has no record", p->pid);
	return NULL;
}

s32 SCX_OP(sdt_select_cpu, struct task_struct *p, s32 prev_cpu, u64 wake_flags)
{
	struct sdt_task *t = record_of(p);
	bool is_idle = false;
	s32 cpu = scx_bpf_select_cpu_dfl(p, prev_cpu, wake_flags, &is_idle);

	if (!t)
		return cpu;
	if (!is_idle) {
		t->nr_busy++;
		return cpu;
	}
	t->nr_idle++;
	if (conf.fifo)
		scx_bpf_dsq_insert(p, scx_value(scx_dsq_id_flags, SCX_DSQ_LOCAL), SLICE_NS, 0);
	else
		queue_pass(p, SLICE_NS);
	return cpu;
}

void SCX_OP(sdt_enqueue, struct task_struct *p, u64 enq_flags)
{
	struct sdt_task *t = record_of(p);

	if (!t)
		return;
	t->nr_enqueues++;
	if (conf.fifo)
		scx_bpf_dsq_insert(p, QUEUE_DSQ, SLICE_NS, enq_flags);
	else
		queue_insert(p, SLICE_NS, enq_flags);
}

void SCX_OP(sdt_dispatch, s32 cpu, struct task_struct *prev)
{
	/* if nothing is moved, the kernel lets @prev run on */
	if (conf.fifo || !queue_goes_on(cpu, prev, SLICE_NS))
		scx_bpf_dsq_move_to_local(QUEUE_DSQ, 0);
}

void SCX_OP(sdt_running, struct task_struct *p)
{
	if (!conf.fifo)
		queue_begin_run(p);
}

void SCX_OP(sdt_stopping, struct task_struct *p, bool runnable)
{
	if (!conf.fifo)
		queue_end_run(p, SLICE_NS);
}

void SCX_OP(sdt_enable, struct task_struct *p)
{
	vtime_enable(p);
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
	scx_bpf_dump("record %llu: enqueues=%llu idle=%llu busy=%llu", t->seq, t->nr_enqueues,
		     t->nr_idle, t->nr_busy);
}

s32 SCX_OP_SLEEPABLE(sdt_init)
{
	s32 r = arena_init(sizeof(struct sdt_task));

	return r ?: queue_init();
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
