// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trees of real shapes, recorded in tests/data/topology (its README.md describes the
 * format) and read like a live /sys; small ones for the rules one by one; and trees
 * made by somebody who means harm.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>

#include "lib/file.h"
#include "lib/topology.h"
#include "sysfs_tree.h"

static const char *const type_names[] = {
	[CPU_TYPE_LITTLE] = "little",
	[CPU_TYPE_BIG] = "big",
	[CPU_TYPE_TURBO] = "turbo",
};

static void unpack_copy(const struct test_root *root, const char *text)
{
	_cleanup_free_ char *copy = strdup(text);

	assert_non_null(copy);
	unpack(root, copy);
}

static void dump_cpu(FILE *f, const struct topology *t, unsigned cpu)
{
	const struct cpu_info *c = &t->cpus[cpu];

	if (c->online)
		(void)fprintf(f, "cpu %u: core %u llc %u node %u next_thread %u capacity %u %s\n",
			      cpu, c->core, c->llc, c->node, c->next_thread, c->capacity,
			      type_names[c->type]);
	else
		(void)fprintf(f, "cpu %u: offline\n", cpu);
}

static char *dump(const struct topology *t)
{
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	(void)fprintf(f, "nr_cpu_ids %u nr_online %u nr_cores %u nr_llcs %u nr_node_ids %u%s%s\n",
		      t->nr_cpu_ids, t->nr_online, t->nr_cores, t->nr_llcs, t->nr_node_ids,
		      t->is_smt ? " smt" : "", t->is_hybrid ? " hybrid" : "");
	for (unsigned cpu = 0; cpu < t->nr_cpu_ids; cpu++)
		dump_cpu(f, t, cpu);
	assert_int_equal(fclose(f), 0);
	return text;
}

/* How many threads @cpu's ring has; it comes back to @cpu, and never leaves the core. */
static unsigned ring_length(const struct topology *t, unsigned cpu)
{
	const struct cpu_info *first = &t->cpus[cpu], *c = first;
	unsigned n = 0;

	do {
		assert_true(n++ < t->nr_online);
		assert_true(c->next_thread < t->nr_cpu_ids);
		c = &t->cpus[c->next_thread];
		assert_true(c->online);
		assert_int_equal(c->core, first->core);
		assert_int_equal(c->node, first->node);
	} while (c != first);
	return n;
}

/* What users of the topology rely on, whatever it was read from. */
static void check_sane(const struct topology *t)
{
	_cleanup_free_ unsigned *core_threads = calloc(t->nr_cores, sizeof(unsigned));
	_cleanup_free_ unsigned *ring = calloc(t->nr_cpu_ids, sizeof(unsigned));
	unsigned nr_online = 0, nr_cores = 0, nr_llcs = 0;

	assert_non_null(core_threads);
	assert_non_null(ring);
	for (unsigned cpu = 0; cpu < t->nr_cpu_ids; cpu++) {
		const struct cpu_info *c = &t->cpus[cpu];

		if (!c->online)
			continue;
		nr_online++;
		assert_in_range(c->core, 0, nr_cores);
		nr_cores += c->core == nr_cores;
		assert_in_range(c->llc, 0, nr_llcs);
		nr_llcs += c->llc == nr_llcs;
		assert_true(c->node < t->nr_node_ids);
		assert_in_range(c->capacity, 1, 1024);
		assert_in_range(c->type, CPU_TYPE_LITTLE, CPU_TYPE_TURBO);
		assert_true(nr_cores <= t->nr_cores);
		core_threads[c->core]++;
		ring[cpu] = ring_length(t, cpu);
	}
	assert_int_equal(nr_online, t->nr_online);
	assert_int_equal(nr_cores, t->nr_cores);
	assert_int_equal(nr_llcs, t->nr_llcs);
	for (unsigned cpu = 0; cpu < t->nr_cpu_ids; cpu++)
		if (t->cpus[cpu].online)
			assert_int_equal(ring[cpu], core_threads[t->cpus[cpu].core]);
}

