/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The life of a scheduler, from a parsed command line to an exit status:
 *
 *	open -> topology -> configure -> load -> [stand by] -> attach -> READY -> loop -> detach ->
 *	report
 *
 * and again from the beginning if the kernel asks for it: CPUs have come or gone, so nothing that
 * was read of the machine holds any more. Only the options stay.
 */
#pragma once

#include "runtime/exit.h"
#include "runtime/program.h"

struct run_options {
	uint64_t stats_ms;
	uint64_t monitor_ms;
	uint64_t dump_len;
	const char *dump_file;
	uint8_t json;
	uint8_t partial;
	uint8_t check;
	uint8_t standby; /* until the word to attach has come */
	uint8_t verbose;
	uint8_t help;
	uint8_t help_json;
	uint8_t help_stats;
	uint8_t version;
};

struct run {
	const struct scx_program *program;
	struct run_options options;
	void *conf; /* as the command line has it */
	struct restart_budget budget;
};

/* An enum exit_status; what went wrong has been logged. */
int run_until_end(struct run *run);
