// SPDX-License-Identifier: GPL-2.0-only
/*
 * A struct_ops map holds the structure that a scheduler has given to the kernel, in which the
 * kernel has put the id of a program in place of each callback. Its layout is that of the kernel,
 * which has its types in BTF; so the callbacks have the names of the members.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <stdio.h>
#include <string.h>

#include "lib/util.h"

#include "bench/bpf_cost.h"

#define VALUE_TYPE "bpf_struct_ops_sched_ext_ops"

int bpf_cost_open(struct bpf_cost *c)
{
	c->btf = btf__load_vmlinux_btf();
	c->stats_fd = c->btf ? bpf_enable_stats(BPF_STATS_RUN_TIME) : -errno;
	return c->stats_fd < 0 ? c->stats_fd : 0;
}

static void forget_callbacks(struct bpf_cost *c)
{
	for (size_t i = 0; i < c->nr_callbacks; i++) {
		free(c->callbacks[i].name);
		closep(&c->callbacks[i].prog_fd);
	}
	free(c->callbacks);
	c->callbacks = NULL;
	c->nr_callbacks = 0;
}

void bpf_cost_close(struct bpf_cost *c)
{
	forget_callbacks(c);
	closep(&c->stats_fd);
	btf__free(c->btf);
	*c = (struct bpf_cost){.stats_fd = -1};
}

/* --- the structure in the kernel's types */

/* The struct sched_ext_ops in the value of a map, and where it begins. */
static const struct btf_type *find_ops_type(const struct btf *btf, uint32_t *ret_offset)
{
	int id = btf__find_by_name_kind(btf, VALUE_TYPE, BTF_KIND_STRUCT);
	const struct btf_type *t = id < 0 ? NULL : btf__type_by_id(btf, (uint32_t)id);

	for (uint32_t i = 0; t && i < btf_vlen(t); i++) {
		const struct btf_member *m = &btf_members(t)[i];

		if (strcmp(btf__name_by_offset(btf, m->name_off) ?: "", "data") == 0) {
			*ret_offset = btf_member_bit_offset(t, i) / 8;
			return btf__type_by_id(btf, (uint32_t)btf__resolve_type(btf, m->type));
		}
	}
	return NULL;
}

static bool is_callback(const struct btf *btf, uint32_t type)
{
	const struct btf_type *t = btf__type_by_id(btf, (uint32_t)btf__resolve_type(btf, type));

	if (!t || !btf_is_ptr(t))
		return false;
	t = btf__type_by_id(btf, (uint32_t)btf__resolve_type(btf, t->type));
	return t && btf_is_func_proto(t);
}

static int read_usage(int prog_fd, uint64_t *ret_calls, uint64_t *ret_ns)
{
	struct bpf_prog_info info = {};
	uint32_t size = sizeof(info);
	int r = bpf_prog_get_info_by_fd(prog_fd, &info, &size);

	if (r < 0)
		return r;
	*ret_calls = info.run_cnt;
	*ret_ns = info.run_time_ns;
	return 0;
}

static int add_callback(struct bpf_cost *c, const char *name, uint32_t prog_id)
{
	struct bpf_callback *grown =
		reallocarray(c->callbacks, c->nr_callbacks + 1, sizeof(*grown));
	struct bpf_callback callback = {.name = strdup(name)};
	int r;

	if (grown)
		c->callbacks = grown;
	callback.prog_fd = grown && callback.name ? bpf_prog_get_fd_by_id(prog_id) : -ENOMEM;
	r = callback.prog_fd;
	if (r >= 0)
		r = read_usage(callback.prog_fd, &callback.calls, &callback.ns);
	if (r < 0) {
		free(callback.name);
		closep(&callback.prog_fd);
		return r;
	}
	c->callbacks[c->nr_callbacks++] = callback;
	return 0;
}

/* --- the map of the scheduler */