/* The text of a file without its comments. */
static char *read_expected(const char *path)
{
	_cleanup_free_ char *text = NULL;
	char *out, *p;
	size_t size, length;

	if (read_file(AT_FDCWD, path, SYSFS_TREE_MAX, &text, &size) < 0)
		fail_msg("%s cannot be read", path);
	for (p = out = text; *p; p += length) {
		length = strcspn(p, "\n");
		length += p[length] == '\n';
		if (*p == '#')
			continue;
		memmove(out, p, length);
		out += length;
	}
	*out = '\0';
	return steal_ptr(text);
}

static void expect(const struct test_root *root, const char *name, const char *expected)
{
	_cleanup_topology_ struct topology *t = NULL;
	_cleanup_free_ char *text = NULL;

	assert_int_equal(topology_read(root->fd, &t), 0);
	check_sane(t);
	text = dump(t);
	if (strcmp(text, expected) != 0)
		fail_msg("%s:\n%sis not the expected\n%s", name, text, expected);
}

/* One tree of the glob, in a root of its own. */
static void check_recorded(const char *path)
{
	_cleanup_free_ char *text = NULL, *expected_path = NULL, *expected = NULL;
	void *root;
	size_t size;

	assert_true(asprintf(&expected_path, "%.*s.expected",
			     (int)(strlen(path) - strlen(".sysfs")), path) > 0);
	expected = read_expected(expected_path);
	assert_int_equal(read_file(AT_FDCWD, path, SYSFS_TREE_MAX, &text, &size), 0);
	test_root_setup(&root);
	unpack(root, text);
	expect(root, path, expected);
	test_root_teardown(&root);
}

static void test_recorded(void **state _unused_)
{
	const char *data = getenv("AIOS_TEST_DATA");
	_cleanup_free_ char *pattern = NULL;
	glob_t trees;

	assert_true(asprintf(&pattern, "%s/topology/*.sysfs", data ?: "tests/data") > 0);
	assert_int_equal(glob(pattern, 0, NULL, &trees), 0);
	for (size_t i = 0; i < trees.gl_pathc; i++)
		check_recorded(trees.gl_pathv[i]);
	globfree(&trees);
}

struct rule_case {
	const char *name, *tree, *expected;
};

#define TWO_CPUS(rest)                                                                             \
	"nr_cpu_ids 2 nr_online 2 nr_cores 2 nr_llcs 1 nr_node_ids 1" rest "\n"                    \
	"cpu 0: core 0 llc 0 node 0 next_thread 0 capacity "
#define CPU1 "cpu 1: core 1 llc 0 node 0 next_thread 1 capacity "

