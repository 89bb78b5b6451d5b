// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>

#include "runtime/program.h"
#include "scx_nest.h"
#include "scx_nest.skel.h"

// clang-format off
static const struct option_info options[] = {
	{.name = "delay-us", .letter = 'd', .type = OPTION_NUMBER,
	 .offset = offsetof(struct scx_nest_conf, delay_ns), .metavar = "US",
	 .min = 100, .max = 10000000, .scale = 1000,
	 .help = "idle time after which a CPU leaves the primary nest, in microseconds"},
	{.name = "reserve-max", .letter = 'm', .type = OPTION_NUMBER,
	 .offset = offsetof(struct scx_nest_conf, reserve_max), .metavar = "CPUS",
	 .min = 0, .max = 65536,
	 .help = "size of the reserve nest of each last-level cache"},
	{.name = "impatience", .letter = 'i', .type = OPTION_NUMBER,
	 .offset = offsetof(struct scx_nest_conf, impatience), .metavar = "MISSES",
	 .min = 0, .max = 1000000,
	 .help = "enlarge the primary nest at once for a task that missed it so often in a row; "
		 "0: never"},
	{.name = "slice-us", .letter = 's', .type = OPTION_NUMBER,
	 .offset = offsetof(struct scx_nest_conf, slice_ns), .metavar = "US",
	 .min = 100, .max = 1000000, .scale = 1000,
	 .help = "longest run at a time, in microseconds"},
	{.name = "whole-cores", .letter = 'I', .type = OPTION_FLAG,
	 .offset = offsetof(struct scx_nest_conf, whole_cores),
	 .help = "prefer idle cores anywhere to an idle thread beside a busy one in a nest"},
};
// clang-format on

static const struct scx_stat stats[] = {SCX_NEST_STATS(SCX_STAT_INFO)};

static int resize(struct bpf_object *bpf, const char *map, unsigned nr)
{
	return bpf_map__set_max_entries(bpf_object__find_map_by_name(bpf, map), nr);
}

static int prepare(struct bpf_object *bpf, const void *conf _unused_,
		   const struct topology *topology)
{
	int r = resize(bpf, "cpus", topology->nr_cpu_ids);

	return r < 0 ? r : resize(bpf, "llcs", topology->nr_llcs);
}

/* The nests are counted, not kept count of: whatever happened before, the sizes are right. */
static int sample(struct bpf_object *bpf, void *state _unused_, uint64_t *values)
{
	static const enum scx_nest_stat gauges[NR_NESTS] = {
		[NEST_PRIMARY] = NEST_CPUS_PRIMARY,
		[NEST_RESERVE] = NEST_CPUS_RESERVED,
		[NEST_OTHER] = NEST_CPUS_OTHER,
	};
	const struct bpf_map *cpus = bpf_object__find_map_by_name(bpf, "cpus");
	struct scx_nest_cpu cpu;

	for (uint32_t i = 0; i < bpf_map__max_entries(cpus); i++) {
		int r = bpf_map__lookup_elem(cpus, &i, sizeof(i), &cpu, sizeof(cpu), 0);

		if (r < 0)
			return r;
		if (cpu.nest == NEST_OFFLINE)
			continue;
		values[gauges[cpu.nest]]++;
		values[NEST_CPUS_IDLE] += cpu.is_idle;
	}
	return 0;
}

static const struct scx_program program = {
	.name = "scx_nest",
	.summary = "Keeps the work together on few CPUs that stay warm and fast.",
	.elf_bytes = scx_nest_bpf__elf_bytes,
	.options = options,
	.nr_options = ARRAY_SIZE(options),
	.conf_size = sizeof(struct scx_nest_conf),
	.stats = stats,
	.nr_stats = ARRAY_SIZE(stats),
	.prepare = prepare,
	.sample = sample,
};

int main(int argc, char **argv)
{
	return scx_main(&program, argc, argv);
}
