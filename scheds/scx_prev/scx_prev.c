// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>

#include "runtime/program.h"
#include "scx_prev.h"
#include "scx_prev.skel.h"

// clang-format off
static const struct option_info options[] = {
	{.name = "fifo", .letter = 'f', .type = OPTION_FLAG,
	 .offset = offsetof(struct scx_prev_conf, fifo),
	 .help = "first come, first served instead of weighted vtime"},
	{.name = "slice-us", .letter = 's', .type = OPTION_NUMBER,
	 .offset = offsetof(struct scx_prev_conf, slice_ns), .metavar = "US",
	 .min = 100, .max = 1000000, .scale = 1000,
	 .help = "longest run at a time, in microseconds"},
};
// clang-format on

static const struct scx_stat stats[] = {SCX_PREV_STATS(SCX_STAT_INFO)};

static const struct scx_program program = {
	.name = "scx_prev",
	.summary = "Wakes tasks on the CPU where they ran last, if it is idle.",
	.elf_bytes = scx_prev_bpf__elf_bytes,
	.options = options,
	.nr_options = ARRAY_SIZE(options),
	.conf_size = sizeof(struct scx_prev_conf),
	.letters = "i",
	.stats = stats,
	.nr_stats = ARRAY_SIZE(stats),
};

int main(int argc, char **argv)
{
	return scx_main(&program, argc, argv);
}