// clang-format off
static const struct rule_case rule_cases[] = {
	{"nothing but the list of CPUs",
	 "cpu/online: 0-1",
	 TWO_CPUS("") "1024 big\n" CPU1 "1024 big\n"},

	{"an online CPU counts, possible or not",
	 "cpu/possible: 0\ncpu/online: 1",
	 "nr_cpu_ids 2 nr_online 1 nr_cores 1 nr_llcs 1 nr_node_ids 1\n"
	 "cpu 0: offline\n"
	 "cpu 1: core 0 llc 0 node 0 next_thread 1 capacity 1024 big\n"},

	{"without caches and packages, a node has one LLC",
	 "cpu/online: 0-2\nnode/online: 0,5\nnode/node0/cpulist: 0,2\nnode/node5/cpulist: 1",
	 "nr_cpu_ids 3 nr_online 3 nr_cores 3 nr_llcs 2 nr_node_ids 6\n"
	 "cpu 0: core 0 llc 0 node 0 next_thread 0 capacity 1024 big\n"
	 "cpu 1: core 1 llc 1 node 5 next_thread 1 capacity 1024 big\n"
	 "cpu 2: core 2 llc 0 node 0 next_thread 2 capacity 1024 big\n"},

	{"without caches, a package has one LLC",
	 "cpu/online: 0-3\n"
	 "cpu/cpu0/topology/package_cpus_list: 0,2\ncpu/cpu2/topology/package_cpus_list: 0,2\n"
	 "cpu/cpu1/topology/package_cpus_list: 1,3\ncpu/cpu3/topology/package_cpus_list: 1,3",
	 "nr_cpu_ids 4 nr_online 4 nr_cores 4 nr_llcs 2 nr_node_ids 1\n"
	 "cpu 0: core 0 llc 0 node 0 next_thread 0 capacity 1024 big\n"
	 "cpu 1: core 1 llc 1 node 0 next_thread 1 capacity 1024 big\n"
	 "cpu 2: core 2 llc 0 node 0 next_thread 2 capacity 1024 big\n"
	 "cpu 3: core 3 llc 1 node 0 next_thread 3 capacity 1024 big\n"},

	{"in a container, lists name CPUs that it does not have",
	 "cpu/online: 1,3\ncpu/possible: 0-3\n"
	 "cpu/cpu1/topology/core_cpus_list: 0-3\ncpu/cpu3/topology/core_cpus_list: 0-3",
	 "nr_cpu_ids 4 nr_online 2 nr_cores 1 nr_llcs 1 nr_node_ids 1 smt\n"
	 "cpu 0: offline\n"
	 "cpu 1: core 0 llc 0 node 0 next_thread 3 capacity 1024 big\n"
	 "cpu 2: offline\n"
	 "cpu 3: core 0 llc 0 node 0 next_thread 1 capacity 1024 big\n"},

	{"the best source of speeds wins",
	 "cpu/online: 0-1\ncpu/cpu0/cpufreq/amd_pstate_prefcore_ranking: 200\n"
	 "cpu/cpu1/cpufreq/amd_pstate_prefcore_ranking: 190\n"
	 "cpu/cpu0/cpu_capacity: 500\ncpu/cpu1/cpu_capacity: 1024",
	 TWO_CPUS("") "1024 turbo\n" CPU1 "972 big\n"},

	{"the second-best beats the third",
	 "cpu/online: 0-1\ncpu/cpu0/cpufreq/amd_pstate_highest_perf: 200\n"
	 "cpu/cpu1/cpufreq/amd_pstate_highest_perf: 190\n"
	 "cpu/cpu0/acpi_cppc/highest_perf: 190\ncpu/cpu1/acpi_cppc/highest_perf: 200",
	 TWO_CPUS("") "1024 turbo\n" CPU1 "972 big\n"},

	{"the best source that tells CPUs apart, that is",
	 "cpu/online: 0-1\ncpu/cpu0/acpi_cppc/highest_perf: 200\n"
	 "cpu/cpu1/acpi_cppc/highest_perf: 200\n"
	 "cpu/cpu0/cpufreq/cpuinfo_max_freq: 2000000\ncpu/cpu1/cpufreq/cpuinfo_max_freq: 1900000",
	 TWO_CPUS("") "1024 turbo\n" CPU1 "972 big\n"},

	{"a source that one CPU lacks tells nothing",
	 "cpu/online: 0-1\ncpu/cpu0/cpu_capacity: 500",
	 TWO_CPUS("") "1024 big\n" CPU1 "1024 big\n"},

	{"nor does one that says 0",
	 "cpu/online: 0-1\ncpu/cpu0/cpu_capacity: 500\ncpu/cpu1/cpu_capacity: 0",
	 TWO_CPUS("") "1024 big\n" CPU1 "1024 big\n"},

	{"offline CPUs need not have one",
	 "cpu/online: 1-2\ncpu/cpu1/cpu_capacity: 256\ncpu/cpu2/cpu_capacity: 1024",
	 "nr_cpu_ids 3 nr_online 2 nr_cores 2 nr_llcs 1 nr_node_ids 1 hybrid\n"
	 "cpu 0: offline\n"
	 "cpu 1: core 0 llc 0 node 0 next_thread 1 capacity 256 little\n"
	 "cpu 2: core 1 llc 0 node 0 next_thread 2 capacity 1024 turbo\n"},

	{"1.3 times as fast is hybrid",
	 "cpu/online: 0-1\ncpu/cpu0/cpu_capacity: 1000\ncpu/cpu1/cpu_capacity: 1300",
	 TWO_CPUS(" hybrid") "787 little\n" CPU1 "1024 turbo\n"},

	{"a little less is not",
	 "cpu/online: 0-1\ncpu/cpu0/cpu_capacity: 1000\ncpu/cpu1/cpu_capacity: 1299",
	 TWO_CPUS("") "788 big\n" CPU1 "1024 turbo\n"},

	{"the average CPU is big",
	 "cpu/online: 0-2\ncpu/cpu0/cpu_capacity: 300\ncpu/cpu1/cpu_capacity: 200\n"
	 "cpu/cpu2/cpu_capacity: 100",
	 "nr_cpu_ids 3 nr_online 3 nr_cores 3 nr_llcs 1 nr_node_ids 1 hybrid\n"
	 "cpu 0: core 0 llc 0 node 0 next_thread 0 capacity 1024 turbo\n"
	 "cpu 1: core 1 llc 0 node 0 next_thread 1 capacity 682 big\n"
	 "cpu 2: core 2 llc 0 node 0 next_thread 2 capacity 341 little\n"},

	{"a capacity is never 0",
	 "cpu/online: 0-1\ncpu/cpu0/cpu_capacity: 4294967295\ncpu/cpu1/cpu_capacity: 1",
	 TWO_CPUS(" hybrid") "1024 turbo\n" CPU1 "1 little\n"},

	{"lists that contradict each other: 2 names 1 as its core, 1 names 0",
	 "cpu/online: 0-2\ncpu/cpu0/topology/core_cpus_list: 0\n"
	 "cpu/cpu1/topology/core_cpus_list: 0-1\ncpu/cpu2/topology/core_cpus_list: 1-2",
	 "nr_cpu_ids 3 nr_online 3 nr_cores 1 nr_llcs 1 nr_node_ids 1 smt\n"
	 "cpu 0: core 0 llc 0 node 0 next_thread 1 capacity 1024 big\n"
	 "cpu 1: core 0 llc 0 node 0 next_thread 2 capacity 1024 big\n"
	 "cpu 2: core 0 llc 0 node 0 next_thread 0 capacity 1024 big\n"},

	{"a list without its own CPU does not count",
	 "cpu/online: 0-1\ncpu/cpu0/topology/core_cpus_list: 1\n"
	 "cpu/cpu1/topology/core_cpus_list: 0",
	 TWO_CPUS("") "1024 big\n" CPU1 "1024 big\n"},
};
// clang-format on

