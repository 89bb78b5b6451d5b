// SPDX-License-Identifier: GPL-2.0-only
#include <scx/vtime.h>

#include "test.h"

static void test_before(void **state _unused_)
{
	assert_true(vtime_before(1, 2));
	assert_false(vtime_before(2, 2));
	assert_false(vtime_before(3, 2));
	/* across the wrap */
	assert_true(vtime_before(UINT64_MAX - 5, 3));
	assert_false(vtime_before(3, UINT64_MAX - 5));
}

static void test_cost(void **state _unused_)
{
	assert_int_equal(vtime_cost(20000000, 100), 20000000);
	assert_int_equal(vtime_cost(20000000, 200), 10000000);
	assert_int_equal(vtime_cost(20000000, 33), 60606060);
	assert_int_equal(vtime_cost(20000000, 1), 2000000000);
	assert_int_equal(vtime_cost(20000000, 10000), 200000);
	assert_int_equal(vtime_cost(0, 100), 0);
}

static void test_turn(void **state _unused_)
{
	assert_int_equal(vtime_turn(20000000, 100), 20000000);
	assert_int_equal(vtime_turn(20000000, 10000), 20000000);
	assert_int_equal(vtime_turn(20000000, 33), 6600000);
	assert_int_equal(vtime_turn(20000000, 1), 200000);
	/* a turn costs a light task what it costs one of nice 0 */
	assert_int_equal(vtime_cost(vtime_turn(20000000, 33), 33), 20000000);
}

static void test_charge(void **state _unused_)
{
	assert_int_equal(vtime_charge(4000000, 20000000, 16000000), 4000000);
	/* sched_yield() */
	assert_int_equal(vtime_charge(4000000, 20000000, 0), 20000000);
	/* the tick came late, but not as late as that */
	assert_int_equal(vtime_charge(23000000, 20000000, 0), 23000000);
	assert_int_equal(vtime_charge(90000000, 20000000, 0), 30000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_before),
		cmocka_unit_test(test_cost),
		cmocka_unit_test(test_turn),
		cmocka_unit_test(test_charge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
