/* SPDX-License-Identifier: GPL-2.0-only */
/* Counters, one set per CPU, so that counting needs no atomics. */
#pragma once

#include <scx/kernel.bpf.h>
#include <scx/stat.h>

#include <bpf/bpf_helpers.h>

/* the run-time sets the number of entries to that of the scheduler's list */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, u32);
	__type(value, u64);
	__uint(max_entries, 1);
} stats SEC(".maps");

/* @n may be negative: the sum over the CPUs is what counts. */
static inline void stat_add(u32 id, s64 n)
{
	u64 *counter = bpf_map_lookup_elem(&stats, &id);

	if (counter)
		*counter += n;
}

static inline void stat_inc(u32 id)
{
	stat_add(id, 1);
}

/* Sets a gauge that is not counted up and down; not to be mixed with stat_add(). */
static inline void stat_set(u32 id, u64 value)
{
	u64 *gauge = bpf_map_lookup_percpu_elem(&stats, &id, 0);

	if (gauge)
		*gauge = value;
}
