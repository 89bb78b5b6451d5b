/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel functions that are the same on every supported kernel. Those that
 * were renamed or changed since 6.12 are in compat.bpf.h.
 */
#pragma once

#include <scx/kernel.bpf.h>

#include <bpf/bpf_helpers.h>

bool bpf_cpumask_test_cpu(u32 cpu, const struct cpumask *cpumask) __ksym;

/* for bpf_for_each(scx_dsq, p, dsq_id, flags) */
int bpf_iter_scx_dsq_new(struct bpf_iter_scx_dsq *it, u64 dsq_id, u64 flags) __ksym;
struct task_struct *bpf_iter_scx_dsq_next(struct bpf_iter_scx_dsq *it) __ksym;
void bpf_iter_scx_dsq_destroy(struct bpf_iter_scx_dsq *it) __ksym;

s32 scx_bpf_create_dsq(u64 dsq_id, s32 node) __ksym;
s32 scx_bpf_select_cpu_dfl(struct task_struct *p, s32 prev_cpu, u64 wake_flags, bool *is_idle)
	__ksym;
s32 scx_bpf_task_cpu(const struct task_struct *p) __ksym;
