/* SPDX-License-Identifier: GPL-2.0-only */
/* How far behind the clock a task of scx_bpfland may be; the same for BPF and tests. */
#pragma once

#include <scx/deadline.h>

#define BPFLAND_WINDOW_NS (500 * 1000 * 1000ULL) /* of queued work, and no credit is left */

/*
 * The credit of a task of @freq that has slept, while @nr_waiting others wait: a multiple of the
 * lag for who wakes often, less the more wait.
 */
static inline u64 bpfland_credit(const struct deadline_rules *rules, u32 freq, u32 nr_waiting)
{
	u64 queued = nr_waiting * rules->slice_ns, credit;

	if (freq <= FREQ_ONE || queued >= BPFLAND_WINDOW_NS)
		return rules->lag_ns;
	credit = deadline_credit(rules, freq);
	credit = credit / 1024 * (BPFLAND_WINDOW_NS * 1024 / (BPFLAND_WINDOW_NS + queued));
	return deadline_bound(rules, credit, BPFLAND_WINDOW_NS, nr_waiting);
}
