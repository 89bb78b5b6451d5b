// SPDX-License-Identifier: GPL-2.0-only
/* A binary heap: the children of i are 2i + 1 and 2i + 2, and none comes before its parent. */
#include <stdbool.h>

#include <scx/vtime.h>

#include "task_queue.h"

struct task_queue {
	size_t capacity;
	size_t len;
	uint64_t nr_pushed;
	struct queued_task heap[];
};

int task_queue_new(size_t capacity, struct task_queue **ret)
{
	struct task_queue *q = calloc(1, sizeof(*q) + capacity * sizeof(q->heap[0]));

	if (!q)
		return -ENOMEM;
	q->capacity = capacity;
	*ret = q;
	return 0;
}

struct task_queue *task_queue_free(struct task_queue *q)
{
	free(q);
	return NULL;
}

size_t task_queue_len(const struct task_queue *q)
{
	return q->len;
}

static bool comes_before(const struct queued_task *a, const struct queued_task *b)
{
	return a->key == b->key ? a->order < b->order : vtime_before(a->key, b->key);
}

int task_queue_push(struct task_queue *q, uint64_t key, uint32_t pid, uint64_t seq)
{
	const struct queued_task task = {key, q->nr_pushed, seq, pid};
	size_t i = q->len, parent;

	if (q->len == q->capacity)
		return -ENOBUFS;
	q->nr_pushed++;
	q->len++;
	/* those it comes before move down, until its place is found */
	for (; i > 0; i = parent) {
		parent = (i - 1) / 2;
		if (!comes_before(&task, &q->heap[parent]))
			break;
		q->heap[i] = q->heap[parent];
	}
	q->heap[i] = task;
	return 0;
}

const struct queued_task *task_queue_first(const struct task_queue *q)
{
	return q->len > 0 ? &q->heap[0] : NULL;
}

/* The child of @i that comes first; q->len if it has none. */
static size_t first_child(const struct task_queue *q, size_t i)
{
	size_t child = 2 * i + 1;

	if (child >= q->len)
		return q->len;
	if (child + 1 < q->len && comes_before(&q->heap[child + 1], &q->heap[child]))
		child++;
	return child;
}

void task_queue_pop(struct task_queue *q)
{
	struct queued_task last;
	size_t i = 0, child;

	if (q->len == 0)
		return;
	/* the last one fills the gap: those that come before it move up */
	last = q->heap[--q->len];
	for (; (child = first_child(q, i)) < q->len; i = child) {
		if (!comes_before(&q->heap[child], &last))
			break;
		q->heap[i] = q->heap[child];
	}
	q->heap[i] = last;
}
