/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The primary domain: the CPUs that get tasks first, the others get what is left over. User space
 * may change it at any time: it writes domain_cpus and runs domain_apply, which makes a new mask
 * of it and puts that in the place of the old one as a whole.
 */
#pragma once

#include <scx/common.bpf.h>
#include <scx/domain.h>
#include <scx/topology.bpf.h>

/* 1: in the domain. Resized to topo.nr_cpu_ids. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, u32);
	__type(value, u32);
	__uint(max_entries, 1);
} domain_cpus SEC(".maps");

static struct bpf_cpumask __kptr *domain_mask SEC(".bss.domain");

/* Read without a lock: who is a moment late does as if the change came a moment later. */
static u32 domain_is_part;
static u32 domain_perf = SCX_PERF_BY_LOAD;

/* Returns 0 or a negative errno. */
SEC("syscall")
int domain_apply(struct scx_domain_args *args)
{
	struct bpf_cpumask *mask = bpf_cpumask_create();
	s32 cpu;

	if (!mask)
		return -ENOMEM;
	bpf_for(cpu, 0, (s32)topo.nr_cpu_ids) {
		u32 *is_in = bpf_map_lookup_elem(&domain_cpus, &cpu);

		if (is_in && *is_in)
			bpf_cpumask_set_cpu(cpu, mask);
	}
	mask = bpf_kptr_xchg(&domain_mask, mask);
	if (mask)
		bpf_cpumask_release(mask);
	domain_is_part = !args->is_all;
	domain_perf = args->perf;
	return 0;
}

/* NULL if all CPUs are alike. For callbacks, which hold the RCU read lock. */
static inline const struct cpumask *domain_part(void)
{
	return domain_is_part ? (const struct cpumask *)domain_mask : NULL;
}
