/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Idle time put in on purpose, on all CPUs at the same time, so that the machine stays cool: a
 * timer stops the dispatch of tasks for some time, again and again. What is in local DSQs runs all
 * the same.
 */
#pragma once

#include <scx/common.bpf.h>
#include <scx/timer.bpf.h>
#include <scx/topology.bpf.h>

struct throttle {
	struct bpf_timer timer;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, u32);
	__type(value, struct throttle);
	__uint(max_entries, 1);
} throttles SEC(".maps");

static u32 is_throttled;

/* Of conf: ns of work, ns of rest. */
static inline u64 throttle_next(void)
{
	return is_throttled ? conf.throttle_ns : conf.slice_ns;
}

/* The end of a period of either kind. */
static int throttle_flip(void *map, u32 *key, struct throttle *throttle)
{
	u64 kick = is_throttled ? scx_value(scx_kick_flags, SCX_KICK_IDLE)
				: scx_value(scx_kick_flags, SCX_KICK_PREEMPT);
	s32 cpu;

	is_throttled = !is_throttled;
	bpf_for(cpu, 0, (s32)topo.nr_cpu_ids) {
		const volatile struct scx_cpu *info = topo_cpu(cpu);

		if (info && info->online)
			scx_bpf_kick_cpu(cpu, kick);
	}
	if (bpf_timer_start(&throttle->timer, throttle_next(), 0))
		scx_bpf_error("the timer of the throttle cannot be started again");
	return 0;
}

/* For ops.init(); 0 or a negative errno. */
static inline s32 throttle_init(void)
{
	struct throttle *throttle;
	u32 zero = 0;

	if (!conf.throttle_ns)
		return 0;
	throttle = bpf_map_lookup_elem(&throttles, &zero);
	if (!throttle)
		return -ENOENT;
	return timer_begin(&throttles, &throttle->timer, throttle_flip, throttle_next());
}