static void test_rules(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(rule_cases); i++) {
		void *root;

		test_root_setup(&root);
		unpack_copy(root, rule_cases[i].tree);
		expect(root, rule_cases[i].name, rule_cases[i].expected);
		test_root_teardown(&root);
	}
}

/* Without a list of possible CPUs the directories count, but only those of CPUs. */
static void test_directories(void **state)
{
	static const char *const others[] = {"cpu/cpufreq/x", "cpu/cpu200x/x", "cpu/cpu-200/x",
					     "cpu/cpu65536/x", "cpu/200/x"};
	struct test_root *root = *state;
	_cleanup_topology_ struct topology *t = NULL;

	write_value(root, "cpu/online", "1");
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		write_value(root, others[i], "");
	/* many, as nobody knows in which order they are met */
	for (unsigned cpu = 0; cpu < 100; cpu++) {
		char file[32];

		(void)snprintf(file, sizeof(file), "cpu/cpu%u/x", cpu);
		write_value(root, file, "");
	}
	assert_int_equal(topology_read(root->fd, &t), 0);
	check_sane(t);
	assert_int_equal(t->nr_cpu_ids, 100);
}

/* One CPU per core and two cores per node, with all there is to read. */
static const char plain_tree[] =
	"cpu/possible: 0-3\ncpu/online: 0-3\nnode/online: 0-1\n"
	"node/node0/cpulist: 0-1\nnode/node1/cpulist: 2-3\n"
	"cpu/cpu0/topology/core_cpus_list: 0\ncpu/cpu1/topology/core_cpus_list: 1\n"
	"cpu/cpu0/topology/package_cpus_list: 0-3\ncpu/cpu1/topology/package_cpus_list: 0-3\n"
	"cpu/cpu0/cache/index3/shared_cpu_list: 0-1\ncpu/cpu1/cache/index3/shared_cpu_list: 0-1\n"
	"cpu/cpu2/cache/index2/shared_cpu_list: 2-3\ncpu/cpu3/cache/index2/shared_cpu_list: 2-3\n"
	"cpu/cpu0/cpu_capacity: 1024\ncpu/cpu1/cpu_capacity: 512\n"
	"cpu/cpu2/cpu_capacity: 1024\ncpu/cpu3/cpu_capacity: 512\n";

