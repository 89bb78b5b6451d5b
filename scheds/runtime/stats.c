// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "lib/json.h"
#include "runtime/stats.h"

#define LINE_WIDTH 79

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

void stats_advance(const struct scx_stat *stats, size_t nr, uint64_t *before, const uint64_t *now,
		   uint64_t *ret_shown)
{
	for (size_t id = 0; id < nr; id++) {
		ret_shown[id] = now[id] - (stats[id].kind == STAT_COUNTER ? before[id] : 0);
		before[id] = now[id];
	}
}

void stats_line_add(struct stats_line *line, const char *field)
{
	int length = (int)strlen(field);

	if (line->column && line->column + 1 + length > LINE_WIDTH) {
		(void)fputs("\n ", line->f);
		line->column = 1;
	} else if (line->column) {
		(void)fputc(' ', line->f);
		line->column++;
	}
	(void)fputs(field, line->f);
	line->column += length;
}

void stats_line_end(struct stats_line *line)
{
	(void)fputc('\n', line->f);
	line->column = 0;
}

void stats_print(FILE *f, const struct scx_stat *stats, const uint64_t *values, size_t nr)
{
	struct stats_line line = {f};
	char field[128];

	for (size_t id = 0; id < nr; id++) {
		(void)snprintf(field, sizeof(field), "%s=%" PRIu64, stats[id].name, values[id]);
		stats_line_add(&line, field);
	}
	stats_line_end(&line);
}

void stats_help(FILE *f, const struct scx_stat *stats, size_t nr)
{
	int width = 0;

	for (size_t id = 0; id < nr; id++)
		if ((int)strlen(stats[id].name) > width)
			width = (int)strlen(stats[id].name);
	for (size_t id = 0; id < nr; id++)
		(void)fprintf(f, "%-*s  %s\n", width, stats[id].name, stats[id].help);
}

int stats_help_json(const struct scx_stat *stats, size_t nr, sd_json_variant **ret)
{
	_cleanup_json_ sd_json_variant *all = NULL;
	int r = sd_json_variant_new_array(&all, NULL, 0);

	for (size_t id = 0; r >= 0 && id < nr; id++)
		r = sd_json_variant_append_arraybo(
			&all, SD_JSON_BUILD_PAIR_STRING("name", stats[id].name),
			SD_JSON_BUILD_PAIR_STRING("kind", stats[id].kind == STAT_GAUGE ? "gauge"
										       : "counter"),
			SD_JSON_BUILD_PAIR_STRING("help", stats[id].help));
	if (r < 0)
		return r;
	*ret = steal_ptr(all);
	return 0;
}

int stats_json(const struct scx_stat *stats, const uint64_t *values, size_t nr,
	       sd_json_variant **ret)
{
	_cleanup_json_ sd_json_variant *object = NULL;
	int r = 0;

	for (size_t id = 0; r >= 0 && id < nr; id++)
		r = sd_json_variant_set_field_unsigned(&object, stats[id].name, values[id]);
	if (r < 0)
		return r;
	*ret = steal_ptr(object);
	return 0;
}

int stats_meta_json(const struct stats_source *source, sd_json_variant **ret)
{
	_cleanup_json_ sd_json_variant *fields = NULL;
	int r = 0;

	for (size_t id = 0; r >= 0 && id < source->nr; id++)
		r = sd_json_variant_set_fieldbo(
			&fields, source->stats[id].name, SD_JSON_BUILD_PAIR_STRING("datum", "u64"),
			SD_JSON_BUILD_PAIR_STRING("desc", source->stats[id].help));
	if (r < 0)
		return r;
	return sd_json_buildo(
		ret, SD_JSON_BUILD_PAIR(source->program,
					SD_JSON_BUILD_OBJECT(
						SD_JSON_BUILD_PAIR_STRING("name", source->program),
						SD_JSON_BUILD_PAIR_STRING("top", "true"),
						SD_JSON_BUILD_PAIR_VARIANT("fields", fields))));
}
