/* SPDX-License-Identifier: GPL-2.0-only */
/* Statistics of a running scheduler. */
#pragma once

#include <stdint.h>
#include <stdio.h>

struct bpf_map;

struct scx_stat {
	const char *name; /* as printed: [a-z0-9_]+ */
	const char *help;
};

/*
 * Sums each counter of the per-CPU array @map over all possible CPUs into
 * @values (@nr of them). 0 or a negative errno.
 */
int stats_read(const struct bpf_map *map, uint64_t *values, size_t nr);

/* One line: "local=12 global=3". */
void stats_print(FILE *f, const struct scx_stat *stats, const uint64_t *values, size_t nr);
