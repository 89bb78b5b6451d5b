/* SPDX-License-Identifier: GPL-2.0-only */
/* What every verb of scxctl gets and returns. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Exit status; scxctl(1) lists the same numbers. */
enum status {
	SCXCTL_OK = 0,
	SCXCTL_FAILED = 1,
	SCXCTL_USAGE = 2,
	SCXCTL_NOTHING_RUNS = 3, /* for those who asked to be told this way */
	SCXCTL_NOT_AUTHORISED = 4,
	SCXCTL_UNREACHABLE = 5,  /* the loader */
	SCXCTL_SCHED_FAILED = 6, /* the scheduler was tried and did not come to schedule */
	SCXCTL_CANNOT_RUN = 126, /* run: as shells have it, there is a program ... */
	SCXCTL_NO_PROGRAM = 127, /* ... or there is none */
};

/* The options of all verbs. */
struct arguments {
	const char *root;
	const char *sched;
	const char *args;
	const char *reason;
	uint64_t nr_records;
	uint8_t mode; /* an enum mode and 1; 0: not given */
	uint8_t exit_code;
	uint8_t json;
	uint8_t show_args;
	uint8_t quiet;
	uint8_t help;
	uint8_t version;
};

struct invocation {
	const struct arguments *arguments;
	int root_fd;  /* a directory that stands for / */
	char **words; /* what follows the options, ends in NULL */
};

enum status verb_get(const struct invocation *v);
enum status verb_list(const struct invocation *v);
enum status verb_modes(const struct invocation *v);
enum status verb_status(const struct invocation *v);
enum status verb_start(const struct invocation *v);
enum status verb_switch(const struct invocation *v);
enum status verb_stop(const struct invocation *v);
enum status verb_restart(const struct invocation *v);
enum status verb_restore(const struct invocation *v);
enum status verb_hold(const struct invocation *v);
enum status verb_run(const struct invocation *v);
enum status verb_log(const struct invocation *v);
enum status verb_config(const struct invocation *v);
enum status verb_check(const struct invocation *v);
