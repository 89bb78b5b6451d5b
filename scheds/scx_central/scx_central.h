/* SPDX-License-Identifier: GPL-2.0-only */
/* What the two sides of scx_central share. */
#pragma once

#include <scx/stat.h>
#include <scx/types.h>

#define CENTRAL_CPU_AUTO (-1) /* the first that is online */

struct scx_central_conf {
	u64 slice_ns;    /* what a task may run while others wait */
	s64 central_cpu; /* settled by user space before load */
};

_Static_assert(sizeof(struct scx_central_conf) == 16, "both sides agree on the size");

#define SCX_CENTRAL_STATS(S)                                                                       \
	S(CENTRAL_TOTAL, "total", COUNTER, "tasks that woke or gave up their CPU")                 \
	S(CENTRAL_LOCAL, "local", COUNTER, "of these, put straight on their CPU")                  \
	S(CENTRAL_QUEUED, "queued", GAUGE, "tasks waiting when the central CPU last looked")       \
	S(CENTRAL_LOST, "lost", COUNTER, "tasks gone when they were to be handed over")            \
	S(CENTRAL_TIMER, "timer", COUNTER, "looks of the central CPU at all others")               \
	S(CENTRAL_DISPATCH, "dispatch", COUNTER, "tasks it put in the place of others")            \
	S(CENTRAL_MISMATCH, "mismatch", COUNTER, "waiting tasks passed over: not for that CPU")    \
	S(CENTRAL_RETRY, "retry", COUNTER, "kicks of a CPU that had its next task already")        \
	S(CENTRAL_OVERFLOW, "overflow", COUNTER, "searches left to the CPU concerned: too long")   \
	S(CENTRAL_ASTRAY, "astray", COUNTER, "looks made elsewhere: the central CPU was taken")

enum scx_central_stat { SCX_CENTRAL_STATS(SCX_STAT_ENUM) };
