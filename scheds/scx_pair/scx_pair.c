// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>

#include "lib/log.h"
#include "runtime/program.h"
#include "scx_pair.h"
#include "scx_pair.skel.h"

// clang-format off
static const struct option_info options[] = {
	{.name = "stride", .letter = 'S', .type = OPTION_NUMBER,
	 .offset = offsetof(struct scx_pair_conf, stride), .metavar = "N",
	 .min = 0, .max = TOPOLOGY_MAX_CPUS / 2,
	 .help = "pair each CPU with the one N further on; 0: the threads of a core"},
	{.name = "batch-us", .letter = 'b', .type = OPTION_NUMBER,
	 .offset = offsetof(struct scx_pair_conf, batch_ns), .metavar = "US",
	 .min = 1000, .max = 1000000, .scale = 1000,
	 .help = "how long a pair stays with a cgroup while others wait, in microseconds"},
};
// clang-format on

static const struct scx_stat stats[] = {SCX_PAIR_STATS(SCX_STAT_INFO)};

/* A CPU that a stride gives no partner would be alone unasked for. */
static int configure(void *data, const struct topology *topology)
{
	const struct scx_pair_conf *conf = data;

	for (unsigned cpu = 0; conf->stride && cpu < topology->nr_cpu_ids; cpu++) {
		uint64_t partner = stride_partner(cpu, conf->stride);

		if (!topology->cpus[cpu].online || partner < topology->nr_cpu_ids)
			continue;
		log_error("--stride: %llu pairs CPU %u with CPU %llu, but the last one is CPU %u",
			  (unsigned long long)conf->stride, cpu, (unsigned long long)partner,
			  topology->nr_cpu_ids - 1);
		return -EINVAL;
	}
	return 0;
}

static int prepare(struct bpf_object *bpf, const void *data, const struct topology *topology)
{
	static const char *const maps[] = {"cpus", "pairs"};
	const struct scx_pair_conf *conf = data;
	int r = 0;

	if (!conf->stride && !topology->is_smt)
		log_warning(
			"no core has two threads online, so no CPU has a partner; see --stride");
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(maps); i++) {
		struct bpf_map *map = bpf_object__find_map_by_name(bpf, maps[i]);

		r = map ? bpf_map__set_max_entries(map, topology->nr_cpu_ids) : -ENOENT;
	}
	return r;
}

static const struct scx_program program = {
	.name = "scx_pair",
	.summary = "Lets the two CPUs of a core run tasks of one cgroup only at any time.",
	.elf_bytes = scx_pair_bpf__elf_bytes,
	.options = options,
	.nr_options = ARRAY_SIZE(options),
	.conf_size = sizeof(struct scx_pair_conf),
	.stats = stats,
	.nr_stats = ARRAY_SIZE(stats),
	.vital_callback = "cgroup_init",
	.configure = configure,
	.prepare = prepare,
};

int main(int argc, char **argv)
{
	return scx_main(&program, argc, argv);
}
