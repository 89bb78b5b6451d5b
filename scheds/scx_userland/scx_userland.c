// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>

#include "runtime/program.h"
#include "scx_userland.h"
#include "scx_userland.skel.h"
#include "userland.h"

// clang-format off
static const struct option_info options[] = {
	{.name = "batch", .letter = 'b', .type = OPTION_NUMBER,
	 .offset = offsetof(struct scx_userland_conf, batch), .metavar = "NR",
	 .min = 1, .max = USERLAND_WAITING_MAX,
	 .help = "tasks sent ahead to wait in the kernel, at most"},
};
// clang-format on

static const struct scx_stat stats[] = {SCX_USERLAND_STATS(SCX_STAT_INFO)};

static const struct scx_program program = {
	.name = "scx_userland",
	.summary = "Schedules by weighted virtual time in user space.",
	.elf_bytes = scx_userland_bpf__elf_bytes,
	.options = options,
	.nr_options = ARRAY_SIZE(options),
	.conf_size = sizeof(struct scx_userland_conf),
	.stats = stats,
	.nr_stats = ARRAY_SIZE(stats),
	.prepare = userland_prepare,
	.start = userland_start,
	.stop = userland_stop,
	.sample = userland_sample,
};

int main(int argc, char **argv)
{
	return scx_main(&program, argc, argv);
}
