/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A process that outlives us for a moment: whatever kills us, it kills the process group that it
 * was told last, which the death of its leader alone would leave running.
 */
#pragma once

#include <sys/types.h>

struct keeper {
	pid_t pid;
	int fd; /* what it waits at */
};

/* 0 or a negative errno. */
int keeper_start(struct keeper *k);
/* From now on it is this group; 0: none. */
void keeper_watch(const struct keeper *k, pid_t group);
/* Also of one that was not started and is zero. */
void keeper_stop(struct keeper *k);
