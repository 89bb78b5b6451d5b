// SPDX-License-Identifier: GPL-2.0-only
#include <scx/ops_flags.h>

#include "lib/log.h"
#include "runtime/deadline.h"
#include "runtime/domain.h"
#include "runtime/tuning.h"

/* The text the option was given, or its default. */
static const char *primary_domain(const struct scx_deadline_conf *c)
{
	return c->primary_domain ? (const char *)(uintptr_t)c->primary_domain : "auto";
}

int deadline_check(const void *conf, const struct topology *topology)
{
	return domain_check(primary_domain(conf), topology);
}

/* Nodes with online CPUs. */
static unsigned count_nodes(const struct topology *t)
{
	unsigned nr = 0;

	for (unsigned node = 0; node < t->nr_node_ids; node++)
		for (unsigned cpu = 0; cpu < t->nr_cpu_ids; cpu++)
			if (t->cpus[cpu].online && t->cpus[cpu].node == node) {
				nr++;
				break;
			}
	return nr;
}

int deadline_configure(void *conf, const struct topology *topology)
{
	struct scx_deadline_conf *c = conf;
	unsigned nr_nodes = count_nodes(topology);

	/* it is not counted any further */
	if (c->preempt_ns > c->lag_ns) {
		log_error("--preempt-us: %llu is more than --slice-us-lag, which is %llu",
			  (unsigned long long)c->preempt_ns / 1000,
			  (unsigned long long)c->lag_ns / 1000);
		return -EINVAL;
	}
	c->has_nodes = nr_nodes > 1;
	c->use_nodes = c->has_nodes && !c->disable_numa;
	c->use_smt = topology->is_smt && !c->disable_smt;
	c->nr_node_cpus = nr_nodes ? topology->nr_online / nr_nodes : 1;
	/* threads of the kernel must not stop with the rest */
	if (c->throttle_ns)
		c->local_kthreads = 1;
	return 0;
}

uint64_t deadline_flags(const void *conf)
{
	const struct scx_deadline_conf *c = conf;

	return c->use_nodes ? SCX_OPS_BUILTIN_IDLE_PER_NODE : 0;
}

int deadline_prepare(struct bpf_object *bpf, const void *conf _unused_,
		     const struct topology *topology)
{
	return tuning_resize(bpf, topology);
}

int deadline_start(struct bpf_object *bpf, sd_event *event, void **ret_state)
{
	struct bpf_map *map = bpf_object__find_map_by_name(bpf, ".rodata.conf");
	const struct scx_deadline_conf *c;
	struct tuning_options options;
	struct tuning *t;
	size_t size;
	int r;

	c = bpf_map__initial_value(map, &size);
	options = (struct tuning_options){
		.primary_domain = primary_domain(c),
		.saves_at = c->saves_early ? ENERGY_RATHER_SAVE : ENERGY_SAVE,
		.idle_resume_us = c->idle_resume_us,
		.perf_by_load = c->cpufreq,
	};
	r = tuning_new(&t, bpf, event, &options);
	if (r == 0)
		*ret_state = t;
	return r;
}

void deadline_attached(void *state)
{
	tuning_attached(state);
}

void deadline_leaving(void *state)
{
	tuning_leaving(state);
}

void deadline_stop(void *state)
{
	tuning_free(state);
}

int deadline_sample(struct bpf_object *bpf, void *state, uint64_t *values)
{
	values[DEADLINE_PRIMARY] = tuning_nr_primary(state);
	values[DEADLINE_CPUS] = tuning_nr_cpus(state);
	return tuning_count_busy(bpf, &values[DEADLINE_RUNNING]);
}
