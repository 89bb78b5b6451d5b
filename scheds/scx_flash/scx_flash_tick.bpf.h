/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What ends runs in place of the kernel's ticks: one timer, as often as these come, looks for CPUs
 * that have something to do for others. Where nobody waits, nothing is interrupted.
 */
#pragma once

#include <scx/deadline_queue.bpf.h>
#include <scx/timer.bpf.h>

struct tick {
	struct bpf_timer timer;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, u32);
	__type(value, struct tick);
	__uint(max_entries, 1);
} flash_ticks SEC(".maps");

/* The first look at a run tells nothing of how long it has lasted. */
static void look_at_cpu(s32 cpu)
{
	struct scx_cpu_state *c = cpu_state(cpu);

	if (!c || !c->is_busy || !nr_waiting_for(cpu))
		return;
	if (c->nr_looks++ * conf.tick_ns < conf.slice_ns)
		return;
	stat_inc(FLASH_CUT);
	scx_bpf_kick_cpu(cpu, scx_value(scx_kick_flags, SCX_KICK_PREEMPT));
}

static int look_around(void *map, u32 *key, struct tick *tick)
{
	s32 cpu;

	bpf_for(cpu, 0, (s32)topo.nr_cpu_ids)
		look_at_cpu(cpu);
	if (bpf_timer_start(&tick->timer, conf.tick_ns, 0))
		scx_bpf_error("the timer in place of ticks cannot be started again");
	return 0;
}

/* For ops.init(); 0 or a negative errno. */
static s32 tick_init(void)
{
	struct tick *tick;
	u32 zero = 0;

	if (!conf.tickless)
		return 0;
	tick = bpf_map_lookup_elem(&flash_ticks, &zero);
	if (!tick)
		return -ENOENT;
	return timer_begin(&flash_ticks, &tick->timer, look_around, conf.tick_ns);
}
