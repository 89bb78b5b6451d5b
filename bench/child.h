/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A program of somebody else as our child: in a session and process group of its own, with
 * nothing to read, killed when we die. What it prints is drained all the time, so that it never
 * waits for us, and kept: the end of it for people, and all of it for a parser if wanted.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

#include <systemd/sd-event.h>

#include "lib/util.h"

enum { CHILD_TAIL = 64 * 1024 };

struct child_spec {
	char *const *argv; /* argv[0] is looked for in PATH if it has no slash */
	size_t max_output; /* of each of stdout and stderr for child_output(); 0: none is kept */
};

struct child;

/*
 * Makes the process, which waits for child_go(): so it can be watched from its first
 * instruction on. 0 or a negative errno.
 */
int child_new(struct child **ret, sd_event *event, const struct child_spec *spec);
/* 0, or why the program cannot be executed: a negative errno. */
int child_go(struct child *c);

/* Kills whatever is left of the group. */
struct child *child_free(struct child *c);
DEFINE_CLEANUP(struct child *, child_free);
#define _cleanup_child_ _cleanup_(child_freep)

pid_t child_pid(const struct child *c);

/* To the whole group. */
void child_signal(struct child *c, int signal);

/*
 * Whether the process has ended. When it has, what was left of its group has been killed, and all
 * that they had printed has been read. The event loop has to run for it.
 */
bool child_has_ended(const struct child *c);

/* Of one that has ended: its exit status, or 128 and the signal that killed it. */
int child_status(const struct child *c);
/* When, on CLOCK_MONOTONIC; what it and the children it waited for used. */
uint64_t child_ended_us(const struct child *c);
const struct rusage *child_usage(const struct child *c);

struct child_output {
	const char *text; /* ends in NUL, which is not counted */
	size_t size;
	bool is_cut; /* there was more than max_output */
};

struct child_output child_stdout(const struct child *c);
struct child_output child_stderr(const struct child *c);

/*
 * The last CHILD_TAIL bytes of both streams as they came, from the beginning of a line if some are
 * missing; NUL is "?". To be freed; NULL when out of memory.
 */
char *child_tail(const struct child *c);
