/* SPDX-License-Identifier: GPL-2.0-only */
/* What aios-bench can be told to do. A verb is one constant in a file of its own, and one line in
 * main.c. */
#pragma once

#include <stddef.h>

#include "lib/exit_status.h"
#include "lib/options.h"

struct verb {
	const char *name;
	const char *help;      /* one line, without a full stop */
	const char *arguments; /* of the usage line, behind the options: " FILE..." */
	/* they belong to one structure of @conf_size bytes, which starts as a copy of @defaults */
	const struct option_info *options;
	size_t nr_options;
	const void *defaults; /* NULL: zeroes */
	size_t conf_size;     /* 0: it has no options */
	size_t min_words, max_words;
	void (*finish)(void *conf); /* frees what options have allocated; NULL: nothing */
	/* @words follow the options, and end in NULL */
	enum exit_status (*run)(const void *conf, char **words);
};

extern const struct verb verb_compare, verb_list, verb_report, verb_run, verb_workload;
