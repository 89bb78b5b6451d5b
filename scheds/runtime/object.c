// SPDX-License-Identifier: GPL-2.0-only
#include <malloc.h>
#include <string.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <scx/topology.h>

#include "runtime/object.h"
#include "runtime/ops.h"

struct scx_object {
	const struct scx_program *program;
	struct bpf_object *bpf;
	struct bpf_map *ops;
	struct bpf_map *stats;
	struct bpf_map *conf;
	struct bpf_link *link;
	struct ring_buffer *reports;
	struct scx_exit_report *report;
	bool started, attached;
	void *state; /* of the program, from its start() */
};

struct scx_object *object_free(struct scx_object *o)
{
	if (!o)
		return NULL;
	object_detach(o);
	if (o->started && o->program->stop)
		o->program->stop(o->state);
	ring_buffer__free(o->reports);
	bpf_object__close(o->bpf);
	free(o->report);
	free(o);
	return NULL;
}

static int find_maps(struct scx_object *o)
{
	size_t conf_size = 0;

	o->ops = ops_find(o->bpf);
	o->stats = bpf_object__find_map_by_name(o->bpf, "stats");
	o->conf = bpf_object__find_map_by_name(o->bpf, ".rodata.conf");
	if (!o->ops || !o->stats || !o->conf)
		return -ENOENT;
	(void)bpf_map__initial_value(o->conf, &conf_size);
	return conf_size == o->program->conf_size ? 0 : -EPROTO;
}

int object_open(const struct scx_program *program, struct scx_object **ret)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = program->name);
	_cleanup_(object_freep) struct scx_object *o = calloc(1, sizeof(*o));
	const void *elf;
	size_t size;
	int r;

	if (!o)
		return -ENOMEM;
	o->program = program;
	elf = program->elf_bytes(&size);
	o->bpf = bpf_object__open_mem(elf, size, &opts);
	if (!o->bpf)
		return -errno;
	r = find_maps(o);
	if (r < 0)
		return r;
	r = bpf_map__set_max_entries(o->stats, (uint32_t)program->nr_stats);
	if (r < 0)
		return r;
	*ret = steal_ptr(o);
	return 0;
}

void *object_conf(struct scx_object *o)
{
	size_t size;

	return bpf_map__initial_value(o->conf, &size);
}

static void fill_cpus(struct scx_cpu *to, const struct topology *t)
{
	for (unsigned i = 0; i < t->nr_cpu_ids; i++)
		to[i] = (struct scx_cpu){
			.core = t->cpus[i].core,
			.llc = t->cpus[i].llc,
			.node = t->cpus[i].node,
			.next_thread = t->cpus[i].next_thread,
			.capacity = t->cpus[i].capacity,
			.type = (uint8_t)t->cpus[i].type,
			.online = t->cpus[i].online,
		};
}

/* The fastest first, equal ones by number. */
static int compare_speed(const void *a, const void *b, void *userdata)
{
	const struct topology *t = userdata;
	unsigned x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	if (t->cpus[x].capacity != t->cpus[y].capacity)
		return t->cpus[x].capacity < t->cpus[y].capacity ? 1 : -1;
	return (x > y) - (x < y);
}

static void fill_order(uint32_t *to, const struct topology *t)
{
	size_t nr = 0;

	for (unsigned i = 0; i < t->nr_cpu_ids; i++)
		if (t->cpus[i].online)
			to[nr++] = i;
	qsort_r(to, nr, sizeof(*to), compare_speed, (void *)t);
}

static int set_order(struct scx_object *o, const struct topology *t)
{
	struct bpf_map *order = bpf_object__find_map_by_name(o->bpf, ".rodata.order");
	size_t size;
	int r;

	if (!order)
		return 0;
	r = bpf_map__set_value_size(order, t->nr_cpu_ids * (uint32_t)sizeof(uint32_t));
	if (r < 0)
		return r;
	fill_order(bpf_map__initial_value(order, &size), t);
	return 0;
}

static bool is_uneven(const struct topology *t)
{
	unsigned least = UINT32_MAX, most = 0;

	for (unsigned i = 0; i < t->nr_cpu_ids; i++) {
		if (!t->cpus[i].online)
			continue;
		if (t->cpus[i].capacity < least)
			least = t->cpus[i].capacity;
		if (t->cpus[i].capacity > most)
			most = t->cpus[i].capacity;
	}
	return least < most;
}

int object_set_topology(struct scx_object *o, const struct topology *t)
{
	struct bpf_map *topo = bpf_object__find_map_by_name(o->bpf, ".rodata.topo");
	struct bpf_map *cpus = bpf_object__find_map_by_name(o->bpf, ".rodata.cpus");
	size_t size;
	int r;

	if (!topo || !cpus)
		return 0;
	*(struct scx_topology *)bpf_map__initial_value(topo, &size) = (struct scx_topology){
		.nr_cpu_ids = t->nr_cpu_ids,
		.nr_online = t->nr_online,
		.nr_cores = t->nr_cores,
		.nr_llcs = t->nr_llcs,
		.nr_node_ids = t->nr_node_ids,
		.is_smt = t->is_smt,
		.is_hybrid = t->is_hybrid,
		.is_uneven = is_uneven(t),
	};
	r = bpf_map__set_value_size(cpus, t->nr_cpu_ids * (uint32_t)sizeof(struct scx_cpu));
	if (r < 0)
		return r;
	fill_cpus(bpf_map__initial_value(cpus, &size), t);
	return set_order(o, t);
}

