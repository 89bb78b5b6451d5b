/* SPDX-License-Identifier: GPL-2.0-only */
/* What the manager and the unit tell each other: what to run, and how it ended. */
#pragma once

#include "lib/mode.h"

struct sched_spec {
	const char *name; /* "scx_simple" */
	const char *ops;  /* its name in the kernel: "simple" */
	enum mode mode;
	char *const *argv; /* argv[0] is the absolute path of the program */
};

enum unit_exit_kind {
	UNIT_EXITED,  /* by itself, with a status */
	UNIT_KILLED,  /* by a signal */
	UNIT_TIMEOUT, /* systemd stopped it: not ready, or not gone, in time */
	UNIT_NO_EXEC, /* the program could not be executed */
	UNIT_REFUSED, /* systemd could not start the unit at all */
};

struct unit_exit {
	enum unit_exit_kind kind;
	int status;       /* exit status or number of the signal */
	const char *text; /* the program's last words, or systemd's; may be NULL or "" */
};
