/* SPDX-License-Identifier: GPL-2.0-only */
/* One run of a command, from exec() to the last of its processes. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-event.h>

#include "bench/child.h"
#include "bench/counters.h"

struct keeper;

enum command_end {
	COMMAND_ENDED,   /* by itself: see status */
	COMMAND_TIMEOUT, /* we ended it, as it took too long ... */
	COMMAND_STOPPED, /* ... or as should_stop() said so */
	COMMAND_NO_EXEC, /* the program cannot be executed: see error */
};

/* From SIGTERM to SIGKILL. */
enum { COMMAND_GRACE_MS = 2000 };

struct command {
	struct child_spec spec;
	uint64_t timeout_us;
	/* looked at whenever something happens in the event loop; may be NULL */
	bool (*should_stop)(void *userdata);
	/* called when the process is there and has not begun; may be NULL. Less than 0: it is not
	 * to begin, and that is what command_run() returns */
	int (*is_ready)(pid_t pid, void *userdata);
	void *userdata;
	const struct keeper *keeper; /* may be NULL */
	/* our children that are not the command's; all others that are left at its end are killed
	 */
	const pid_t *others;
	size_t nr_others;
};

struct command_result {
	struct child *child; /* for its output */
	enum command_end end;
	int error;                 /* a negative errno */
	int status;                /* as child_status() */
	uint64_t begin_us, end_us; /* CLOCK_MONOTONIC */
	double cpu_seconds;
	bool has_counters; /* they were permitted */
	uint64_t counters[NR_COUNTERS];
};

/* 0, or a negative errno that is not the command's fault. */
int command_run(sd_event *event, const struct command *c, struct command_result *ret);
void command_result_finish(struct command_result *r);
#define _cleanup_command_result_ _cleanup_(command_result_finish)
