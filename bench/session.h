/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A session: everything one `aios-bench run` found, in one file. Every raw run is in it,
 * also those that do not count; conclusions are not, analysis.h draws them anew.
 *
 * File: JSON, "format": "aios-bench", "version": SESSION_VERSION. The version grows when a
 * reader of the old one would be wrong; members that are added do not change it. The schema
 * is bench/session.schema.json.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-json.h>

#include "bench/metric.h"
#include "lib/util.h"

enum { SESSION_VERSION = 1 };

/* What the kernel scheduled with. The first of a session is the kernel's own, the baseline. */
struct arm {
	char *label;   /* "kernel", "scx_simple", "scx_simple -f": unique */
	char *sched;   /* "scx_simple"; NULL: the kernel's own scheduler */
	char **args;   /* its options; may be NULL */
	char *version; /* as --version says; NULL for the kernel's */
};

struct bench_workload {
	char *label;    /* "frame", "schbench -t 8", "make -j4": unique */
	char *kind;     /* "builtin", "driver", "command" */
	char **command; /* as executed */
};

enum run_status {
	RUN_OK,     /* counts */
	RUN_FAILED, /* exit status or signal of the workload */
	RUN_TIMEOUT,
	RUN_UNREADABLE,   /* it printed something the parser does not take */
	RUN_NOT_ATTACHED, /* the scheduler did not start */
	RUN_EJECTED,      /* the kernel threw the scheduler out, or it ended */
	RUN_REJECTED,     /* nr_rejected is not 0: tasks ran under the kernel's scheduler */
	RUN_DISTURBED,    /* another scheduler came in between */
	NR_RUN_STATUSES,
};
extern const char *const run_status_names[NR_RUN_STATUSES];

/* What the program told by others than the workload itself; the runner's own metrics. */
struct run {
	unsigned arm, workload; /* indices */
	unsigned round;         /* from 1; 0: warm-up, never counts */
	double begin, seconds;  /* since the session began; of the workload */
	enum run_status status;
	char *reason;                   /* in words; NULL if RUN_OK */
	int exit_status;                /* of the workload; 128 + signal */
	struct measurement measurement; /* the workload's, and the runner's; empty unless RUN_OK */
	char *workload_output, *sched_output; /* ends of them, for people; may be NULL */
};

struct session {
	uint64_t began_us, ended_us; /* CLOCK_REALTIME; ended 0: it was cut off */
	char **command;              /* that made it */
	uint64_t seed;               /* of the order */
	bool interrupted;
	sd_json_variant *machine; /* see machine.h; kept as it is */
	struct arm *arms;
	size_t nr_arms;
	struct bench_workload *workloads;
	size_t nr_workloads;
	struct run *runs; /* in the order they were made */
	size_t nr_runs;
};

void arm_finish(struct arm *a);
void bench_workload_finish(struct bench_workload *w);
void run_finish(struct run *r);
void session_finish(struct session *s);
#define _cleanup_session_ _cleanup_(session_finish)

/* Takes over what *r owns, also on failure (-ENOMEM). */
int session_add_run(struct session *s, struct run *r);

/* What one of the status line is called in tables: counts the runs of that kind. */
size_t session_count(const struct session *s, unsigned workload, unsigned arm, enum run_status st);

/* Replaces the file as a whole. 0 or a negative errno. */
int session_write(const struct session *s, int dir_fd, const char *path);

/*
 * Logs what is wrong with the file and where: -EBADMSG for what is no session,
 * -EPROTONOSUPPORT for a version this program does not know, errors of open() and read().
 */
int session_read(int dir_fd, const char *path, struct session *ret);
