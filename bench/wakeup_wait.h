/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long the tasks of a command wait for a CPU when they wake up, as the kernel sees it. A
 * workload that times its own wakeups has in it what the timer, or whoever wakes it, was late.
 */
#pragma once

#include <sys/types.h>

#include "bench/metric.h"

enum { WAKEUP_WAIT_NAME = 16 }; /* bytes in the name of a task, with the NUL */

struct wakeup_wait;

/*
 * Makes the kernel look at every wakeup and switch of the machine, which costs some time itself.
 * What counts are tasks with this @name, of at most WAKEUP_WAIT_NAME - 1 bytes; NULL: all.
 * 0 or a negative errno.
 */
int wakeup_wait_new(struct wakeup_wait **ret, const char *name);
struct wakeup_wait *wakeup_wait_free(struct wakeup_wait *w);

/* From now on waits of the process @pid and of all tasks it makes are counted. */
int wakeup_wait_begin(struct wakeup_wait *w, pid_t pid);

/* Adds wakeup_wait_p50 to _max in us and the distribution wakeup_wait of what was counted since,
 * but nothing if nobody woke up. */
int wakeup_wait_end(struct wakeup_wait *w, struct measurement *m);
