// SPDX-License-Identifier: GPL-2.0-only
#include <stdbool.h>

#include <scx/vtime.h>

#include "policy.h"

/* Its vtime once it has paid; a task that slept is at most one slice behind the clock then. */
static uint64_t vtime_of(const struct policy *p, const struct userland_waiting *w)
{
	uint64_t now = __atomic_load_n(&p->shared->vtime_now, __ATOMIC_RELAXED);
	uint64_t earliest = now - USERLAND_SLICE_NS;
	uint64_t vtime = w->vtime + vtime_cost(w->used, w->weight);

	return vtime_before(vtime, earliest) ? earliest : vtime;
}

int policy_take(struct policy *p, const struct userland_waiting *w)
{
	if (w->pid == 0)
		return 0;
	p->nr_received++;
	/* BPF hands over no more than there is room for */
	return task_queue_push(p->queue, vtime_of(p, w), w->pid, w->seq);
}

static bool has_room(const struct policy *p)
{
	uint64_t ready = __atomic_load_n(&p->shared->ready, __ATOMIC_SEQ_CST);
	uint64_t taken = __atomic_load_n(&p->shared->taken, __ATOMIC_SEQ_CST);

	return ready + (p->nr_sent - taken) < p->batch;
}

static void send_due(struct policy *p)
{
	const struct queued_task *task;

	while ((task = task_queue_first(p->queue)) && has_room(p)) {
		const struct userland_ready r = {
			.vtime = task->key,
			.seq = task->seq,
			.pid = task->pid,
		};

		if (transport_send(p->transport, &r, sizeof(r)) < 0) {
			p->nr_delayed++;
			return;
		}
		p->nr_sent++;
		task_queue_pop(p->queue);
	}
}

void policy_act(struct policy *p)
{
	p->nr_rounds++;
	__atomic_store_n(&p->shared->asked, 0, __ATOMIC_SEQ_CST);
	/*
	 * Twice: a CPU that takes the last of those who are ready before it can see that more are
	 * held does not ask for them, so there may be room again.
	 */
	for (int i = 0; i < 2; i++) {
		send_due(p);
		__atomic_store_n(&p->shared->held, task_queue_len(p->queue), __ATOMIC_SEQ_CST);
	}
}
