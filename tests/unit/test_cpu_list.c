// SPDX-License-Identifier: GPL-2.0-only
#include "lib/cpu_list.h"
#include "test.h"

#define NR_CPUS 6

static void test_lists(void **state _unused_)
{
	static const struct {
		bool online[NR_CPUS];
		const char *text;
	} cases[] = {
		{{true, true, true, true, true, true}, "0-5"},
		{{true}, "0"},
		{{false, false, false, false, false, true}, "5"},
		{{true, true, false, true, true, true}, "0-1,3-5"},
		{{false, true, false, true, false, true}, "1,3,5"},
		{{false}, ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cpu_info cpus[NR_CPUS] = {};
		struct topology t = {.cpus = cpus, .nr_cpu_ids = NR_CPUS};
		_cleanup_free_ char *text = NULL;

		for (unsigned cpu = 0; cpu < NR_CPUS; cpu++)
			cpus[cpu].online = cases[i].online[cpu];
		text = cpu_list_online(&t);
		assert_string_equal(text, cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
