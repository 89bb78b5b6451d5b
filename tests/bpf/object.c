// SPDX-License-Identifier: GPL-2.0-only
/*
 * object OBJECT NAME: what the run-time and the loader expect of the BPF object of
 * the scheduler NAME, without loading it.
 */
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "unit/test.h"

static const char *path, *name;

static int open_object(void **state)
{
	*state = bpf_object__open_file(path, NULL);
	return *state ? 0 : -1;
}

static int close_object(void **state)
{
	bpf_object__close(*state);
	return 0;
}

static struct bpf_map *find_ops(struct bpf_object *o, unsigned *ret_nr)
{
	struct bpf_map *map, *found = NULL;

	*ret_nr = 0;
	bpf_object__for_each_map(map, o) {
		if (bpf_map__type(map) != BPF_MAP_TYPE_STRUCT_OPS)
			continue;
		(*ret_nr)++;
		found = map;
	}
	return found;
}

/* Offset in bytes of a member of the object's struct sched_ext_ops. */
static size_t member_offset(const struct btf *btf, const char *member)
{
	int id = btf__find_by_name_kind(btf, "sched_ext_ops", BTF_KIND_STRUCT);
	const struct btf_type *type = btf__type_by_id(btf, (__u32)id);

	assert_non_null(type);
	for (__u32 i = 0; i < btf_vlen(type); i++)
		if (!strcmp(btf__name_by_offset(btf, btf_members(type)[i].name_off), member))
			return btf_member_bit_offset(type, i) / 8;
	fail_msg("struct sched_ext_ops has no member %s", member);
	return 0;
}

/* The loader finds a scheduler in the kernel by its name without scx_. */
static void test_ops_name(void **state)
{
	unsigned nr;
	size_t size;
	struct bpf_map *ops = find_ops(*state, &nr);
	const char *data;

	assert_int_equal(nr, 1);
	data = bpf_map__initial_value(ops, &size);
	assert_int_equal(strncmp(name, "scx_", 4), 0);
	assert_string_equal(data + member_offset(bpf_object__btf(*state), "name"), name + 4);
}

static void test_well_known_maps(void **state)
{
	static const char *const maps[] = {".rodata.conf", "stats", "exit_reports"};

	for (size_t i = 0; i < ARRAY_SIZE(maps); i++)
		if (!bpf_object__find_map_by_name(*state, maps[i]))
			fail_msg("no map %s", maps[i]);
}

/* Externs of that kind cannot be resolved on kernels without /boot/config-* and /proc/config.gz. */
static void test_no_kconfig(void **state)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, (struct bpf_object *)*state)
		assert_null(strstr(bpf_map__name(map), ".kconfig"));
}

/* Or one that user space runs by itself: nothing hooks into the kernel elsewhere. */
static void test_every_program_is_a_callback(void **state)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, (struct bpf_object *)*state) {
		const char *section = bpf_program__section_name(program);

		if (strncmp(section, "struct_ops", 10) != 0 && strcmp(section, "syscall") != 0)
			fail_msg("%s is in section %s", bpf_program__name(program), section);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_ops_name, open_object, close_object),
		cmocka_unit_test_setup_teardown(test_well_known_maps, open_object, close_object),
		cmocka_unit_test_setup_teardown(test_no_kconfig, open_object, close_object),
		cmocka_unit_test_setup_teardown(test_every_program_is_a_callback, open_object,
						close_object),
	};

	if (argc != 3)
		return 2;
	path = argv[1];
	name = argv[2];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
