/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The user side of every scheduler: a scheduler describes itself in one
 * struct scx_program, scx_main() does the rest.
 *
 * The run-time knows a BPF object by well-known places, not by type:
 *	.rodata.conf   the options, written before load; what it holds is the default
 *	.rodata.topo, .rodata.cpus, .rodata.order   the topology, if the object has them
 *	stats          per-CPU array of counters, one per line of the statistics table
 *	exit_reports   ring buffer that carries a struct scx_exit_report at the end
 *	and the one struct_ops map.
 */
#pragma once

#include <stddef.h>

#include <bpf/libbpf.h>
#include <scx/exit.h>
#include <scx/topology.h>
#include <systemd/sd-event.h>

#include "lib/options.h"
#include "lib/topology.h"
#include "runtime/stats.h"

struct scx_program {
	const char *name;    /* "scx_simple"; the kernel shows the rest after scx_ */
	const char *summary; /* for --help */
	const void *(*elf_bytes)(size_t *ret_size);

	const struct option_info *options; /* offsets are into the conf structure */
	size_t nr_options;
	size_t conf_size;
	/*
	 * which letters the common options get: i --stats, p --partial, D --dump-len,
	 * V --version
	 */
	const char *letters;

	const struct scx_stat *stats; /* in the order of their enumerators */
	size_t nr_stats;

	/*
	 * The rest is optional. Functions return 0 or a negative errno, which ends the program.
	 */

	/*
	 * A callback of the object that is only for kernels without this function: others warn
	 * about it, and have a better way.
	 */
	const char *old_callback;
	const char *better_function;

	/* A callback the scheduler is nothing without, of those that some kernels do not have. */
	const char *vital_callback;

	/* What a word that is no option may have been meant for, in brackets behind the complaint.
	 */
	const char *word_hint;

	/*
	 * Checks the options against the machine at the start: for what may be taken as an error
	 * of the user then, but not when CPUs have come or gone since. -EINVAL after logging.
	 */
	int (*check)(const void *conf, const struct topology *topology);
	/*
	 * Checks the options against the machine and each other and fills what follows from
	 * them, before the kernel is touched. -EINVAL after logging: the options are wrong.
	 */
	int (*configure)(void *conf, const struct topology *topology);
	/* Of enum scx_ops_flags, those that depend on the options. */
	uint64_t (*flags)(const void *conf);
	/* Between open and load: sizes of maps. @conf is that of the object. */
	int (*prepare)(struct bpf_object *bpf, const void *conf, const struct topology *topology);
	/*
	 * After load, before the kernel is given the scheduler: user space's own part of the
	 * work, as sources of @event. What it stores in *ret_state is handed to the others.
	 */
	int (*start)(struct bpf_object *bpf, sd_event *event, void **ret_state);
	/* After the kernel has been given the scheduler: what may change the machine. */
	void (*attached)(void *state);
	/* Before it is taken back: changes it again to how it was. */
	void (*leaving)(void *state);
	/* After detach. */
	void (*stop)(void *state);
	/* Fills those statistics in @values that only user space knows. */
	int (*sample)(struct bpf_object *bpf, void *state, uint64_t *values);
};

/* Everything between main() and its exit status, one of enum exit_status. */
int scx_main(const struct scx_program *program, int argc, char **argv);
