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

static inline void stat_inc(u32 id)
{
	u64 *counter = bpf_map_lookup_elem(&stats, &id);

	if (counter)
		(*counter)++;
}
