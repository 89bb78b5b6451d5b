/* SPDX-License-Identifier: GPL-2.0-only */
/* What several schedulers ask of a DSQ ordered by vtime. */
#pragma once

#include <scx/kfuncs.bpf.h>
#include <scx/vtime.h>

/* The vtime of the first task in @dsq_id that may run on @cpu; false, and 0, if there is none. */
static inline bool dsq_first_vtime(u64 dsq_id, s32 cpu, u64 *ret)
{
	struct task_struct *p;

	bpf_for_each(scx_dsq, p, dsq_id, 0)
		if (bpf_cpumask_test_cpu(cpu, p->cpus_ptr)) {
			*ret = p->scx.dsq_vtime;
			return true;
		}
	*ret = 0;
	return false;
}