/* 1: @value, a struct sched_ext_ops, is of the scheduler @ops, and its callbacks are noted. */
static int take_ops(struct bpf_cost *c, const struct btf_type *t, const char *value,
		    const char *ops)
{
	const struct btf *btf = c->btf;
	uint64_t id;
	int r = 0;

	for (uint32_t i = 0; i < btf_vlen(t); i++) {
		const char *name = btf__name_by_offset(btf, btf_members(t)[i].name_off);

		if (strcmp(name ?: "", "name") == 0 &&
		    strcmp(value + btf_member_bit_offset(t, i) / 8, ops) != 0)
			return 0;
	}
	for (uint32_t i = 0; r >= 0 && i < btf_vlen(t); i++) {
		if (!is_callback(btf, btf_members(t)[i].type))
			continue;
		/* it stands where a pointer would */
		memcpy(&id, value + btf_member_bit_offset(t, i) / 8, sizeof(id));
		if (id)
			r = add_callback(c, btf__name_by_offset(btf, btf_members(t)[i].name_off),
					 (uint32_t)id);
	}
	return r < 0 ? r : 1;
}

/* 1: it is the map of the scheduler. */
static int take_map(struct bpf_cost *c, uint32_t map_id, const char *ops)
{
	_cleanup_close_ int fd = bpf_map_get_fd_by_id(map_id);
	_cleanup_free_ char *value = NULL;
	struct bpf_map_info info = {};
	const struct btf_type *t;
	uint32_t size = sizeof(info), zero = 0, offset = 0;

	/* it may be gone by now */
	if (fd < 0 || bpf_map_get_info_by_fd(fd, &info, &size) < 0 ||
	    info.type != BPF_MAP_TYPE_STRUCT_OPS)
		return 0;
	t = btf__type_by_id(c->btf, info.btf_vmlinux_value_type_id);
	if (!t || strcmp(btf__name_by_offset(c->btf, t->name_off) ?: "", VALUE_TYPE) != 0)
		return 0;
	t = find_ops_type(c->btf, &offset);
	value = calloc(1, info.value_size);
	if (!t || !value)
		return t ? -ENOMEM : -ENOENT;
	if (bpf_map_lookup_elem(fd, &zero, value) < 0)
		return 0;
	return take_ops(c, t, value + offset, ops);
}

int bpf_cost_begin(struct bpf_cost *c, const char *ops)
{
	uint32_t id = 0;
	int r = 0;

	forget_callbacks(c);
	while (r == 0 && bpf_map_get_next_id(id, &id) == 0)
		r = take_map(c, id, ops);
	if (r == 0)
		return -ENOENT;
	return r < 0 ? r : 0;
}

static int add_metrics(const struct bpf_callback *b, uint64_t calls, uint64_t ns,
		       struct measurement *m)
{
	char name[96];
	int r;

	if (calls == 0)
		return 0;
	(void)snprintf(name, sizeof(name), "bpf_%s", b->name);
	r = measurement_add(m, name, "ns", BETTER_NONE, (double)ns / (double)calls);
	if (r < 0)
		return r;
	(void)snprintf(name, sizeof(name), "bpf_%s_calls", b->name);
	return measurement_add(m, name, "", BETTER_NONE, (double)calls);
}

int bpf_cost_end(struct bpf_cost *c, uint64_t switches, struct measurement *m)
{
	uint64_t calls, ns, total = 0;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < c->nr_callbacks; i++) {
		const struct bpf_callback *b = &c->callbacks[i];

		r = read_usage(b->prog_fd, &calls, &ns);
		if (r < 0)
			break;
		total += ns - b->ns;
		r = add_metrics(b, calls - b->calls, ns - b->ns, m);
	}
	forget_callbacks(c);
	if (r >= 0 && switches > 0)
		r = measurement_add(m, "bpf_per_switch", "ns", BETTER_LOWER,
				    (double)total / (double)switches);
	return r;
}
