// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>

#include <bpf/libbpf.h>

#include "lib/util.h"
#include "runtime/stats.h"

static int sum_counter(const struct bpf_map *map, uint32_t id, uint64_t *per_cpu, size_t nr_cpus,
		       uint64_t *ret)
{
	int r = bpf_map__lookup_elem(map, &id, sizeof(id), per_cpu, nr_cpus * sizeof(*per_cpu), 0);

	if (r < 0)
		return r;
	*ret = 0;
	for (size_t cpu = 0; cpu < nr_cpus; cpu++)
		*ret += per_cpu[cpu];
	return 0;
}

int stats_read(const struct bpf_map *map, uint64_t *values, size_t nr)
{
	int nr_cpus = libbpf_num_possible_cpus();
	_cleanup_free_ uint64_t *per_cpu = NULL;
	int r;

	if (nr_cpus < 0)
		return nr_cpus;
	per_cpu = calloc((size_t)nr_cpus, sizeof(*per_cpu));
	if (!per_cpu)
		return -ENOMEM;
	for (size_t id = 0; id < nr; id++) {
		r = sum_counter(map, (uint32_t)id, per_cpu, (size_t)nr_cpus, &values[id]);
		if (r < 0)
			return r;
	}
	return 0;
}

void stats_print(FILE *f, const struct scx_stat *stats, const uint64_t *values, size_t nr)
{
	for (size_t id = 0; id < nr; id++)
		(void)fprintf(f, "%s%s=%" PRIu64, id ? " " : "", stats[id].name, values[id]);
	(void)fputc('\n', f);
}
