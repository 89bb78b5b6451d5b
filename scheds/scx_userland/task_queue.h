/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tasks in the order in which they are to run: by a key, which may wrap around, and those of
 * equal keys as they came. All memory is there from the beginning.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "lib/util.h"

struct queued_task {
	uint64_t key; /* e.g. a vtime; the keys in a queue are less than 2^63 apart */
	uint64_t order;
	uint64_t seq; /* of the scheduler's own use */
	uint32_t pid;
};

struct task_queue;

/* Room for @capacity tasks. 0 or -ENOMEM. */
int task_queue_new(size_t capacity, struct task_queue **ret);
struct task_queue *task_queue_free(struct task_queue *q);
DEFINE_CLEANUP(struct task_queue *, task_queue_free);

size_t task_queue_len(const struct task_queue *q);

/* 0, or -ENOBUFS if there is no room. */
int task_queue_push(struct task_queue *q, uint64_t key, uint32_t pid, uint64_t seq);

/* Whose turn it is, NULL if there is nobody; valid until the next push or pop. */
const struct queued_task *task_queue_first(const struct task_queue *q);

/* Takes away the first, if there is one. */
void task_queue_pop(struct task_queue *q);
