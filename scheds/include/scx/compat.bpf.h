/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One object for all kernels since 6.12.
 *
 * Each shim carries the name of the newest form of the kernel function and
 * picks among the forms the running kernel has. Presence is tested by symbol,
 * never by version; the verifier drops the branches that cannot be taken, so a
 * shim costs nothing at run time. libbpf ignores what follows the last ___ of an
 * extern's name, which lets several prototypes of one function be declared.
 * The comment above a shim says since when each form exists and when the shim
 * can go: when the oldest supported kernel has the newest form.
 */
#pragma once

#include <scx/kfuncs.bpf.h>

#include <bpf/bpf_core_read.h>

/*
 * Value of an enumerator in the running kernel; 0 if it has none of that name.
 * BTF made by old tools keeps only the lower half of 64-bit values: if the lower
 * halves agree, the kernel's value is the one in kernel.bpf.h.
 */
#define scx_value(type, name)                                                                      \
	({                                                                                         \
		u64 _value = 0;                                                                    \
		if (bpf_core_enum_value_exists(enum type, name)) {                                 \
			_value = bpf_core_enum_value(enum type, name);                             \
			if ((u32)_value == (u32)name)                                              \
				_value = name;                                                     \
		}                                                                                  \
		_value;                                                                            \
	})

/*
 * scx_bpf_dsq_insert(): 6.12 scx_bpf_dispatch(); 6.13 this name, without a
 * result; 6.19 symbol ___v2 with a result. Dies with the support of 6.18.
 */
void scx_bpf_dispatch(struct task_struct *p, u64 dsq_id, u64 slice, u64 enq_flags) __ksym __weak;
void scx_bpf_dsq_insert___v1(struct task_struct *p, u64 dsq_id, u64 slice, u64 enq_flags) __ksym
__weak;
bool scx_bpf_dsq_insert___v2___compat(struct task_struct *p, u64 dsq_id, u64 slice, u64 enq_flags)
	__ksym __weak;

static inline bool scx_bpf_dsq_insert(struct task_struct *p, u64 dsq_id, u64 slice, u64 enq_flags)
{
	if (bpf_ksym_exists(scx_bpf_dsq_insert___v2___compat))
		return scx_bpf_dsq_insert___v2___compat(p, dsq_id, slice, enq_flags);
	if (bpf_ksym_exists(scx_bpf_dsq_insert___v1))
		scx_bpf_dsq_insert___v1(p, dsq_id, slice, enq_flags);
	else
		scx_bpf_dispatch(p, dsq_id, slice, enq_flags);
	return true;
}

/*
 * scx_bpf_dsq_insert_vtime(): 6.12 scx_bpf_dispatch_vtime(); 6.13 this name with
 * scalar arguments; 6.19 arguments in a structure. Dies with the support of 6.18.
 */
void scx_bpf_dispatch_vtime(struct task_struct *p, u64 dsq_id, u64 slice, u64 vtime, u64 enq_flags)
	__ksym __weak;
void scx_bpf_dsq_insert_vtime___v1(struct task_struct *p, u64 dsq_id, u64 slice, u64 vtime,
				   u64 enq_flags) __ksym __weak;
bool __scx_bpf_dsq_insert_vtime(struct task_struct *p, struct scx_bpf_dsq_insert_vtime_args *args)
	__ksym __weak;

static inline bool scx_bpf_dsq_insert_vtime(struct task_struct *p, u64 dsq_id, u64 slice, u64 vtime,
					    u64 enq_flags)
{
	if (bpf_ksym_exists(__scx_bpf_dsq_insert_vtime)) {
		struct scx_bpf_dsq_insert_vtime_args args = {
			.dsq_id = dsq_id,
			.slice = slice,
			.vtime = vtime,
			.enq_flags = enq_flags,
		};

		return __scx_bpf_dsq_insert_vtime(p, &args);
	}
	if (bpf_ksym_exists(scx_bpf_dsq_insert_vtime___v1))
		scx_bpf_dsq_insert_vtime___v1(p, dsq_id, slice, vtime, enq_flags);
	else
		scx_bpf_dispatch_vtime(p, dsq_id, slice, vtime, enq_flags);
	return true;
}

/*
 * scx_bpf_dsq_move_to_local(): 6.12 scx_bpf_consume(); 6.13 this name; 7.1 symbol
 * ___v2 with enqueue flags. Dies with the support of 7.0.
 */
bool scx_bpf_consume(u64 dsq_id) __ksym __weak;
bool scx_bpf_dsq_move_to_local___v1(u64 dsq_id) __ksym __weak;
bool scx_bpf_dsq_move_to_local___v2___compat(u64 dsq_id, u64 enq_flags) __ksym __weak;

/* @enq_flags are dropped where the kernel does not take any */
static inline bool scx_bpf_dsq_move_to_local(u64 dsq_id, u64 enq_flags)
{
	if (bpf_ksym_exists(scx_bpf_dsq_move_to_local___v2___compat))
		return scx_bpf_dsq_move_to_local___v2___compat(dsq_id, enq_flags);
	if (bpf_ksym_exists(scx_bpf_dsq_move_to_local___v1))
		return scx_bpf_dsq_move_to_local___v1(dsq_id);
	return scx_bpf_consume(dsq_id);
}

/*
 * scx_bpf_task_set_slice(), scx_bpf_task_set_dsq_vtime(): before 6.19 plain stores.
 * Dies with the support of 6.18.
 */
bool scx_bpf_task_set_slice___v1(struct task_struct *p, u64 slice) __ksym __weak;
bool scx_bpf_task_set_dsq_vtime___v1(struct task_struct *p, u64 vtime) __ksym __weak;

static inline void scx_bpf_task_set_slice(struct task_struct *p, u64 slice)
{
	if (bpf_ksym_exists(scx_bpf_task_set_slice___v1))
		(void)scx_bpf_task_set_slice___v1(p, slice);
	else
		p->scx.slice = slice;
}

static inline void scx_bpf_task_set_dsq_vtime(struct task_struct *p, u64 vtime)
{
	if (bpf_ksym_exists(scx_bpf_task_set_dsq_vtime___v1))
		(void)scx_bpf_task_set_dsq_vtime___v1(p, vtime);
	else
		p->scx.dsq_vtime = vtime;
}
