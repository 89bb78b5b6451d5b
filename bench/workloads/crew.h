/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Those who do the work of a workload: threads of this process, and processes. Each waits at
 * a gate until all are there, so that nobody's start is measured; then the gate opens, warm-up
 * begins, and after it what is measured. Processes die with us, however we die.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/util.h"

struct timing {
	uint64_t runtime_ms, warmup_ms;
};

/* Lines of a workload's option table; its structure has a member `timing`. */
// clang-format off
#define TIMING_OPTIONS(type) \
	{"runtime", 'r', OPTION_SECONDS, offsetof(type, timing.runtime_ms), "S", \
	 "measure for S seconds (0.1 to 3600, default 10)", 100, 3600000}, \
	{"warmup", 'w', OPTION_SECONDS, offsetof(type, timing.warmup_ms), "S", \
	 "before that, run for S seconds unmeasured (0 to 3600, default 1)", 0, 3600000}
#define TIMING_DEFAULTS {.runtime_ms = 10000, .warmup_ms = 1000}
// clang-format on

/* Times of CLOCK_MONOTONIC in ns. In memory all of the crew share. */
struct window {
	uint64_t open;       /* the gate opened */
	uint64_t begin, end; /* what is measured lies between */
	uint32_t is_over;    /* nobody measures any more; see window_is_over() */
};

static inline bool window_has(const struct window *w, uint64_t ns)
{
	return ns >= w->begin && ns < w->end;
}

/* What makes load for others asks this, as what began in the window may end behind it. */
static inline bool window_is_over(const struct window *w)
{
	return __atomic_load_n(&w->is_over, __ATOMIC_RELAXED);
}

/* What a member does once the gate is open; 0 or a negative errno. A process may not use what
 * needs a lock, as malloc() does. */
typedef int (*crew_main)(void *arg, const struct window *w);

struct gate;
struct member;

struct crew {
	struct gate *gate;
	struct member *members;
	size_t nr, max;
};

/* For at most @max members. 0 or a negative errno, as all below; only this one does not log. */
int crew_init(struct crew *c, size_t max);
/* Whoever is still there is sent away. */
void crew_finish(struct crew *c);
#define _cleanup_crew_ _cleanup_(crew_finish)

/*
 * Adds one that waits at the gate when this returns; when it opens they are woken in the order
 * in which they came. @name is what the kernel calls it, up to 15 letters, and not copied.
 * Processes come before threads. A process is returned as its positive number.
 */
int crew_add_thread(struct crew *c, const char *name, crew_main main, void *arg);
pid_t crew_add_process(struct crew *c, const char *name, crew_main main, void *arg);

/* Opens the gate; the window stays until crew_finish(). */
const struct window *crew_open(struct crew *c, const struct timing *t);

/* Waits for the threads, says that it is over, and waits for the processes. The first failure. */
int crew_join(struct crew *c);

/* Zeroed memory that processes share, its pages at hand; NULL if there is not enough. */
void *shared_new(size_t size);
void shared_free(void *p, size_t size);

/* CPUs this process may use. */
unsigned usable_cpus(void);
