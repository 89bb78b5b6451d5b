/* SPDX-License-Identifier: GPL-2.0-only */
/* A timer that is started when the scheduler is. */
#pragma once

#include <scx/common.bpf.h>

/*
 * Calls @callback of @timer, which is in the one element of @map, after @ns. For ops.init(); 0 or a
 * negative errno.
 */
static __always_inline s32 timer_begin(void *map, struct bpf_timer *timer, void *callback, u64 ns)
{
	s32 r = bpf_timer_init(timer, map, CLOCK_MONOTONIC);

	if (!r)
		r = bpf_timer_set_callback(timer, callback);
	return r ? r : bpf_timer_start(timer, ns, 0);
}
