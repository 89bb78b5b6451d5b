/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel types the schedulers use, cut down to the members they use.
 *
 * This takes the place of a generated vmlinux.h. Every record is relocated by
 * libbpf against the running kernel's BTF (preserve_access_index), so order,
 * offsets and missing neighbours do not matter, only names and types do. Enum
 * values are read through scx_value() in compat.bpf.h, for the same reason.
 * A scheduler that needs one more member adds it here; the guest suite loads
 * every scheduler on every supported kernel and so proves this file.
 */
#pragma once

#include <scx/ops_flags.h>

#ifdef __bpf__

#include <asm-generic/errno.h>

typedef signed char __s8;
typedef unsigned char __u8;
typedef short __s16;
typedef unsigned short __u16;
typedef int __s32;
typedef unsigned int __u32;
typedef long long __s64;
typedef unsigned long long __u64;

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
typedef __s64 s64;

typedef _Bool bool;
enum { false = 0, true = 1 };

/* named in libbpf's own headers */
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;

/* a record's members are found by name in the types of the running kernel */
#define SCX_KERNEL_TYPES_BEGIN                                                                     \
	_Pragma("clang attribute push(__attribute__((preserve_access_index)), apply_to = record)")
#define SCX_KERNEL_TYPES_END _Pragma("clang attribute pop")

#else /* policy under test in an ordinary program */

#include <errno.h>
#include <stdbool.h>

#include <scx/types.h>

#define SCX_KERNEL_TYPES_BEGIN
#define SCX_KERNEL_TYPES_END

#endif

enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_RINGBUF = 27,
	BPF_MAP_TYPE_TASK_STORAGE = 29,
	BPF_MAP_TYPE_USER_RINGBUF = 31,
	BPF_MAP_TYPE_CGRP_STORAGE = 32,
	BPF_MAP_TYPE_ARENA = 33,
};

/* part of the system call's interface, hence the same everywhere */
enum {
	BPF_ANY = 0,
	BPF_NOEXIST = 1,
	BPF_EXIST = 2,
};
enum {
	BPF_F_NO_PREALLOC = 1U << 0,
	BPF_F_MMAPABLE = 1U << 10,
};
enum {
	BPF_LOCAL_STORAGE_GET_F_CREATE = 1,
};
enum {
	BPF_RB_NO_WAKEUP = 1,
};
enum {
	BPF_F_TIMER_CPU_PIN = 2,
};

#define CLOCK_MONOTONIC 1

/* p->flags */
#define PF_IDLE 0x00000002
#define PF_EXITING 0x00000004
#define PF_KTHREAD 0x00200000

/* p->__state: it has run for the last time */
#define TASK_DEAD 0x00000080

/* p->policy */
#define SCHED_FIFO 1
#define SCHED_RR 2
#define SCHED_DEADLINE 6
#define SCHED_EXT 7

/* given in nodes' place: any node */
#define NUMA_NO_NODE (-1)

/*
 * Enumerators of sched_ext: names and, for kernels whose BTF lost the upper halves,
 * values. Code takes them through scx_value(); only ops.flags is given as it stands in
 * ops_flags.h.
 */
enum scx_public_consts {
	SCX_SLICE_DFL = 20 * 1000 * 1000,
	SCX_SLICE_INF = ~0ULL,
};

enum scx_consts {
	SCX_CPUPERF_ONE = 1024, /* the highest speed of a CPU */
};

enum scx_dsq_id_flags {
	SCX_DSQ_GLOBAL = 0x8000000000000001ULL,
	SCX_DSQ_LOCAL = 0x8000000000000002ULL,
	SCX_DSQ_LOCAL_ON = 0xc000000000000000ULL, /* | CPU */
};

enum scx_dsq_iter_flags {
	SCX_DSQ_ITER_REV = 1 << 16,
};

enum scx_enq_flags {
	SCX_ENQ_WAKEUP = 1,
	SCX_ENQ_HEAD = 1 << 16,
	SCX_ENQ_CPU_SELECTED = 1 << 20,
	SCX_ENQ_PREEMPT = 1ULL << 32,
	SCX_ENQ_REENQ = 1ULL << 40,
	SCX_ENQ_LAST = 1ULL << 41,
};

