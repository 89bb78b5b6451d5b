// SPDX-License-Identifier: GPL-2.0-only
/* The table has room for four times the cgroups there are; when it is full, a restart counts again.
 */
#include <fcntl.h>
#include <stddef.h>
#include <string.h>

#include "lib/cpu_time.h"
#include "lib/file.h"
#include "lib/parse.h"
#include "runtime/program.h"
#include "scx_flatcg.h"
#include "scx_flatcg.skel.h"

#define CGROUPS_UNKNOWN 16384 /* cgroup v1 does not tell */
#define CGROUPS_MAX (1U << 28)

// clang-format off
static const struct option_info options[] = {
	{.name = "slice-us", .letter = 's', .type = OPTION_NUMBER,
	 .offset = offsetof(struct scx_flatcg_conf, slice_ns), .metavar = "US",
	 .min = 100, .max = 1000000, .scale = 1000,
	 .help = "longest run at a time, in microseconds"},
	{.name = "root-weight", .letter = 'w', .type = OPTION_NUMBER,
	 .offset = offsetof(struct scx_flatcg_conf, root_weight), .metavar = "WEIGHT", .min = 1,
	 .max = 10000, .help = "of the tasks in the root cgroup, against that of its children"},
	{.name = "fifo", .letter = 'f', .type = OPTION_FLAG,
	 .offset = offsetof(struct scx_flatcg_conf, fifo),
	 .help = "first come, first served inside a cgroup instead of weighted vtime"},
	{.name = "dump-cgroups", .letter = 'd', .type = OPTION_FLAG,
	 .offset = offsetof(struct scx_flatcg_conf, dump_cgroups),
	 .help = "list the cgroups in the kernel's debug dump"},
};
// clang-format on

static const struct scx_stat stats[] = {SCX_FLATCG_STATS(SCX_STAT_INFO)};

static uint64_t count_cgroups(void)
{
	static const char key[] = "nr_descendants ";
	_cleanup_free_ char *line = NULL;
	uint64_t nr;

	if (read_sysfs_line(AT_FDCWD, "/sys/fs/cgroup/cgroup.stat", &line) < 0 ||
	    strncmp(line, key, strlen(key)) != 0 ||
	    parse_u64(line + strlen(key), 0, CGROUPS_MAX, &nr) < 0)
		return CGROUPS_UNKNOWN;
	return nr;
}

static int configure(void *data, const struct topology *topology)
{
	struct scx_flatcg_conf *conf = data;

	conf->nr_places = (uint32_t)(count_cgroups() / 16 + 64) * 64;
	conf->nr_cpus = topology->nr_online;
	return 0;
}

static int prepare(struct bpf_object *bpf, const void *data,
		   const struct topology *topology _unused_)
{
	const struct scx_flatcg_conf *conf = data;
	int r = bpf_map__set_max_entries(bpf_object__find_map_by_name(bpf, "groups"),
					 conf->nr_places);

	if (r < 0)
		return r;
	return bpf_map__set_max_entries(bpf_object__find_map_by_name(bpf, "waiting"),
					conf->nr_places / 64);
}

static int start(struct bpf_object *bpf _unused_, sd_event *event _unused_, void **ret_state)
{
	_cleanup_free_ struct cpu_time *last = malloc(sizeof(*last));
	int r;

	if (!last)
		return -ENOMEM;
	r = cpu_time_read(AT_FDCWD, "/proc/stat", last);
	if (r == 0)
		*ret_state = steal_ptr(last);
	return r;
}

/* The time is that since the last sample, whoever asked for it. */
static int sample(struct bpf_object *bpf _unused_, void *state, uint64_t *values)
{
	struct cpu_time *last = state, now;
	int r = cpu_time_read(AT_FDCWD, "/proc/stat", &now);

	if (r < 0)
		return r;
	values[FLATCG_CPU_PERCENT] = cpu_time_percent(last, &now);
	*last = now;
	return 0;
}

static const struct scx_program program = {
	.name = "scx_flatcg",
	.summary = "Shares CPU time between cgroups by their weights, with the tree flattened.",
	.elf_bytes = scx_flatcg_bpf__elf_bytes,
	.options = options,
	.nr_options = ARRAY_SIZE(options),
	.conf_size = sizeof(struct scx_flatcg_conf),
	.letters = "i",
	.stats = stats,
	.nr_stats = ARRAY_SIZE(stats),
	.vital_callback = "cgroup_init",
	.configure = configure,
	.prepare = prepare,
	.start = start,
	.stop = free,
	.sample = sample,
};

int main(int argc, char **argv)
{
	return scx_main(&program, argc, argv);
}
