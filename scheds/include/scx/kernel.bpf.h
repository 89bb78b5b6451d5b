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

enum bpf_map_type {
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_RINGBUF = 27,
};

enum scx_dsq_id_flags {
	SCX_DSQ_LOCAL = 0x8000000000000002ULL,
};

enum scx_ent_flags {
	SCX_TASK_QUEUED = 1,
};

enum scx_exit_kind {
	SCX_EXIT_UNREG_BPF = 65,
	SCX_EXIT_UNREG_KERN = 66,
	SCX_EXIT_ERROR = 1024,
};

enum scx_exit_code {
	SCX_ECODE_ACT_RESTART = 1ULL << 48,
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct sched_entity {
	u64 sum_exec_runtime; /* ns the task has run since it was made */
};

struct sched_ext_entity {
	u32 flags;  /* enum scx_ent_flags */
	u32 weight; /* 1 to 10000, 100 is nice 0 */
	u64 slice;  /* ns left of what the last insertion gave */
	u64 dsq_vtime;
};

/* only ever passed on; must be a complete type, as it is in the kernel */
struct cpumask {
};

struct task_struct {
	const struct cpumask *cpus_ptr; /* where it may run */
	struct sched_entity se;
	struct sched_ext_entity scx;
};

struct scx_exit_info {
	enum scx_exit_kind kind;
	s64 exit_code;
	const char *reason;
	char *msg;
	char *dump;
};

struct scx_init_task_args;

/* libbpf matches members by name and leaves out what the kernel does not have and we do not set */
struct sched_ext_ops {
	s32 (*select_cpu)(struct task_struct *p, s32 prev_cpu, u64 wake_flags);
	void (*enqueue)(struct task_struct *p, u64 enq_flags);
	void (*dispatch)(s32 cpu, struct task_struct *prev);
	void (*running)(struct task_struct *p);
	void (*stopping)(struct task_struct *p, bool runnable);
	void (*enable)(struct task_struct *p);
	s32 (*init)(void);
	void (*exit)(struct scx_exit_info *info);
	u64 flags;
	u32 timeout_ms;
	u64 hotplug_seq;
	char name[128];
};

struct scx_bpf_dsq_insert_vtime_args {
	u64 dsq_id;
	u64 slice;
	u64 vtime;
	u64 enq_flags;
};

#pragma clang attribute pop

/* not relocated: the verifier takes the size of an iterator from the kernel */
struct bpf_iter_scx_dsq {
	u64 __opaque[6];
} __attribute__((aligned(8)));
