// SPDX-License-Identifier: GPL-2.0-only
#include "scx_layer.h"
#include "runtime/program.h"
#include "scx_layer.skel.h"

static const struct scx_stat stats[] = {SCX_LAYER_STATS(SCX_STAT_INFO)};

static const struct scx_program program = {
	.name = "scx_layer",
	.summary = "Calls every function of the common BPF layer: for tests.",
	.elf_bytes = scx_layer_bpf__elf_bytes,
	.conf_size = sizeof(struct scx_layer_conf),
	.letters = "i",
	.stats = stats,
	.nr_stats = ARRAY_SIZE(stats),
};

int main(int argc, char **argv)
{
	return scx_main(&program, argc, argv);
}
