/* SPDX-License-Identifier: GPL-2.0-only */
/* From the words of the command line to what is to be compared, and with what. */
#pragma once

#include <stdbool.h>

#include "bench/extract.h"
#include "bench/session.h"
#include "bench/workload.h"
#include "lib/catalog.h"

struct plan {
	/* how the output of each workload of the session becomes a measurement; NULL: it is a
	 * command, which has the extracts, or no metric of its own if there are none */
	struct planned {
		const struct builtin_workload *builtin;
		const struct driver *driver;
	} *workloads;
	struct extract *extracts;
	size_t nr_extracts;
	double spin_per_us; /* what workloads that are built in are told of the CPUs, see spin.h */
};

void plan_finish(struct plan *p);
#define _cleanup_plan_ _cleanup_(plan_finish)

/*
 * The functions return 0, or a negative errno after logging what is wrong and what is allowed:
 * -EINVAL for what the user can mend on the command line.
 */

/*
 * Adds arms for @text: "all", "production", "none", or a list of command lines. The kernel's own
 * scheduler is the first arm in any case; "kernel" in the list is one more of it.
 */
int plan_arms(struct session *s, const struct catalog *c, int root_fd, const char *text);

/* Adds the workloads of a list of command lines, each of one that is built in or a driver. */
int plan_workloads(struct plan *p, struct session *s, const char *list);

/* Adds a command of the user's own. */
int plan_command(struct plan *p, struct session *s, char *const *words);

/* Adds what the user wants to be found in the output of commands. */
int plan_extracts(struct plan *p, char *const *specs);

/* Whether workload number @i gives metrics of its own, so that those of the runner come last. */
bool plan_has_metrics(const struct plan *p, size_t i);

/* The measurement in what workload number @i has printed; as parse() of struct driver. */
int plan_parse(const struct plan *p, size_t i, const struct output *o, struct measurement *ret,
	       char **ret_error);
