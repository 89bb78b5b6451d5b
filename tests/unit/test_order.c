// SPDX-License-Identifier: GPL-2.0-only
#include "bench/order.h"
#include "test.h"

enum { MAX_ARMS = 7 };

/* In a whole square, each arm is at each place, and right after each other one, as often. */
static void check_square(size_t n, uint64_t seed, unsigned first)
{
	unsigned nr_rounds = n % 2 == 0 ? n : 2 * n;
	unsigned at[MAX_ARMS][MAX_ARMS] = {}, after[MAX_ARMS][MAX_ARMS] = {};
	unsigned order[MAX_ARMS];

	for (unsigned round = first; round < first + nr_rounds; round++) {
		assert_int_equal(order_of_round(n, round, seed, order), 0);
		for (size_t i = 0; i < n; i++) {
			assert_true(order[i] < n);
			at[order[i]][i]++;
			if (i > 0)
				after[order[i - 1]][order[i]]++;
		}
	}
	for (size_t a = 0; a < n; a++)
		for (size_t b = 0; b < n; b++) {
			assert_int_equal(at[a][b], nr_rounds / n);
			assert_int_equal(after[a][b], a == b ? 0 : nr_rounds / n);
		}
}

static void test_balance(void **state _unused_)
{
	for (size_t n = 2; n <= MAX_ARMS; n++)
		for (uint64_t seed = 0; seed < 50; seed++)
			for (unsigned square = 0; square < 3; square++)
				check_square(n, seed, square * (n % 2 == 0 ? n : 2 * n));
}

/* Of each two rounds, the places of an arm add up to the same: a drift hits all alike. */
static void test_drift(void **state _unused_)
{
	for (size_t n = 1; n <= MAX_ARMS; n++)
		for (unsigned pair = 0; pair < 20; pair++) {
			unsigned first[MAX_ARMS], second[MAX_ARMS];

			assert_int_equal(order_of_round(n, 2 * pair, 5, first), 0);
			assert_int_equal(order_of_round(n, 2 * pair + 1, 5, second), 0);
			for (size_t i = 0; i < n; i++)
				assert_int_equal(first[i], second[n - 1 - i]);
		}
}

/* The same seed gives the same order; over seeds, each arm begins about as often. */
static void test_seed(void **state _unused_)
{
	unsigned begins[4] = {}, order[4], again[4];

	for (uint64_t seed = 0; seed < 4000; seed++) {
		assert_int_equal(order_of_round(4, 3, seed, order), 0);
		assert_int_equal(order_of_round(4, 3, seed, again), 0);
		assert_memory_equal(order, again, sizeof(order));
		begins[order[0]]++;
	}
	for (size_t i = 0; i < 4; i++)
		assert_in_range(begins[i], 900, 1100);
}

/* Another square has another cast. */
static void test_repeat(void **state _unused_)
{
	unsigned nr_same = 0, first[7], later[7];

	for (unsigned square = 1; square <= 100; square++) {
		assert_int_equal(order_of_round(7, 0, 1, first), 0);
		assert_int_equal(order_of_round(7, 14 * square, 1, later), 0);
		nr_same += memcmp(first, later, sizeof(first)) == 0;
	}
	assert_in_range(nr_same, 0, 2);
}

static void test_few(void **state _unused_)
{
	unsigned order[1] = {4711};

	assert_int_equal(order_of_round(0, 3, 1, order), 0);
	assert_int_equal(order[0], 4711);
	assert_int_equal(order_of_round(1, 3, 1, order), 0);
	assert_int_equal(order[0], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_balance), cmocka_unit_test(test_drift),
		cmocka_unit_test(test_seed),    cmocka_unit_test(test_repeat),
		cmocka_unit_test(test_few),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