enum scx_deq_flags {
	SCX_DEQ_SLEEP = 1,
	SCX_DEQ_CORE_SCHED_EXEC = 1ULL << 32,
};

enum scx_kick_flags {
	SCX_KICK_IDLE = 1 << 0,
	SCX_KICK_PREEMPT = 1 << 1,
	SCX_KICK_WAIT = 1 << 2,
};

enum scx_pick_idle_cpu_flags {
	SCX_PICK_IDLE_CORE = 1 << 0,
	SCX_PICK_IDLE_IN_NODE = 1 << 1,
};

enum scx_wake_flags {
	SCX_WAKE_FORK = 1 << 2,
	SCX_WAKE_TTWU = 1 << 3,
	SCX_WAKE_SYNC = 1 << 4,
};

enum scx_ent_flags {
	SCX_TASK_QUEUED = 1,
};

enum scx_exit_kind {
	SCX_EXIT_NONE = 0,
	SCX_EXIT_UNREG_BPF = 65,
	SCX_EXIT_UNREG_KERN = 66,
	SCX_EXIT_ERROR = 1024,
};

enum scx_exit_code {
	SCX_ECODE_RSN_HOTPLUG = 1ULL << 32,
	SCX_ECODE_ACT_RESTART = 1ULL << 48,
};

/* Opaque in user space's headers too: what the verifier asks for is the size. */
struct bpf_spin_lock {
	u32 val;
};

struct bpf_timer {
	u64 __opaque[2];
} __attribute__((aligned(8)));

SCX_KERNEL_TYPES_BEGIN

struct sched_entity {
	u64 sum_exec_runtime; /* ns the task has run since it was made */
};

struct sched_ext_entity {
	u32 flags;  /* enum scx_ent_flags */
	u32 weight; /* 1 to 10000, 100 is nice 0 */
	u64 slice;  /* ns left of what the last insertion gave */
	u64 dsq_vtime;
	u64 core_sched_at; /* see scx_core_sched_answer() */
	bool disallow;     /* the task may not get the policy SCHED_EXT */
};

#ifdef __bpf__
/* only ever passed on; must be complete types, as they are in the kernel */
struct cpumask {
};

struct bpf_cpumask {
};
#endif

struct task_struct {
	s32 pid;
	s32 tgid;
	u32 flags; /* PF_* */
	u32 __state;
	u32 policy;
	s32 nr_cpus_allowed;
	const struct cpumask *cpus_ptr; /* where it may run */
	u16 migration_disabled;         /* how often; see is_migration_disabled() */
	char comm[16];
	struct sched_entity se;
	struct sched_ext_entity scx;
};

struct rq {
	struct task_struct *curr;
};

struct kernfs_node {
	u64 id;
};

struct cgroup {
	struct kernfs_node *kn; /* kn->id is the inode number of its directory */
	s32 level;              /* 0 is the root */
};

struct scx_exit_info {
	enum scx_exit_kind kind;
	s64 exit_code;
	const char *reason;
	char *msg;
	char *dump;
};

struct scx_init_task_args {
	bool fork;
	struct cgroup *cgroup; /* not on kernels without CONFIG_EXT_GROUP_SCHED */
};

struct scx_exit_task_args {
	bool cancelled;
};

struct scx_cgroup_init_args {
	u32 weight;
	bool sched_idle; /* cpu.idle; since 6.19 */
};

struct scx_cpu_acquire_args {
};

struct scx_cpu_release_args {
	struct task_struct *task;
};

struct scx_dump_ctx {
	enum scx_exit_kind kind;
};

/*
 * libbpf matches members by name and leaves out what the kernel does not have and
 * we do not set; the run-time unsets optional callbacks the kernel does not have.
 */
