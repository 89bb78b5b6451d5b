// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "runtime/object.h"

struct scx_object {
	const struct scx_program *program;
	struct bpf_object *bpf;
	struct bpf_map *ops;
	struct bpf_map *stats;
	struct bpf_map *conf;
	struct bpf_link *link;
	struct ring_buffer *reports;
	struct scx_exit_report report;
	bool reported;
};

struct scx_object *object_free(struct scx_object *o)
{
	if (!o)
		return NULL;
	object_detach(o);
	ring_buffer__free(o->reports);
	bpf_object__close(o->bpf);
	free(o);
	return NULL;
}

static struct bpf_map *find_ops(struct bpf_object *bpf)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, bpf)
		if (bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS)
			return map;
	return NULL;
}

static int find_maps(struct scx_object *o)
{
	size_t conf_size = 0;

	o->ops = find_ops(o->bpf);
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

/* Offset and size in bytes of a member of the object's own struct sched_ext_ops. */
static int find_ops_member(const struct btf *btf, const char *name, size_t *ret_offset,
			   size_t *ret_size)
{
	int id = btf__find_by_name_kind(btf, "sched_ext_ops", BTF_KIND_STRUCT);
	const struct btf_type *type = btf__type_by_id(btf, (uint32_t)id);
	const struct btf_member *members;

	if (!type)
		return -ENOENT;
	members = btf_members(type);
	for (uint32_t i = 0; i < btf_vlen(type); i++) {
		if (strcmp(btf__name_by_offset(btf, members[i].name_off), name) != 0)
			continue;
		*ret_offset = btf_member_bit_offset(type, i) / 8;
		*ret_size = (size_t)btf__resolve_size(btf, members[i].type);
		return 0;
	}
	return -ENOENT;
}

int object_set_ops(struct scx_object *o, const char *member, uint64_t value)
{
	size_t offset, size, total;
	char *data = bpf_map__initial_value(o->ops, &total);
	uint32_t value32 = (uint32_t)value;
	int r;

	r = find_ops_member(bpf_object__btf(o->bpf), member, &offset, &size);
	if (r < 0)
		return r;
	if (size == sizeof(value32))
		memcpy(data + offset, &value32, sizeof(value32));
	else if (size == sizeof(value))
		memcpy(data + offset, &value, sizeof(value));
	else
		return -EPROTO;
	return 0;
}

static int take_report(void *userdata, void *data, size_t size)
{
	struct scx_object *o = userdata;

	if (size < sizeof(o->report))
		return -EPROTO;
	memcpy(&o->report, data, sizeof(o->report));
	o->reported = true;
	return 0;
}

int object_load(struct scx_object *o)
{
	struct bpf_map *reports = bpf_object__find_map_by_name(o->bpf, "exit_reports");
	int r;

	if (!reports)
		return -ENOENT;
	r = bpf_object__load(o->bpf);
	if (r < 0)
		return r;
	o->reports = ring_buffer__new(bpf_map__fd(reports), take_report, o, NULL);
	return o->reports ? 0 : -errno;
}

int object_attach(struct scx_object *o)
{
	o->link = bpf_map__attach_struct_ops(o->ops);
	return o->link ? 0 : -errno;
}

void object_detach(struct scx_object *o)
{
	/* returns only after ops.exit() has run and the kernel's scheduler is back */
	(void)bpf_link__destroy(steal_ptr(o->link));
}

int object_read_stats(const struct scx_object *o, uint64_t *values)
{
	return stats_read(o->stats, values, o->program->nr_stats);
}

int object_report_fd(const struct scx_object *o)
{
	return ring_buffer__epoll_fd(o->reports);
}

const struct scx_exit_report *object_report(struct scx_object *o)
{
	(void)ring_buffer__consume(o->reports);
	return o->reported ? &o->report : NULL;
}
