/* SPDX-License-Identifier: GPL-2.0-only */
/* Cgroups with a weight, one for each of some processes, and gone again whatever happens. */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct cgroups {
	int root_fd, dir_fd; /* of all cgroups, of ours; 0: not open */
	char name[32];       /* of ours */
	bool enabled_cpu;    /* the root had no cpu controller for its children; we gave it one */
	unsigned nr;         /* in ours */
	sigset_t mask;       /* of before */
};

/*
 * Makes a cgroup for ours below the root, and holds back SIGINT, SIGTERM and SIGHUP until
 * cgroups_finish(). 0 or a negative errno after logging, as below.
 */
int cgroups_init(struct cgroups *c);
/* Once the processes have ended. */
void cgroups_finish(struct cgroups *c);

/* Moves the process @pid to a new cgroup of weight @weight. */
int cgroups_add(struct cgroups *c, pid_t pid, unsigned weight);

/* Sleeps until @ns; -EINTR if one of the signals comes. */
int cgroups_wait(uint64_t ns);
