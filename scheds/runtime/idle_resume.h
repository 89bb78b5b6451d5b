/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The longest time CPUs may take to leave an idle state, which keeps them out of the deep ones.
 * The kernel keeps what is written until somebody writes something else, so the values that were
 * there before are recorded first, in a file that outlives us: whoever comes next writes them back
 * if we could not.
 */
#pragma once

#include <stdint.h>

#include "lib/topology.h"

struct idle_resume;

/*
 * Limits all online CPUs to @us until it is freed; paths are below @root_fd. A CPU that cannot be
 * limited is left out, with one warning for all of them. -EWOULDBLOCK: another program does it
 * just now, which may be ending. Other errors are those of open(), write() and memory.
 */
int idle_resume_limit(int root_fd, const struct topology *t, uint64_t us, struct idle_resume **ret);

/* Writes back what was there before. */
struct idle_resume *idle_resume_free(struct idle_resume *i);
DEFINE_CLEANUP(struct idle_resume *, idle_resume_free);

/* Writes back what a program that is gone has left. How many CPUs that concerned, or an error as
 * above.
 */
int idle_resume_recover(int root_fd);
