/* SPDX-License-Identifier: GPL-2.0-only */
/* What happens while a scheduler is attached: signals, statistics, the kernel's word of its end. */
#pragma once

#include "runtime/object.h"

/* SIGINT, SIGTERM and SIGHUP are delivered by the loop only, so that none is lost before it runs,
 * and SIGUSR1 by loop_stand_by().
 */
void loop_block_signals(void);

/* Waits for SIGUSR1; false if a signal to end came first. */
bool loop_stand_by(void);

/* Makes these signals end the loop of @event with @code. 0 or a negative errno. */
int loop_add_signals(sd_event *event, int code);

enum loop_end {
	LOOP_ASKED, /* by a signal */
	LOOP_ENDED, /* by the kernel, which has left a report */
};

struct loop_options {
	uint64_t stats_ms; /* statistics go to stdout this often; 0: never */
	bool json;         /* as JSON */
};

/*
 * Tells systemd that the scheduler is ready, then runs until a signal comes or the
 * kernel ends the scheduler. An enum loop_end or a negative errno.
 */
int loop_run(sd_event *event, const struct scx_program *program, struct scx_object *object,
	     const struct loop_options *options);
