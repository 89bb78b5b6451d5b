/* SPDX-License-Identifier: GPL-2.0-only */
/* What each CPU does just now, and the speed it is asked for. */
#pragma once

#include <scx/common.bpf.h>
#include <scx/cpu_state.h>
#include <scx/domain.bpf.h>

#define PERF_PERIOD_NS (1000 * 1000) /* the speed is thought about no more often */

/* resized to topo.nr_cpu_ids */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, u32);
	__type(value, struct scx_cpu_state);
	__uint(max_entries, 1);
} cpu_states SEC(".maps");

static inline struct scx_cpu_state *cpu_state(s32 cpu)
{
	return bpf_map_lookup_elem(&cpu_states, &cpu);
}

/* The speed for a CPU that was busy for @busy of @passed ns: all of it from three quarters on. */
static inline u32 perf_for(u64 busy, u64 passed)
{
	u64 perf = busy * 1024 / passed;

	return perf >= 768 ? 1024 : perf;
}

/* Asks for the speed that @cpu, which begins to run a task, needs. */
static inline void cpu_set_perf(s32 cpu, struct scx_cpu_state *c)
{
	u32 perf = domain_perf;
	u64 now, passed;

	if (perf == SCX_PERF_BY_LOAD) {
		now = scx_bpf_now();
		passed = now - c->sampled_at;
		if ((s64)passed < PERF_PERIOD_NS)
			return;
		perf = perf_for(c->busy_ns - c->sampled_busy, passed);
		c->sampled_at = now;
		c->sampled_busy = c->busy_ns;
	}
	if (perf + 1 == c->perf)
		return;
	c->perf = perf + 1;
	scx_bpf_cpuperf_set(cpu, perf);
}
