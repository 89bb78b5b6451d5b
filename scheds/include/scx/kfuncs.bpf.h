/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel functions that are the same on every supported kernel. Those that
 * were renamed or changed since 6.12 are in compat.bpf.h.
 */
#pragma once

#include <scx/kernel.bpf.h>

#include <bpf/bpf_helpers.h>

s32 scx_bpf_create_dsq(u64 dsq_id, s32 node) __ksym;
s32 scx_bpf_select_cpu_dfl(struct task_struct *p, s32 prev_cpu, u64 wake_flags, bool *is_idle)
	__ksym;
s32 scx_bpf_task_cpu(const struct task_struct *p) __ksym;