struct sched_ext_ops {
	s32 (*select_cpu)(struct task_struct *p, s32 prev_cpu, u64 wake_flags);
	void (*enqueue)(struct task_struct *p, u64 enq_flags);
	void (*dequeue)(struct task_struct *p, u64 deq_flags);
	void (*dispatch)(s32 cpu, struct task_struct *prev);
	void (*tick)(struct task_struct *p);
	void (*runnable)(struct task_struct *p, u64 enq_flags);
	void (*running)(struct task_struct *p);
	void (*stopping)(struct task_struct *p, bool runnable);
	void (*quiescent)(struct task_struct *p, u64 deq_flags);
	bool (*yield)(struct task_struct *from, struct task_struct *to);
	bool (*core_sched_before)(struct task_struct *a, struct task_struct *b);
	void (*set_weight)(struct task_struct *p, u32 weight);
	void (*set_cpumask)(struct task_struct *p, const struct cpumask *cpumask);
	void (*update_idle)(s32 cpu, bool idle);
	void (*cpu_acquire)(s32 cpu, struct scx_cpu_acquire_args *args);
	void (*cpu_release)(s32 cpu, struct scx_cpu_release_args *args);
	s32 (*init_task)(struct task_struct *p, struct scx_init_task_args *args);
	void (*exit_task)(struct task_struct *p, struct scx_exit_task_args *args);
	void (*enable)(struct task_struct *p);
	void (*disable)(struct task_struct *p);
	void (*dump)(struct scx_dump_ctx *ctx);
	void (*dump_cpu)(struct scx_dump_ctx *ctx, s32 cpu, bool idle);
	void (*dump_task)(struct scx_dump_ctx *ctx, struct task_struct *p);
	s32 (*cgroup_init)(struct cgroup *cgrp, struct scx_cgroup_init_args *args);
	void (*cgroup_exit)(struct cgroup *cgrp);
	s32 (*cgroup_prep_move)(struct task_struct *p, struct cgroup *from, struct cgroup *to);
	void (*cgroup_move)(struct task_struct *p, struct cgroup *from, struct cgroup *to);
	void (*cgroup_cancel_move)(struct task_struct *p, struct cgroup *from, struct cgroup *to);
	void (*cgroup_set_weight)(struct cgroup *cgrp, u32 weight);
	void (*cgroup_set_bandwidth)(struct cgroup *cgrp, u64 period_us, u64 quota_us,
				     u64 burst_us);
	void (*cgroup_set_idle)(struct cgroup *cgrp, bool idle);
	void (*cpu_online)(s32 cpu);
	void (*cpu_offline)(s32 cpu);
	s32 (*init)(void);
	void (*exit)(struct scx_exit_info *info);
	u32 dispatch_max_batch;
	u64 flags; /* enum scx_ops_flags */
	u32 timeout_ms;
	u32 exit_dump_len;
	u64 hotplug_seq;
	char name[128];
};

/* the kernel's counters of events, by name: see scx_event() */
struct scx_event_stats {
	s64 SCX_EV_SELECT_CPU_FALLBACK;
	s64 SCX_EV_DISPATCH_LOCAL_DSQ_OFFLINE;
	s64 SCX_EV_DISPATCH_KEEP_LAST;
	s64 SCX_EV_ENQ_SKIP_EXITING;
	s64 SCX_EV_ENQ_SKIP_MIGRATION_DISABLED;
	s64 SCX_EV_REFILL_SLICE_DFL;
	s64 SCX_EV_BYPASS_DURATION;
	s64 SCX_EV_BYPASS_DISPATCH;
	s64 SCX_EV_BYPASS_ACTIVATE;
	s64 SCX_EV_REENQ_REPEAT;
	s64 SCX_EV_INSERT_NOT_OWNED;
};

struct scx_bpf_select_cpu_and_args {
	s32 prev_cpu;
	u64 wake_flags;
	u64 flags;
};

struct scx_bpf_dsq_insert_vtime_args {
	u64 dsq_id;
	u64 slice;
	u64 vtime;
	u64 enq_flags;
};

SCX_KERNEL_TYPES_END

/* not relocated: the verifier takes the sizes of iterators from the kernel */
struct bpf_iter_num {
	u64 __opaque[1];
} __attribute__((aligned(8)));

struct bpf_iter_scx_dsq {
	u64 __opaque[6];
} __attribute__((aligned(8)));