/* A ring buffer's size is a power of two and a multiple of the page size. */
static uint32_t ring_size(size_t record)
{
	uint32_t size = (uint32_t)sysconf(_SC_PAGESIZE);

	/* the kernel keeps a header of 8 bytes in front of a record */
	while (size < record + 8)
		size *= 2;
	return size;
}

int object_set_dump_len(struct scx_object *o, uint32_t len)
{
	struct bpf_map *reports = bpf_object__find_map_by_name(o->bpf, "exit_reports");
	struct bpf_map *conf = bpf_object__find_map_by_name(o->bpf, ".rodata.exit");
	size_t size;
	int r;

	if (!reports || !conf)
		return -ENOENT;
	*(struct scx_exit_conf *)bpf_map__initial_value(conf, &size) =
		(struct scx_exit_conf){.dump_len = len};
	r = ops_set(o->bpf, "exit_dump_len", len);
	if (r < 0)
		return r;
	return bpf_map__set_max_entries(reports, ring_size(sizeof(*o->report) + len));
}

int object_set_ops(struct scx_object *o, const char *member, uint64_t value)
{
	return ops_set(o->bpf, member, value);
}

int object_add_flags(struct scx_object *o, uint64_t flags)
{
	return ops_add_flags(o->bpf, flags);
}

static int take_report(void *userdata, void *data, size_t size)
{
	struct scx_object *o = userdata;

	if (size < sizeof(*o->report))
		return -EPROTO;
	free(o->report);
	o->report = malloc(size + 1);
	if (!o->report)
		return -ENOMEM;
	memcpy(o->report, data, size);
	((char *)o->report)[size] = '\0';
	return 0;
}

static int leave_out_old_callback(struct scx_object *o, const struct btf *kernel)
{
	const struct scx_program *p = o->program;

	if (!p->old_callback ||
	    btf__find_by_name_kind(kernel, p->better_function, BTF_KIND_FUNC) < 0)
		return 0;
	return ops_set(o->bpf, p->old_callback, 0);
}

static int adapt_to_kernel(struct scx_object *o)
{
	struct btf *kernel = btf__load_vmlinux_btf();
	int r;

	if (!kernel)
		return -errno;
	r = ops_adapt(o->bpf, kernel, o->program->vital_callback);
	if (r == 0)
		r = leave_out_old_callback(o, kernel);
	btf__free(kernel);
	return r;
}

int object_load(struct scx_object *o, const struct topology *topology)
{
	struct bpf_map *reports = bpf_object__find_map_by_name(o->bpf, "exit_reports");
	int r;

	if (!reports)
		return -ENOENT;
	r = adapt_to_kernel(o);
	if (r < 0)
		return r;
	if (o->program->prepare) {
		r = o->program->prepare(o->bpf, object_conf(o), topology);
		if (r < 0)
			return r;
	}
	r = bpf_object__load(o->bpf);
	if (r < 0)
		return r;
	/* the heap is larger now than what remains in it */
	(void)malloc_trim(0);
	o->reports = ring_buffer__new(bpf_map__fd(reports), take_report, o, NULL);
	return o->reports ? 0 : -errno;
}

int object_start(struct scx_object *o, sd_event *event)
{
	int r;

	if (!o->program->start)
		return 0;
	r = o->program->start(o->bpf, event, &o->state);
	if (r < 0)
		return r;
	o->started = true;
	return 0;
}

int object_attach(struct scx_object *o)
{
	o->link = bpf_map__attach_struct_ops(o->ops);
	if (!o->link)
		return -errno;
	o->attached = true;
	if (o->program->attached)
		o->program->attached(o->state);
	return 0;
}

void object_detach(struct scx_object *o)
{
	if (o->attached && o->program->leaving)
		o->program->leaving(o->state);
	o->attached = false;
	/* returns only after ops.exit() has run and the kernel's scheduler is back */
	(void)bpf_link__destroy(steal_ptr(o->link));
}

int object_read_stats(const struct scx_object *o, uint64_t *values)
{
	int r = stats_read(o->stats, values, o->program->nr_stats);

	if (r < 0 || !o->program->sample)
		return r;
	return o->program->sample(o->bpf, o->state, values);
}

int object_report_fd(const struct scx_object *o)
{
	return ring_buffer__epoll_fd(o->reports);
}

const struct scx_exit_report *object_report(struct scx_object *o)
{
	(void)ring_buffer__consume(o->reports);
	return o->report;
}
