/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The clock of weighted virtual time: the vtime of the task that last started after it had
 * to wait. What a task has used is compared with it. A task that slept is let in at most one
 * slice behind the clock: it runs soon, but cannot save up sleep to keep others out later.
 *
 * Only tasks that compete move the clock or are moved by it. A task of nice 19 pays for its
 * CPU time a hundredfold; alone on a CPU it would drive the clock so fast that everybody else
 * is always that one slice behind, and their weights no longer count.
 *
 * Beside heavy tasks the clock is slow: beside one of nice -20 it runs at 1/87 of real time.
 * What a single turn costs a task of nice 19 could keep it waiting there for longer than the
 * kernel's watchdog lets pass. So turns of light tasks are short (vtime_turn()), and the clock
 * never falls below 1/VTIME_PACE of real time: with a tick of 4 ms, which costs nice 19
 * 400 ms, and slices of 20 ms, nobody waits for more than 20 * 0.42 = 8.4 s; with a tick of 10 ms
 * for more than 21 s.
 */
#pragma once

#include <scx/common.bpf.h>

#define VTIME_PACE 20
#define VTIME_STEP_NS (1000 * 1000)       /* how often the pace is looked after */
#define VTIME_GAP_NS (1000 * 1000 * 1000) /* no more is made up for at a time */

/*
 * Written without a lock: two CPUs that start tasks at the same time may set it
 * back by what lies between the two vtimes, which the next start makes up.
 */
static u64 vtime_now;
static u64 vtime_paced_at; /* real time, likewise */

static inline void vtime_keep_pace(void)
{
	u64 now = scx_bpf_now();
	u64 passed = now - vtime_paced_at;

	if ((s64)passed < VTIME_STEP_NS)
		return;
	vtime_paced_at = now;
	vtime_now += (passed < VTIME_GAP_NS ? passed : VTIME_GAP_NS) / VTIME_PACE;
}

/* A task starts at @vtime. */
static inline void vtime_advance(u64 vtime)
{
	vtime_keep_pace();
	if (vtime_before(vtime_now, vtime))
		vtime_now = vtime;
}

/* Where a task of @vtime is let in. */
static inline u64 vtime_admit(u64 vtime, u64 slice_ns)
{
	u64 earliest = vtime_now - slice_ns;

	return vtime_before(vtime, earliest) ? earliest : vtime;
}

/* Where it begins if nobody has to wait for it: it owes nothing for what nobody else wanted. */
static inline u64 vtime_admit_alone(u64 vtime, u64 slice_ns)
{
	return vtime_before(vtime_now, vtime) ? vtime_now : vtime_admit(vtime, slice_ns);
}

/* For ops.enable(): a new task begins now. */
static inline void vtime_enable(struct task_struct *p)
{
	scx_bpf_task_set_dsq_vtime(p, vtime_now);
}
