/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the loader tell each other: what to run, and how it ended. */
#pragma once

#include <stdbool.h>

#include "lib/mode.h"
#include "lib/util.h"

enum { NR_SLOTS = 2 }; /* for units: one that runs, one that will take over */

/* A scheduler in a mode, or with arguments of the user's own instead. */
struct sched_spec {
	char *name; /* "scx_simple" */
	enum mode mode;
	char **args;   /* NULL: the flags of the mode; else that is MODE_AUTO */
	char **argv;   /* all of it; argv[0] is the absolute path of the program */
	char *program; /* which file that was, see spec_identify(); NULL: not known */
};

/* Copies what it is given; NULL when out of memory. */
struct sched_spec *spec_new(const char *name, enum mode mode, char *const *args, char *const *argv);
struct sched_spec *spec_copy(const struct sched_spec *s);
struct sched_spec *spec_free(struct sched_spec *s);
DEFINE_CLEANUP(struct sched_spec *, spec_free);
#define _cleanup_spec_ _cleanup_(spec_freep)

/* Takes a look at the program, so that another one in its place makes another spec. */
void spec_identify(struct sched_spec *s);

bool spec_equal(const struct sched_spec *a, const struct sched_spec *b);

/* "scx_simple in Gaming mode", "scx_simple with arguments \"-f\""; NULL when out of memory. */
char *spec_describe(const struct sched_spec *s);

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
