/* SPDX-License-Identifier: GPL-2.0-only */
/* Hogs: processes that never sleep, the load other work has to live with. */
#pragma once

#include "bench/metric.h"
#include "bench/workloads/crew.h"

/* In memory the hog shares with us, on cache lines of its own. */
struct hog {
	uint64_t chunk;    /* turns between two looks at the clock */
	uint64_t chunk_ns; /* what they take */
	uint64_t delay_ns; /* starts that long after the window began; 0: when the gate opens */
	/* found out, within the window: */
	uint64_t turns;
	uint64_t gap_ns; /* the longest time it went without the CPU */
} __attribute__((aligned(128)));

struct hogs {
	struct hog *hogs;
	unsigned nr;
	double spin_per_us;
};

/* Shared memory for @nr hogs. 0 or -ENOMEM, as logged. */
int hogs_init(struct hogs *h, unsigned nr, double spin_per_us);
void hogs_finish(struct hogs *h);
#define _cleanup_hogs_ _cleanup_(hogs_finish)

/* Adds hog @i to the crew; its process, or a negative errno. */
pid_t hogs_add_one(struct hogs *h, unsigned i, struct crew *c);
/* Adds all, each to start @delay_ns after the window begins. */
int hogs_add(struct hogs *h, struct crew *c, uint64_t delay_ns);

/* All work of theirs in the window, in us. */
double hogs_work_us(const struct hogs *h);

/*
 * Adds the metric hog_work, if there are hogs: their work as a share, in %, of what is there for
 * them in @window_us of the CPUs once others have done work of @others_us.
 */
int hogs_report(const struct hogs *h, double window_us, double others_us, struct measurement *m);