static const char *const bad_lists[] = {
	"",
	"x",
	"-1",
	"0-",
	"3-1",
	"0,",
	",0",
	"0,,1",
	"0,0",
	"0-2,1",
	"0 ",
	" 0",
	"0x0",
	"0-3:1/2",
	"0-3\t",
	"65536",
	"0-65536",
	"0-4294967295",
	"4294967296-4294967297",
	"18446744073709551616-18446744073709551617",
	"99999999999999999999999",
};

static void put_nothing(int root_fd _unused_, const char *path _unused_)
{
}

static void put_directory(int root_fd, const char *path)
{
	assert_int_equal(mkdirat(root_fd, path, 0755), 0);
}

static void put_fifo(int root_fd, const char *path)
{
	assert_int_equal(mkfifoat(root_fd, path, 0644), 0);
}

/* A link to itself */
static void put_circle(int root_fd, const char *path)
{
	assert_int_equal(symlinkat(strrchr(path, '/') + 1, root_fd, path), 0);
}

/* 1 MB, and no line of it is wrong */
static void put_megabyte(int root_fd, const char *path)
{
	_cleanup_close_ int fd = openat(root_fd, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	char text[1 << 12];

	for (size_t i = 0; i < sizeof(text); i += 4)
		memcpy(text + i, "0-3\n", 4);
	assert_true(fd >= 0);
	for (unsigned i = 0; i < 1 << 8; i++)
		assert_int_equal(write(fd, text, sizeof(text)), sizeof(text));
}

static void put_zeros(int root_fd, const char *path)
{
	_cleanup_close_ int fd = openat(root_fd, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, 64), 0);
}

/* What can stand in the place of a file, and what the list of online CPUs then fails with */
static const struct harm {
	void (*put)(int root_fd, const char *path);
	int online_r;
} harms[] = {
	{put_nothing, -ENOENT}, {put_directory, -EISDIR}, {put_fifo, -EINVAL},
	{put_circle, -ELOOP},   {put_megabyte, -EFBIG},   {put_zeros, -EINVAL},
};

static void remove_path(int root_fd, const char *path)
{
	assert_true(unlinkat(root_fd, path, 0) == 0 || errno == ENOENT || errno == EISDIR);
	assert_true(unlinkat(root_fd, path, AT_REMOVEDIR) == 0 || errno == ENOENT);
}

static int try_read(const struct test_root *root)
{
	_cleanup_topology_ struct topology *t = NULL;
	int r = topology_read(root->fd, &t);

	if (r < 0)
		assert_null(t);
	else
		check_sane(t);
	return r;
}

