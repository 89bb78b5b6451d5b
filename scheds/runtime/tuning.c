// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include <bpf/bpf.h>
#include <scx/cpu_state.h>
#include <scx/domain.h>

#include "lib/log.h"
#include "runtime/domain.h"
#include "runtime/idle_resume.h"
#include "runtime/tuning.h"

#define MAP_CPUS "domain_cpus"
#define MAP_STATES "cpu_states"
#define PROGRAM_APPLY "domain_apply"
#define FULL_PERF 1024
#define LOCK_PERIOD_US 100000

struct tuning {
	struct bpf_object *bpf;
	sd_event *event;
	struct tuning_options options;
	int root_fd;
	struct topology *topology;
	struct energy_watch *watch;
	struct idle_resume *idle_resume;
	sd_event_source *retry;
	unsigned nr_primary;
};

static int write_domain(struct bpf_object *bpf, const struct topology *t, const bool *set)
{
	struct bpf_map *map = bpf_object__find_map_by_name(bpf, MAP_CPUS);
	int r = 0;

	for (uint32_t cpu = 0; r == 0 && cpu < t->nr_cpu_ids; cpu++) {
		uint32_t value = set[cpu];

		r = bpf_map__update_elem(map, &cpu, sizeof(cpu), &value, sizeof(value), 0);
	}
	return r;
}

static int run_apply(struct bpf_object *bpf, struct scx_domain_args *args)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args, .ctx_size_in = sizeof(*args));
	struct bpf_program *program = bpf_object__find_program_by_name(bpf, PROGRAM_APPLY);
	int r = bpf_prog_test_run_opts(bpf_program__fd(program), &opts);

	return r < 0 ? r : (int)opts.retval;
}

static uint32_t perf_of(const struct tuning_options *o, bool is_saving)
{
	if (domain_is_saving(o->primary_domain, is_saving))
		return 0;
	return o->perf_by_load ? SCX_PERF_BY_LOAD : FULL_PERF;
}

/* Hands the domain to BPF as it is if the energy is @energy. */
static int apply(struct tuning *t, enum energy energy)
{
	bool is_saving = energy != ENERGY_UNKNOWN && energy <= t->options.saves_at;
	_cleanup_free_ bool *set = calloc(t->topology->nr_cpu_ids, sizeof(*set));
	struct scx_domain_args args = {.perf = perf_of(&t->options, is_saving)};
	int r;

	if (!set)
		return -ENOMEM;
	t->nr_primary = domain_resolve(t->options.primary_domain, is_saving, t->topology, set);
	args.is_all = t->nr_primary == t->topology->nr_online;
	r = write_domain(t->bpf, t->topology, set);
	if (r == 0)
		r = run_apply(t->bpf, &args);
	if (r == 0)
		log_debug("primary domain: %u of %u CPUs", t->nr_primary, t->topology->nr_online);
	return r;
}

static void on_energy(void *userdata, enum energy energy)
{
	int r = apply(userdata, energy);

	if (r < 0)
		log_warning("the primary domain stays as it is: cannot change it: %s",
			    strerror(-r));
}

/* The CPUs are those for which the scheduler was loaded: if they change, it is loaded again. */
static int read_machine(struct tuning *t)
{
	t->root_fd = topology_open_root();
	if (t->root_fd < 0)
		return t->root_fd;
	return topology_read(t->root_fd, &t->topology);
}

static int begin(struct tuning *t)
{
	static const struct energy_events events = {.changed = on_energy};
	enum energy energy = ENERGY_UNKNOWN;
	int r = read_machine(t);

	if (r >= 0 && strcmp(t->options.primary_domain, "auto") == 0)
		r = energy_watch_new(&t->watch, t->event, t->root_fd, &events, t, &energy);
	return r < 0 ? r : apply(t, energy);
}

int tuning_new(struct tuning **ret, struct bpf_object *bpf, sd_event *event,
	       const struct tuning_options *options)
{
	_cleanup_(tuning_freep) struct tuning *t = calloc(1, sizeof(*t));
	int r;

	if (!t)
		return -ENOMEM;
	t->bpf = bpf;
	t->event = event;
	t->options = *options;
	r = begin(t);
	if (r < 0)
		return log_errno(r, "cannot set up the primary domain: %m");
	*ret = steal_ptr(t);
	return 0;
}

struct tuning *tuning_free(struct tuning *t)
{
	if (!t)
		return NULL;
	tuning_leaving(t);
	energy_watch_free(t->watch);
	topology_free(t->topology);
	if (t->root_fd > 0)
		(void)close(t->root_fd);
	free(t);
	return NULL;
}

static void try_limit(struct tuning *t);

static int on_retry(sd_event_source *source _unused_, uint64_t now _unused_, void *userdata)
{
	try_limit(userdata);
	return 0;
}

/* The scheduler before us may not have ended yet. */
static int try_later(struct tuning *t)
{
	t->retry = sd_event_source_disable_unref(t->retry);
	return sd_event_add_time_relative(t->event, &t->retry, CLOCK_MONOTONIC, LOCK_PERIOD_US, 0,
					  on_retry, t);
}

static void try_limit(struct tuning *t)
{
	int r = idle_resume_limit(t->root_fd, t->topology, (uint64_t)t->options.idle_resume_us,
				  &t->idle_resume);

	if (r == -EWOULDBLOCK)
		r = try_later(t);
	if (r < 0)
		log_warning("idle states are not limited: cannot record their present limits: %s",
			    strerror(-r));
}

void tuning_attached(struct tuning *t)
{
	if (t->options.idle_resume_us >= 0)
		try_limit(t);
}

void tuning_leaving(struct tuning *t)
{
	t->retry = sd_event_source_disable_unref(t->retry);
	t->idle_resume = idle_resume_free(t->idle_resume);
}

unsigned tuning_nr_cpus(const struct tuning *t)
{
	return t->topology->nr_online;
}

unsigned tuning_nr_primary(const struct tuning *t)
{
	return t->nr_primary;
}

int tuning_resize(struct bpf_object *bpf, const struct topology *topology)
{
	static const char *const maps[] = {MAP_CPUS, MAP_STATES};
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(maps); i++)
		r = bpf_map__set_max_entries(bpf_object__find_map_by_name(bpf, maps[i]),
					     topology->nr_cpu_ids);
	return r;
}

int tuning_count_busy(struct bpf_object *bpf, uint64_t *ret)
{
	const struct bpf_map *map = bpf_object__find_map_by_name(bpf, MAP_STATES);
	struct scx_cpu_state state;
	uint64_t nr = 0;

	for (uint32_t cpu = 0; cpu < bpf_map__max_entries(map); cpu++) {
		int r = bpf_map__lookup_elem(map, &cpu, sizeof(cpu), &state, sizeof(state), 0);

		if (r < 0)
			return r;
		nr += state.is_busy;
	}
	*ret = nr;
	return 0;
}
