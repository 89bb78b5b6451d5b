// SPDX-License-Identifier: GPL-2.0-only
#include "lib/cpu_list.h"
#include "lib/log.h"
#include "runtime/domain.h"
#include "sysfs_tree.h"

#define NR 8

/* CPUs 0 and 1 are ranked highest, 2 and 3 are big, the others little; 5 is offline. */
static struct topology *new_hybrid(void)
{
	struct topology *t;

	assert_int_equal(topology_new_uniform(NR, &t), 0);
	for (unsigned cpu = 0; cpu < NR; cpu++)
		t->cpus[cpu].type = cpu < 2   ? CPU_TYPE_TURBO
				    : cpu < 4 ? CPU_TYPE_BIG
					      : CPU_TYPE_LITTLE;
	t->cpus[5].online = false;
	t->nr_online--;
	return t;
}

static const struct {
	const char *text;
	bool is_saving;
	const char *set; /* "1" for each CPU in it */
} cases[] = {
	{"auto", false, "11111011"},
	{"auto", true, "00001011"},
	{"performance", false, "11110000"},
	{"performance", true, "11110000"},
	{"powersave", false, "00001011"},
	{"turbo", false, "11000000"},
	{"all", true, "11111011"},
	{"none", false, "11111011"},
	{"0x3", false, "11000000"},
	{"f_0", false, "00001011"},
	{"A1", false, "10000001"},
	/* of offline ones only: that can happen while the scheduler runs */
	{"20", false, "11111011"},
};

static void test_resolve(void **state _unused_)
{
	_cleanup_topology_ struct topology *t = new_hybrid();

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[NR + 1] = {};
		bool set[NR];
		unsigned nr = domain_resolve(cases[i].text, cases[i].is_saving, t, set), count = 0;

		for (unsigned cpu = 0; cpu < NR; cpu++) {
			text[cpu] = set[cpu] ? '1' : '0';
			count += set[cpu];
		}
		if (strcmp(text, cases[i].set) != 0)
			fail_msg("%s: %s", cases[i].text, text);
		assert_int_equal(nr, count);
	}
}

/* CPUs that are all alike are big: there is no slow one and none that is ranked. */
static void test_uniform(void **state _unused_)
{
	_cleanup_topology_ struct topology *t = NULL;
	bool set[4];

	assert_int_equal(topology_new_uniform(4, &t), 0);
	assert_int_equal(domain_resolve("performance", false, t, set), 4);
	assert_int_equal(domain_resolve("powersave", false, t, set), 4);
	assert_int_equal(domain_resolve("auto", true, t, set), 4);
}

/* Machines of real shapes: fast and slow cores, ranked ones, holes in the numbers, nodes. */
static const struct {
	const char *tree, *text;
	bool is_saving;
	const char *cpus;
} recorded[] = {
	{"hybrid", "auto", false, "0-21"},        {"hybrid", "auto", true, "12-21"},
	{"hybrid", "performance", false, "0-11"}, {"hybrid", "powersave", false, "12-21"},
	{"hybrid", "turbo", false, "0-3"},        {"arm_prime", "performance", false, "4-7"},
	{"arm_prime", "turbo", false, "7"},       {"arm_prime", "auto", true, "0-3"},
	{"ranked", "turbo", false, "0-1,12-13"},  {"ranked", "powersave", false, "0-23"},
	{"offline_amd", "all", false, "0,2-3,7"}, {"offline_amd", "ff", false, "0,2-3,7"},
	{"offline_amd", "0x03", false, "0"},
};

static void test_recorded(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(recorded); i++) {
		_cleanup_topology_ struct topology *t = NULL;
		_cleanup_free_ char *text = NULL;
		_cleanup_free_ bool *set = NULL;
		void *root;

		test_root_setup(&root);
		unpack_recorded(root, recorded[i].tree);
		assert_int_equal(topology_read(((struct test_root *)root)->fd, &t), 0);
		test_root_teardown(&root);
		set = calloc(t->nr_cpu_ids, sizeof(*set));
		assert_non_null(set);
		assert_int_equal(domain_check(recorded[i].text, t), 0);
		(void)domain_resolve(recorded[i].text, recorded[i].is_saving, t, set);
		/* the list shows what is online */
		for (unsigned cpu = 0; cpu < t->nr_cpu_ids; cpu++) {
			assert_true(t->cpus[cpu].online || !set[cpu]);
			t->cpus[cpu].online = set[cpu];
		}
		text = cpu_list_online(t);
		assert_non_null(text);
		if (strcmp(text, recorded[i].cpus) != 0)
			fail_msg("%s, %s: %s", recorded[i].tree, recorded[i].text, text);
	}
}

static const struct {
	const char *text, *message;
} bad[] = {
	{"fast", "--primary-domain: 'fast' is not one of auto, performance, powersave, turbo, all, "
		 "none, or a mask of CPUs in hexadecimal"},
	{"0x",
	 "--primary-domain: '0x' is not one of auto, performance, powersave, turbo, all, none, "
	 "or a mask of CPUs in hexadecimal"},
	{"100", "--primary-domain: '100' names CPUs this machine does not have: its are 0 to 7"},
	{"ffffffffffffffffffffffff", "--primary-domain: 'ffffffffffffffffffffffff' names CPUs this "
				     "machine does not have: its are 0 to 7"},
	{"0", "--primary-domain: none of the CPUs in '0' is online"},
	{"20", "--primary-domain: none of the CPUs in '20' is online"},
};

static void test_check(void **state _unused_)
{
	_cleanup_topology_ struct topology *t = new_hybrid();

	for (size_t i = 0; i < ARRAY_SIZE(cases) - 1; i++)
		assert_int_equal(domain_check(cases[i].text, t), 0);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(domain_check(bad[i].text, t), -EINVAL);
		assert_string_equal(log_last_error(), bad[i].message);
	}
}

static void test_saving(void **state _unused_)
{
	assert_true(domain_is_saving("powersave", false));
	assert_true(domain_is_saving("auto", true));
	assert_false(domain_is_saving("auto", false));
	assert_false(domain_is_saving("performance", true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resolve),  cmocka_unit_test(test_uniform),
		cmocka_unit_test(test_recorded), cmocka_unit_test(test_check),
		cmocka_unit_test(test_saving),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
