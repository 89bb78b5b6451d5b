// SPDX-License-Identifier: GPL-2.0-only
/*
 * libbpf takes an object with a callback or a value the kernel has no place for as broken. Here
 * they are unset before it looks: a scheduler says all it could use, and gets what there is.
 */
#include <string.h>

#include <scx/ops_flags.h>

#include "lib/log.h"
#include "runtime/ops.h"

#define OPS_TYPE "sched_ext_ops"
#define FLAGS_TYPE "scx_ops_flags"

/* What a kernel without a member lacks. */
static const struct requirement {
	const char *member;
	const char *sentence;
} requirements[] = {
	{"cgroup_init", "sched_ext of this kernel knows no cgroups: it must be built with "
			"CONFIG_EXT_GROUP_SCHED"},
};

#define FLAG_INFO(name, value) {#name, value},

static const struct {
	const char *name;
	uint64_t value; /* in the object */
} flags[] = {SCX_OPS_FLAGS(FLAG_INFO)};

/* A member in the image of the structure. */
struct place {
	char *data;
	size_t size; /* bytes */
};

static const struct btf_type *find_type(const struct btf *btf, const char *name, uint32_t kind)
{
	int id = btf__find_by_name_kind(btf, name, kind);

	return id < 0 ? NULL : btf__type_by_id(btf, (uint32_t)id);
}

static const struct btf_member *find_member(const struct btf *btf, const struct btf_type *type,
					    const char *name)
{
	const struct btf_member *members = btf_members(type);

	for (uint32_t i = 0; i < btf_vlen(type); i++)
		if (strcmp(btf__name_by_offset(btf, members[i].name_off), name) == 0)
			return &members[i];
	return NULL;
}

static struct place place_of(const struct btf *btf, const struct btf_member *member, char *image)
{
	/* none of them is a bit field, so the low half of `offset' is in bits */
	return (struct place){image + member->offset / 8,
			      (size_t)btf__resolve_size(btf, member->type)};
}

struct bpf_map *ops_find(struct bpf_object *bpf)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, bpf)
		if (bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS)
			return map;
	return NULL;
}

static int find_place(struct bpf_object *bpf, const char *name, struct place *ret)
{
	const struct btf *btf = bpf_object__btf(bpf);
	const struct btf_type *type = find_type(btf, OPS_TYPE, BTF_KIND_STRUCT);
	const struct btf_member *member = type ? find_member(btf, type, name) : NULL;
	size_t size;

	if (!member)
		return -ENOENT;
	*ret = place_of(btf, member, bpf_map__initial_value(ops_find(bpf), &size));
	return 0;
}

static uint64_t read_place(struct place p)
{
	uint64_t value = 0;
	uint32_t value32;

	if (p.size == sizeof(value)) {
		memcpy(&value, p.data, sizeof(value));
		return value;
	}
	memcpy(&value32, p.data, sizeof(value32));
	return value32;
}

static void write_place(struct place p, uint64_t value)
{
	uint32_t value32 = (uint32_t)value;

	if (p.size == sizeof(value))
		memcpy(p.data, &value, sizeof(value));
	else
		memcpy(p.data, &value32, sizeof(value32));
}

int ops_set(struct bpf_object *bpf, const char *member, uint64_t value)
{
	struct place p;
	int r = find_place(bpf, member, &p);

	if (r < 0)
		return r;
	write_place(p, value);
	return 0;
}

/* Enumerators have 32 or 64 bits, whichever the largest of them needs. */
static uint64_t enumerator_value(const struct btf_type *type, uint32_t i)
{
	if (btf_is_enum64(type))
		return btf_enum64_value(&btf_enum64(type)[i]);
	return (uint32_t)btf_enum(type)[i].val;
}

static const char *enumerator_name(const struct btf *btf, const struct btf_type *type, uint32_t i)
{
	if (btf_is_enum64(type))
		return btf__name_by_offset(btf, btf_enum64(type)[i].name_off);
	return btf__name_by_offset(btf, btf_enum(type)[i].name_off);
}

/* Value of the flag @name in the kernel; 0 if it has none of that name. */
static uint64_t kernel_flag(const struct btf *kernel, const char *name)
{
	const struct btf_type *type = find_type(kernel, FLAGS_TYPE, BTF_KIND_ENUM64);

	if (!type)
		type = find_type(kernel, FLAGS_TYPE, BTF_KIND_ENUM);
	for (uint32_t i = 0; type && i < btf_vlen(type); i++)
		if (strcmp(enumerator_name(kernel, type, i), name) == 0)
			return enumerator_value(type, i);
	return 0;
}

int ops_add_flags(struct bpf_object *bpf, uint64_t added)
{
	struct place p;
	int r = find_place(bpf, "flags", &p);

	if (r < 0)
		return r;
	write_place(p, read_place(p) | added);
	return 0;
}

static int adapt_flags(struct bpf_object *bpf, const struct btf *kernel)
{
	uint64_t wanted, known = 0;
	struct place p;
	int r = find_place(bpf, "flags", &p);

	if (r < 0)
		return r;
	wanted = read_place(p);
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		uint64_t value;

		if (!(wanted & flags[i].value))
			continue;
		value = kernel_flag(kernel, flags[i].name);
		if (!value)
			log_debug("this kernel has no %s", flags[i].name);
		known |= value;
	}
	write_place(p, known);
	return 0;
}

/* Why the scheduler, which needs @vital, cannot do without @member; NULL if it can. */
static const char *why_required(const char *member, const char *vital)
{
	if (!vital || strcmp(member, vital) != 0)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(requirements); i++)
		if (strcmp(requirements[i].member, member) == 0)
			return requirements[i].sentence;
	return NULL;
}

static bool is_set(struct place p)
{
	for (size_t i = 0; i < p.size; i++)
		if (p.data[i])
			return true;
	return false;
}

/* A member the kernel does not have. */
static int leave_out(const char *name, struct place p, const char *vital)
{
	const char *sentence = why_required(name, vital);

	if (!is_set(p))
		return 0;
	if (sentence) {
		log_error("%s", sentence);
		return -EOPNOTSUPP;
	}
	log_debug("this kernel has no ops.%s", name);
	memset(p.data, 0, p.size);
	return 0;
}

static int adapt_members(struct bpf_object *bpf, const struct btf *kernel, const char *vital)
{
	const struct btf *btf = bpf_object__btf(bpf);
	const struct btf_type *ours = find_type(btf, OPS_TYPE, BTF_KIND_STRUCT);
	const struct btf_type *theirs = find_type(kernel, OPS_TYPE, BTF_KIND_STRUCT);
	size_t size;
	char *image = bpf_map__initial_value(ops_find(bpf), &size);
	int r = 0;

	if (!ours || !theirs)
		return -ESRCH;
	for (uint32_t i = 0; r == 0 && i < btf_vlen(ours); i++) {
		const struct btf_member *member = &btf_members(ours)[i];
		const char *name = btf__name_by_offset(btf, member->name_off);

		if (!find_member(kernel, theirs, name))
			r = leave_out(name, place_of(btf, member, image), vital);
	}
	return r;
}

int ops_adapt(struct bpf_object *bpf, const struct btf *kernel, const char *vital)
{
	int r = adapt_flags(bpf, kernel);

	return r < 0 ? r : adapt_members(bpf, kernel, vital);
}
