/* SPDX-License-Identifier: GPL-2.0-only */
/* What the running kernel says of sched_ext: whether it can, and who schedules now. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util.h"

/* One snapshot of /sys/kernel/sched_ext. */
struct kernel_state {
	char *state; /* "disabled", "enabling", "enabled", "disabling" */
	char *ops;   /* name of the loaded scheduler, NULL if none */
};

void kernel_state_finish(struct kernel_state *s);
#define _cleanup_kernel_state_ _cleanup_(kernel_state_finish)

/*
 * Both take @root_fd, a directory that stands for / (AT_FDCWD: the real one;
 * tests point elsewhere).
 */

/* NULL if the kernel can run sched_ext schedulers, else one sentence that says what is missing. */
const char *kernel_missing(int root_fd);

/* Errors of open() and read(); -ENOENT: the kernel has no sched_ext. */
int kernel_state_read(int root_fd, struct kernel_state *ret);

/* A scheduler called @ops is the kernel's; NULL: any. */
bool kernel_state_is(const struct kernel_state *s, const char *ops);

/* What tells whether a scheduler was in charge all the time, and of all tasks. */
struct kernel_counters {
	uint64_t enable_seq;  /* grows whenever one is enabled */
	uint64_t nr_rejected; /* tasks that it did not want, since it was enabled */
	bool is_partial;      /* it schedules only tasks of policy SCHED_EXT */
};

/* Errors of open() and read(), -EBADMSG for what is no number. */
int kernel_counters_read(int root_fd, struct kernel_counters *ret);
