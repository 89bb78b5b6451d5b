/* SPDX-License-Identifier: GPL-2.0-only */
/* Statistics of a running scheduler: read, compared with the time before, and shown. */
#pragma once

#include <stdint.h>
#include <stdio.h>

#include <systemd/sd-json.h>

struct bpf_map;

enum scx_stat_kind {
	STAT_COUNTER, /* shown is the growth since the last time */
	STAT_GAUGE,   /* shown as it is */
};

struct scx_stat {
	const char *name; /* as printed: [a-z0-9_]+ */
	enum scx_stat_kind kind;
	const char *help;
};

/* Where statistics come from: what they are, and read(), which gives all values as of now. */
struct stats_source {
	const char *program;
	const struct scx_stat *stats;
	size_t nr;
	int (*read)(void *userdata, uint64_t *values); /* 0 or a negative errno */
	void *userdata;
};

/*
 * Sums each counter of the per-CPU array @map over all possible CPUs into
 * @values (@nr of them). 0 or a negative errno.
 */
int stats_read(const struct bpf_map *map, uint64_t *values, size_t nr);

/* What is to be shown of @now, if it was @before the last time; @before becomes @now. */
void stats_advance(const struct scx_stat *stats, size_t nr, uint64_t *before, const uint64_t *now,
		   uint64_t *ret_shown);

/* Fields with a blank between them, broken before column 80; what goes on is indented. */
struct stats_line {
	FILE *f;
	int column; /* 0: at the beginning */
};

void stats_line_add(struct stats_line *line, const char *field);
void stats_line_end(struct stats_line *line);

/* "local=12 global=3" in such a line. */
void stats_print(FILE *f, const struct scx_stat *stats, const uint64_t *values, size_t nr);

/* What the statistics mean, for --help-stats. */
void stats_help(FILE *f, const struct scx_stat *stats, size_t nr);

/*
 * The same for programs: [{"name": "local", "kind": "counter", "help": "..."}, ...]; 0 or a
 * negative errno.
 */
int stats_help_json(const struct scx_stat *stats, size_t nr, sd_json_variant **ret);

/* {"local": 12, "global": 3}; likewise. */
int stats_json(const struct scx_stat *stats, const uint64_t *values, size_t nr,
	       sd_json_variant **ret);

/* What describes them to programs, in the form of scx' "stats_meta"; likewise. */
int stats_meta_json(const struct stats_source *source, sd_json_variant **ret);
