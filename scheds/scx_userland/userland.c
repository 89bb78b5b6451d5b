// SPDX-License-Identifier: GPL-2.0-only
#include "userland.h"
#include "policy.h"
#include "process.h"

struct userland {
	struct policy policy;
	uint64_t faults_before;
};

static int take(void *userdata, const void *record, size_t size)
{
	struct userland *u = userdata;

	return size < sizeof(struct userland_waiting) ? -EPROTO : policy_take(&u->policy, record);
}

static void act(void *userdata)
{
	struct userland *u = userdata;

	policy_act(&u->policy);
}

static const struct transport_handler handler = {take, act};

void userland_stop(void *state)
{
	struct userland *u = state;

	process_relax();
	transport_free(u->policy.transport);
	task_queue_free(u->policy.queue);
	free(u);
}

static int new_userland(struct bpf_object *bpf, sd_event *event, struct userland *u)
{
	struct bpf_map *conf_map = bpf_object__find_map_by_name(bpf, ".rodata.conf");
	struct bpf_map *shared_map = bpf_object__find_map_by_name(bpf, ".bss.shared");
	struct bpf_map *tasks = bpf_object__find_map_by_name(bpf, "tasks");
	const struct userland_task self = {.is_scheduler = 1};
	const struct scx_userland_conf *conf;
	size_t size;
	int r;

	if (!conf_map || !shared_map || !tasks)
		return -ENOENT;
	conf = bpf_map__initial_value(conf_map, &size);
	u->policy.batch = conf->batch;
	u->policy.shared = bpf_map__initial_value(shared_map, &size);
	r = task_queue_new(USERLAND_WAITING_MAX, &u->policy.queue);
	if (r == 0)
		r = transport_new(bpf, event, &handler, u, &u->policy.transport);
	if (r == 0)
		r = process_mark(tasks, &self, sizeof(self));
	return r;
}

int userland_start(struct bpf_object *bpf, sd_event *event, void **ret_state)
{
	struct userland *u = calloc(1, sizeof(*u));
	int r;

	if (!u)
		return -ENOMEM;
	r = new_userland(bpf, event, u);
	if (r == 0)
		r = process_prepare();
	if (r < 0) {
		userland_stop(u);
		return r;
	}
	u->faults_before = process_faults();
	*ret_state = u;
	return 0;
}

/* The ring to the kernel holds all that may be on their way. */
int userland_prepare(struct bpf_object *bpf, const void *conf,
		     const struct topology *topology _unused_)
{
	const struct scx_userland_conf *c = conf;
	struct bpf_map *ring = bpf_object__find_map_by_name(bpf, "to_kernel");

	if (!ring)
		return -ENOENT;
	return bpf_map__set_max_entries(ring, transport_ring_size(c->batch,
								  sizeof(struct userland_ready)));
}

int userland_sample(struct bpf_object *bpf _unused_, void *state, uint64_t *values)
{
	const struct userland *u = state;

	values[USERLAND_TOTAL] = values[USERLAND_IDLE] + values[USERLAND_KERNEL] +
				 values[USERLAND_USER] + values[USERLAND_FAILED];
	values[USERLAND_RECEIVED] = u->policy.nr_received;
	values[USERLAND_SENT] = u->policy.nr_sent;
	values[USERLAND_DELAYED] = u->policy.nr_delayed;
	values[USERLAND_WAITING] = task_queue_len(u->policy.queue);
	values[USERLAND_ROUNDS] = u->policy.nr_rounds;
	values[USERLAND_FAULTS] = process_faults() - u->faults_before;
	return 0;
}
