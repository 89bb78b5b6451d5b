// SPDX-License-Identifier: GPL-2.0-only
/*
 * What most policy tests do not look at: a test is one thread, timers are never due (a test calls
 * what they would call), and nobody reads the trace. A test's own definition goes before.
 */
#include <scx/common.bpf.h>

#define WEAK __attribute__((weak))

WEAK void bpf_spin_lock(struct bpf_spin_lock *lock)
{
}

WEAK void bpf_spin_unlock(struct bpf_spin_lock *lock)
{
}

WEAK long bpf_timer_init(struct bpf_timer *timer, void *map, u64 flags)
{
	return 0;
}

WEAK long bpf_timer_set_callback(struct bpf_timer *timer, void *callback)
{
	return 0;
}

WEAK long bpf_timer_start(struct bpf_timer *timer, u64 nsecs, u64 flags)
{
	return 0;
}

WEAK void bpf_printk(const char *format, ...)
{
}

WEAK void scx_bpf_events(struct scx_events *events)
{
}
