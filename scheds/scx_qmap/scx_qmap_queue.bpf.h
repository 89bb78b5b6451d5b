/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The queues: rings of pids in BPF memory, and what makes a pid in one of them safe.
 *
 * The kernel may take a waiting task out of our hands at any time without touching the queues; it
 * may exit, and its pid go to another; or it may soon wait again, in a second entry. So an entry
 * says nothing by itself. Each has a ticket, its level and its position ever since the beginning,
 * and the task holds the ticket of the one entry that counts. Who draws an entry has to take this
 * ticket from the task, which only one can; where it is gone, the entry is stale and skipped. What
 * happens to the task between that and its insertion into a DSQ is the kernel's business: an
 * insertion that comes too late is ignored there, and the task has been enqueued again.
 *
 * Nothing is ever searched: an entry is written once and drawn once.
 */
#pragma once

#define NR_LEVELS 5
#define QUEUE_SIZE 4096 /* a power of two */

#define NO_TICKET (~0ULL)

struct queue {
	struct bpf_spin_lock lock;
	u64 first;   /* position of the entry that is drawn next */
	u64 end;     /* position of the entry that is written next */
	u64 running; /* position of the latest task that has begun to run */
	s32 pids[QUEUE_SIZE];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, u32);
	__type(value, struct queue);
	__uint(max_entries, NR_LEVELS);
} queues SEC(".maps");

struct task_ctx {
	u64 ticket;     /* of the entry that stands for the task, or NO_TICKET */
	u64 position;   /* in the queue of its level, also of a task that did not have to wait */
	u64 paid_until; /* sum_exec_runtime up to which its level has been charged */
	u32 level;
	bool is_picked; /* ops.select_cpu() found an idle CPU for it */
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct task_ctx);
} tasks SEC(".maps");

/* NULL for a task that has not been through ops.init_task(). */
static struct task_ctx *task_ctx_of(struct task_struct *p)
{
	return bpf_task_storage_get(&tasks, p, NULL, 0);
}

static struct queue *queue_of(u32 level)
{
	return bpf_map_lookup_elem(&queues, &level);
}

static u64 ticket_of(u32 level, u64 position)
{
	return position * NR_LEVELS + level;
}

/* Takes back the ticket of a task: it is in no queue from here on. True if it was in one. */
static bool leave_queue(struct task_ctx *task)
{
	if (__sync_lock_test_and_set(&task->ticket, NO_TICKET) == NO_TICKET)
		return false;
	stat_add(QMAP_DELTA, -1);
	return true;
}

/* Puts @p at the end of the queue of task->level; false if that is full. */
static bool queue_push(struct task_ctx *task, const struct task_struct *p)
{
	struct queue *q = queue_of(task->level);
	bool pushed = false;
	s32 pid = p->pid;

	if (!q)
		return false;
	bpf_spin_lock(&q->lock);
	if (q->end - q->first < QUEUE_SIZE) {
		/* the ticket comes first: the entry can be drawn as soon as the lock is free */
		task->ticket = ticket_of(task->level, q->end);
		task->position = q->end;
		q->pids[q->end % QUEUE_SIZE] = pid;
		q->end++;
		pushed = true;
	}
	bpf_spin_unlock(&q->lock);
	if (pushed)
		stat_add(QMAP_DELTA, 1);
	return pushed;
}

/* Takes the first entry out; its position and pid, or false if there is none. */
static bool queue_pop(struct queue *q, u64 *ret_position, s32 *ret_pid)
{
	bool popped = false;
	s32 pid = 0;
	u64 position;

	bpf_spin_lock(&q->lock);
	position = q->first;
	if (position != q->end) {
		pid = q->pids[position % QUEUE_SIZE];
		q->first++;
		popped = true;
	}
	bpf_spin_unlock(&q->lock);
	*ret_position = position;
	*ret_pid = pid;
	return popped;
}

/* Takes @ticket from @p: from here on it is ours to dispatch. */
static bool take_ticket(struct task_struct *p, u64 ticket)
{
	struct task_ctx *task = task_ctx_of(p);

	if (!task || __sync_val_compare_and_swap(&task->ticket, ticket, NO_TICKET) != ticket)
		return false;
	stat_add(QMAP_DELTA, -1);
	return true;
}

/* The first task that waits in the queue of @level, to be released; NULL if there is none. */
static struct task_struct *queue_draw(u32 level)
{
	struct queue *q = queue_of(level);
	u64 position;
	s32 pid;

	if (!q)
		return NULL;
	bpf_repeat(QUEUE_SIZE) {
		struct task_struct *p;

		if (!queue_pop(q, &position, &pid))
			return NULL;
		p = bpf_task_from_pid(pid);
		if (p && take_ticket(p, ticket_of(level, position)))
			return p;
		if (p)
			bpf_task_release(p);
		stat_inc(QMAP_STALE);
	}
	return NULL;
}
