/* SPDX-License-Identifier: GPL-2.0-only */
/* What the process of scx_userland decides; it has no eyes and hands but these functions. */
#pragma once

#include "scx_userland.h"
#include "task_queue.h"
#include "transport.h"

struct policy {
	uint64_t batch; /* tasks on their way or ready in the kernel, at most */
	struct userland_shared *shared;
	struct transport *transport;
	struct task_queue *queue;
	uint64_t nr_received, nr_sent, nr_delayed, nr_rounds;
};

/* A task wants a CPU, or (pid 0) the kernel wants tasks. 0 or a negative errno. */
int policy_take(struct policy *p, const struct userland_waiting *w);

/* Sends those whose turn it is, as long as there is room for them in the kernel. */
void policy_act(struct policy *p);
