// SPDX-License-Identifier: GPL-2.0-only
/*
 * A hog looks at the clock after each chunk of its work, which is short beside a slice and long
 * beside reading the clock. A chunk counts if it began in the window; what is miscounted at the
 * ends is at most a chunk each.
 */
#include "lib/log.h"

#include "bench/spin.h"
#include "bench/workloads/clock.h"
#include "bench/workloads/definitions.h"
#include "bench/workloads/hogs.h"
#include "bench/workloads/results.h"

#define CHUNK_US 100

int hogs_init(struct hogs *h, unsigned nr, double spin_per_us)
{
	*h = (struct hogs){.nr = nr, .spin_per_us = spin_per_us};
	if (nr == 0)
		return 0;
	h->hogs = shared_new(nr * sizeof(*h->hogs));
	if (!h->hogs)
		return log_errno(-ENOMEM, "cannot make %u hogs: %m", nr);
	for (unsigned i = 0; i < nr; i++) {
		h->hogs[i].chunk = (uint64_t)(CHUNK_US * spin_per_us) ?: 1;
		h->hogs[i].chunk_ns = CHUNK_US * NS_PER_US;
	}
	return 0;
}

void hogs_finish(struct hogs *h)
{
	shared_free(h->hogs, h->nr * sizeof(*h->hogs));
}

/*
 * The hog got from @last to @now, and cannot have had the CPU for longer than a chunk of that.
 * The first @last is when it should have begun, so that one that is never let run shows, too.
 */
static void hog_note_gap(struct hog *h, const struct window *w, uint64_t last, uint64_t now)
{
	uint64_t from = last > w->begin ? last : w->begin;

	if (from < w->end && now > from + h->chunk_ns + h->gap_ns)
		h->gap_ns = now - from - h->chunk_ns;
}

static int hog_main(void *arg, const struct window *w)
{
	struct hog *h = arg;
	uint64_t turns = 0, last = h->delay_ns > 0 ? w->begin + h->delay_ns : w->open;

	sleep_until_ns(last);
	while (last < w->end || !window_is_over(w)) {
		uint64_t now;

		spin(h->chunk);
		now = clock_ns();
		if (window_has(w, last))
			turns += h->chunk;
		hog_note_gap(h, w, last, now);
		last = now;
	}
	h->turns = turns;
	return 0;
}

pid_t hogs_add_one(struct hogs *h, unsigned i, struct crew *c)
{
	return crew_add_process(c, "hog", hog_main, &h->hogs[i]);
}

int hogs_add(struct hogs *h, struct crew *c, uint64_t delay_ns)
{
	pid_t pid;

	for (unsigned i = 0; i < h->nr; i++) {
		h->hogs[i].delay_ns = delay_ns;
		pid = hogs_add_one(h, i, c);
		if (pid < 0)
			return pid;
	}
	return 0;
}

double hogs_work_us(const struct hogs *h)
{
	uint64_t turns = 0;

	for (unsigned i = 0; i < h->nr; i++)
		turns += h->hogs[i].turns;
	return (double)turns / h->spin_per_us;
}

int hogs_report(const struct hogs *h, double window_us, double others_us, struct measurement *m)
{
	double room = hogs_room_us(h->nr, usable_cpus(), window_us, others_us);
	const struct result work = {"hog_work", "%", BETTER_HIGHER, 100 * hogs_work_us(h) / room};

	return h->nr > 0 ? results_add(m, &work, 1) : 0;
}
