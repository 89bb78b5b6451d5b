/* SPDX-License-Identifier: GPL-2.0-only */
/* What happens while a scheduler is attached: signals, statistics, the kernel's word of its end. */
#pragma once

#include "runtime/object.h"

/* SIGINT, SIGTERM and SIGHUP are delivered by the loop only, so that none is lost before it runs.
 */
void loop_block_signals(void);

enum loop_end {
	LOOP_ASKED, /* by a signal */
	LOOP_ENDED, /* by the kernel, which has left a report */
};

/*
 * Tells systemd that the scheduler is ready, then runs until a signal comes or the
 * kernel ends the scheduler. Statistics go to stdout every @stats_ms; 0: never.
 * An enum loop_end or a negative errno.
 */
int loop_run(const struct scx_program *program, struct scx_object *object, uint64_t stats_ms);
