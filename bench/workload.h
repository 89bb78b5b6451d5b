/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What can be measured. Three kinds, all the same to who runs them: a command, and how its
 * output becomes a measurement.
 *
 *	built in   workloads/NAME.c; the command is "aios-bench workload NAME OPTION...",
 *	           which prints the measurement as JSON
 *	driver     drivers/NAME.c; a packaged program, and a parser of what it prints
 *	command    the user's own, and the user's expressions (extract.h)
 */
#pragma once

#include <stddef.h>

#include "bench/metric.h"
#include "lib/options.h"

/* What a command printed, each ends in NUL that is not counted. */
struct output {
	const char *out, *err;
	size_t out_size, err_size;
};

/*
 * Written in a workload's own table; all options of a workload belong to one structure
 * of @conf_size bytes, that starts as a copy of @defaults.
 */
struct builtin_workload {
	const char *name;    /* "frame" */
	const char *summary; /* one line for `list` and --help */
	const struct option_info *options;
	size_t nr_options;
	const void *defaults;
	size_t conf_size;
	/*
	 * Measures. @spin_per_us: turns of spin() a CPU of this machine does in a microsecond,
	 * see spin_calibrate(), found out once a session, so that all runs do the same work. 0
	 * or a negative errno after logging; -EINVAL: options that do not go together.
	 */
	int (*run)(const void *conf, double spin_per_us, struct measurement *ret);
};

struct driver {
	const char *name; /* as the user names it: "llama-bench" */
	const char *summary;
	const char *program; /* looked for in PATH */
	/* what to install: Debian's name, and Fedora's if it is another; NULL: neither has it */
	const char *package; /* NULL: there is none */
	const char *fedora_package;
	/* arguments that go before and after the user's; NULL-terminated, NULL: none */
	const char *const *before, *const *after;
	/* Arguments when the user gives none; a driver without needs them from the user. */
	const char *const *defaults;
	const char *needs; /* then, what --help says of them: "-m MODEL.gguf"; NULL: nothing */
	/*
	 * 0; -EBADMSG and in *ret_error what is missing or wrong and in which line, to be
	 * freed by the caller: output that is cut off, garbled or of another version is never
	 * a number. -ENOMEM.
	 */
	int (*parse)(const struct output *o, struct measurement *ret, char **ret_error);
};

/* Both NULL-terminated. */
extern const struct builtin_workload *const builtin_workloads[];
extern const struct driver *const drivers[];
