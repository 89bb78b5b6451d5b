/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The user side of every scheduler: a scheduler describes itself in one
 * struct scx_program, scx_main() does the rest.
 *
 * The run-time knows a BPF object by well-known places, not by type:
 *	.rodata.conf   the options, written before load; what it holds is the default
 *	stats          per-CPU array of counters, one per line of the statistics table
 *	exit_reports   ring buffer that carries a struct scx_exit_report at the end
 *	and the one struct_ops map.
 */
#pragma once

#include <stddef.h>

#include "lib/options.h"
#include "runtime/stats.h"

struct scx_program {
	const char *name;    /* "scx_simple"; the kernel shows the rest after scx_ */
	const char *summary; /* for --help */
	const void *(*elf_bytes)(size_t *ret_size);

	const struct option_info *options; /* offsets are into the conf structure */
	size_t nr_options;
	size_t conf_size;

	const struct scx_stat *stats; /* in the order of their enumerators */
	size_t nr_stats;
};

/* Everything between main() and its exit status, one of enum exit_status. */
int scx_main(const struct scx_program *program, int argc, char **argv);
