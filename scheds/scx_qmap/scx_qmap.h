/* SPDX-License-Identifier: GPL-2.0-only */
/* What the two sides of scx_qmap share. */
#pragma once

#include <scx/stat.h>
#include <scx/types.h>

/* Ends on purpose: the words of --end, and the same as enumerators. */
#define QMAP_ENDS "error exit restart stall no-dsq no-cpu init"

enum qmap_end {
	QMAP_END_NONE,
	QMAP_END_ERROR,   /* scx_bpf_error() */
	QMAP_END_EXIT,    /* scx_bpf_exit() in good order */
	QMAP_END_RESTART, /* scx_bpf_exit() with the request to be loaded again */
	QMAP_END_STALL,   /* a task is never given to a CPU */
	QMAP_END_NO_DSQ,  /* a task is put into a DSQ that does not exist */
	QMAP_END_NO_CPU,  /* a CPU is kicked that does not exist */
	QMAP_END_INIT,    /* ops.init() fails */
};

struct scx_qmap_conf {
	u64 slice_ns;      /* longest run at a time */
	u64 batch;         /* tasks drawn from the queues in one go */
	u64 drop_user;     /* of the enqueues of user tasks every this many is dropped; 0: none */
	u64 drop_kernel;   /* likewise of kernel threads */
	u64 loop_after;    /* dispatches until the endless one; 0: never */
	u64 error_after;   /* --end error and --end-after in one */
	u64 end_after;     /* enqueues until the end */
	s64 disallow_tgid; /* process that must not get the policy SCHED_EXT; 0: none, < 0: our own
			    */
	u8 end;            /* enum qmap_end */
	u8 highpri;        /* tasks with the greatest weights are served first */
	u8 print_shared;   /* to the trace pipe, every second */
	u8 suppress_dump;  /* nothing of ours in the kernel's debug dump */
	u8 pad[4];
};

_Static_assert(sizeof(struct scx_qmap_conf) == 72, "both sides agree on the size");

// clang-format off
#define SCX_QMAP_STATS(S)                                                                          \
	S(QMAP_ENQ, "enq", COUNTER, "tasks put into a queue")                                      \
	S(QMAP_DSP, "dsp", COUNTER, "tasks drawn from a queue")                                    \
	S(QMAP_DELTA, "delta", GAUGE, "tasks waiting in the queues")                               \
	S(QMAP_REENQ, "reenq", COUNTER, "tasks sent back from the local DSQ of a CPU taken away")  \
	S(QMAP_DEQ, "deq", COUNTER, "tasks the kernel took out of a queue")                        \
	S(QMAP_CORE, "core", COUNTER, "of these, for core scheduling")                             \
	S(QMAP_ENQ_DDSP, "enq_ddsp", COUNTER, "tasks ops.enqueue() found an idle CPU for")         \
	S(QMAP_EXP_LOCAL, "exp_local", COUNTER, "boosted tasks that ran where they were found")    \
	S(QMAP_EXP_REMOTE, "exp_remote", COUNTER, "boosted tasks sent to another CPU")             \
	S(QMAP_EXP_TIMER, "exp_timer", COUNTER, "boosted tasks sent to a CPU by the timer")        \
	S(QMAP_EXP_LOST, "exp_lost", COUNTER, "boosted tasks that were gone when moved")           \
	S(QMAP_STALE, "stale", COUNTER, "entries of queues whose task waited no more")             \
	S(QMAP_FULL, "full", COUNTER, "tasks that found their queue full")                         \
	S(QMAP_DROPPED, "dropped", COUNTER, "tasks never given to a CPU, on purpose")              \
	S(QMAP_CUR_MIN, "cpuperf_cur_min", GAUGE, "lowest performance of a CPU, of 1024")          \
	S(QMAP_CUR_AVG, "cpuperf_cur_avg", GAUGE, "mean performance of the CPUs")                  \
	S(QMAP_CUR_MAX, "cpuperf_cur_max", GAUGE, "highest performance of a CPU")                  \
	S(QMAP_TARGET_MIN, "cpuperf_target_min", GAUGE, "lowest performance asked for")            \
	S(QMAP_TARGET_AVG, "cpuperf_target_avg", GAUGE, "mean performance asked for")              \
	S(QMAP_TARGET_MAX, "cpuperf_target_max", GAUGE, "highest performance asked for")           \
	SCX_QMAP_EVENTS(S)

/* the kernel's own counters: SCX_EV_* without the front */
#define SCX_QMAP_EVENTS(S)                                                                         \
	S(QMAP_EV_SELECT_CPU_FALLBACK, "ev_select_cpu_fallback", COUNTER,                          \
	  "kernel: ops.select_cpu() chose a CPU not allowed")                                      \
	S(QMAP_EV_DISPATCH_LOCAL_DSQ_OFFLINE, "ev_dispatch_local_dsq_offline", COUNTER,            \
	  "kernel: a task was sent to a CPU that was offline")                                     \
	S(QMAP_EV_DISPATCH_KEEP_LAST, "ev_dispatch_keep_last", COUNTER,                            \
	  "kernel: a task ran on as there was no other")                                           \
	S(QMAP_EV_ENQ_SKIP_EXITING, "ev_enq_skip_exiting", COUNTER,                                \
	  "kernel: an exiting task bypassed ops.enqueue()")                                        \
	S(QMAP_EV_ENQ_SKIP_MIGRATION_DISABLED, "ev_enq_skip_migration_disabled", COUNTER,          \
	  "kernel: a task with migration disabled bypassed ops.enqueue()")                         \
	S(QMAP_EV_REENQ_REPEAT, "ev_reenq_repeat", COUNTER,                                        \
	  "kernel: a task was enqueued again repeatedly")                                          \
	S(QMAP_EV_REFILL_SLICE_DFL, "ev_refill_slice_dfl", COUNTER,                                \
	  "kernel: a task got the default slice")                                                  \
	S(QMAP_EV_BYPASS_DURATION, "ev_bypass_duration", COUNTER,                                  \
	  "kernel: ns without the scheduler, for instance during suspend")                         \
	S(QMAP_EV_BYPASS_DISPATCH, "ev_bypass_dispatch", COUNTER,                                  \
	  "kernel: tasks dispatched in that time")                                                 \
	S(QMAP_EV_BYPASS_ACTIVATE, "ev_bypass_activate", COUNTER,                                  \
	  "kernel: how often that began")                                                          \
	S(QMAP_EV_INSERT_NOT_OWNED, "ev_insert_not_owned", COUNTER,                                \
	  "kernel: an insertion of another scheduler's task")
// clang-format on

enum scx_qmap_stat { SCX_QMAP_STATS(SCX_STAT_ENUM) };