static void test_bad_online(void **state)
{
	struct test_root *root = *state;
	_cleanup_free_ char *path = place(root, "cpu/online");

	unpack_copy(root, plain_tree);
	for (size_t i = 0; i < ARRAY_SIZE(bad_lists); i++) {
		write_value(root, "cpu/online", bad_lists[i]);
		if (try_read(root) != -EINVAL)
			fail_msg("'%s' is not refused", bad_lists[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(harms); i++) {
		remove_path(root->fd, path);
		harms[i].put(root->fd, path);
		assert_int_equal(try_read(root), harms[i].online_r);
	}
}

/* Spoils one file in all ways there are, and mends it again. */
static void spoil(const struct test_root *root, const char *file, const char *value)
{
	_cleanup_free_ char *path = place(root, file);

	for (size_t i = 0; i < ARRAY_SIZE(bad_lists); i++) {
		write_value(root, file, bad_lists[i]);
		if (try_read(root) != 0)
			fail_msg("not read with '%s' in %s", bad_lists[i], file);
	}
	for (size_t i = 0; i < ARRAY_SIZE(harms); i++) {
		remove_path(root->fd, path);
		harms[i].put(root->fd, path);
		if (try_read(root) != 0)
			fail_msg("not read with harm %zu done to %s", i, file);
	}
	remove_path(root->fd, path);
	write_value(root, file, value);
}

/* Everything but the list of online CPUs may be as it likes. */
static void test_bad_rest(void **state)
{
	struct test_root *root = *state;
	_cleanup_free_ char *tree = strdup(plain_tree);
	char *rest = tree, *file, *value;

	assert_non_null(tree);
	unpack_copy(root, plain_tree);
	while ((file = strsep(&rest, ":")) && (value = strsep(&rest, "\n")))
		if (strcmp(file, "cpu/online") != 0)
			spoil(root, file, value + 1);
	assert_int_equal(try_read(root), 0);
}

/* Nothing but holes: as many CPUs as there may be, and one that is online. */
static void test_most_cpus(void **state)
{
	struct test_root *root = *state;
	_cleanup_topology_ struct topology *t = NULL;

	write_value(root, "cpu/possible", "0-65535");
	write_value(root, "cpu/online", "65535");
	write_value(root, "cpu/cpu65535/topology/core_cpus_list", "0-65535");
	assert_int_equal(topology_read(root->fd, &t), 0);
	check_sane(t);
	assert_int_equal(t->nr_cpu_ids, TOPOLOGY_MAX_CPUS);
	assert_int_equal(t->nr_online, 1);
	assert_int_equal(t->cpus[TOPOLOGY_MAX_CPUS - 1].next_thread, TOPOLOGY_MAX_CPUS - 1);
}

/* Every other CPU of 8192: longer than a page, and so are some in real sysfs. */
static void test_long_list(void **state)
{
	struct test_root *root = *state;
	_cleanup_topology_ struct topology *t = NULL;
	_cleanup_free_ char *list = NULL;
	size_t size;
	FILE *f = open_memstream(&list, &size);

	assert_non_null(f);
	for (unsigned cpu = 0; cpu < 8192; cpu += 2)
		(void)fprintf(f, "%s%u", cpu > 0 ? "," : "", cpu);
	assert_int_equal(fclose(f), 0);
	write_value(root, "cpu/online", list);
	assert_int_equal(topology_read(root->fd, &t), 0);
	assert_int_equal(t->nr_online, 4096);
	assert_int_equal(t->nr_cpu_ids, 8191);
}

static void check_root(const struct stat *expected)
{
	_cleanup_close_ int fd = topology_open_root();
	struct stat st;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_dev, expected->st_dev);
	assert_int_equal(st.st_ino, expected->st_ino);
}

static void test_open_root(void **state)
{
	struct test_root *root = *state;
	struct stat slash, prefix;

	assert_int_equal(stat("/", &slash), 0);
	assert_int_equal(fstat(root->fd, &prefix), 0);
	assert_int_equal(unsetenv(TOPOLOGY_PREFIX_ENV), 0);
	check_root(&slash);
	assert_int_equal(setenv(TOPOLOGY_PREFIX_ENV, "", 1), 0);
	check_root(&slash);
	assert_int_equal(setenv(TOPOLOGY_PREFIX_ENV, root->dir, 1), 0);
	check_root(&prefix);
	assert_int_equal(setenv(TOPOLOGY_PREFIX_ENV, "/nonexistent", 1), 0);
	assert_int_equal(topology_open_root(), -ENOENT);
}

static void test_uniform(void **state _unused_)
{
	_cleanup_topology_ struct topology *t = NULL;

	assert_int_equal(topology_new_uniform(3, &t), 0);
	check_sane(t);
	assert_int_equal(t->nr_online, 3);
	assert_int_equal(t->nr_llcs, 1);
	assert_int_equal(t->cpus[2].capacity, 1024);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_root(test_directories), cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_rules),     test_with_root(test_bad_online),
		test_with_root(test_bad_rest),    test_with_root(test_most_cpus),
		test_with_root(test_long_list),   test_with_root(test_open_root),
		cmocka_unit_test(test_uniform),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
