// SPDX-License-Identifier: GPL-2.0-only
#include <scx_bpfland/scx_bpfland_credit.h>
#include <scx_flash/scx_flash_credit.h>

#include "test.h"

#define US 1000ULL
#define MS (1000 * US)

static const struct deadline_rules rules = {
	.lag_ns = 40 * MS,
	.slice_ns = MS,
	.nr_cpus = 2,
	.freq_max = 64 * FREQ_ONE,
};

static const struct deadline_rules flash = {
	.lag_ns = 20 * MS,
	.slice_ns = 700 * US,
	.nr_cpus = 2,
	.freq_max = FLASH_FREQ_MAX,
};

/* Of a nice value, as the kernel has them. */
static uint32_t parts(uint32_t weight)
{
	return weight * WEIGHT_ONE;
}

static void test_weight(void **state _unused_)
{
	assert_int_equal(deadline_scale(40 * MS, parts(100)), 40 * MS);
	assert_int_equal(deadline_scale(40 * MS, parts(250)), 100 * MS);
	assert_int_equal(deadline_scale(40 * MS, parts(1)), 400 * US);
}

/* A quarter of the new, three of the old, in whole numbers. */
static void test_average(void **state _unused_)
{
	assert_int_equal(moving_average(100, 100), 100);
	assert_int_equal(moving_average(0, 40), 10);
	assert_int_equal(moving_average(40, 0), 30);
	assert_int_equal(moving_average(7, 3), 6);
}

static void test_freq(void **state _unused_)
{
	uint32_t freq = 0;

	/* 250 wakeups a second are 25 in 100 ms: nearly there after a few */
	for (int i = 0; i < 20; i++)
		freq = freq_after(&rules, freq, 4 * MS);
	assert_in_range(freq, 24 * FREQ_ONE, 25 * FREQ_ONE);
	/* 60 a second are 6, which counts although a quarter of it is small */
	for (int i = 0; i < 40; i++)
		freq = freq_after(&rules, freq, 16667 * US);
	assert_in_range(freq, 5 * FREQ_ONE, 6 * FREQ_ONE);
	/* one long sleep is not the end of it */
	assert_in_range(freq_after(&rules, freq, 10000 * MS), 3 * FREQ_ONE, 5 * FREQ_ONE);
	/* no more than 640 a second, and no division by nothing */
	assert_int_equal(freq_after(&rules, 0, US), rules.freq_max);
	assert_int_equal(freq_after(&rules, rules.freq_max, 0), rules.freq_max);
}

static const struct {
	uint32_t freq, nr_waiting;
	uint64_t least, most;
} credits[] = {
	/* who hardly wakes, and whoever it is when 500 ms of work wait */
	{0, 0, 40 * MS, 40 * MS},
	{FREQ_ONE, 0, 40 * MS, 40 * MS},
	{64 * FREQ_ONE, 500, 40 * MS, 40 * MS},
	{64 * FREQ_ONE, 5000, 40 * MS, 40 * MS},
	/* a lag for each wakeup in 100 ms */
	{2 * FREQ_ONE, 0, 79 * MS, 80 * MS},
	{6 * FREQ_ONE, 0, 239 * MS, 240 * MS},
	/* less of it the more wait: 240 * 500 / 505 */
	{6 * FREQ_ONE, 5, 142 * MS, 143 * MS}, /* bounded by 500 * 2 / 7 */
	{2 * FREQ_ONE, 5, 79 * MS, 80 * MS},
	/* all of them together wait no longer than the window */
	{64 * FREQ_ONE, 0, 500 * MS, 500 * MS},
	{64 * FREQ_ONE, 2, 250 * MS, 250 * MS},
	{64 * FREQ_ONE, 18, 50 * MS, 50 * MS},
	{64 * FREQ_ONE, 98, 40 * MS, 40 * MS},
};

static void test_credit(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(credits); i++) {
		uint64_t credit = bpfland_credit(&rules, credits[i].freq, credits[i].nr_waiting);

		if (credit < credits[i].least || credit > credits[i].most)
			fail_msg("case %zu: %llu", i, (unsigned long long)credit);
	}
}

static void test_slice(void **state _unused_)
{
	struct deadline_rules r = rules;

	assert_int_equal(deadline_slice(&r, parts(100), 0), MS);
	assert_int_equal(deadline_slice(&r, parts(100), 1), MS);
	assert_int_equal(deadline_slice(&r, parts(100), 4), 250 * US);
	assert_int_equal(deadline_slice(&r, parts(200), 4), 500 * US);
	/* never nothing, which would mean the last one again */
	assert_int_equal(deadline_slice(&r, parts(1), 1000000), SLICE_SHORTEST_NS);
	/* nor so much that others take it for a hang */
	assert_int_equal(deadline_slice(&r, parts(8865), 0), 88650 * US);
	assert_int_equal(deadline_slice(&r, parts(1000000), 0), 100 * MS);
	r.slice_ns = 500 * MS;
	assert_int_equal(deadline_slice(&r, parts(200), 0), 500 * MS);
	r.slice_ns = MS;
	r.min_ns = 300 * US;
	assert_int_equal(deadline_slice(&r, parts(100), 4), 300 * US);
	assert_int_equal(deadline_slice(&r, parts(100), 2), 500 * US);
}

static void test_cost(void **state _unused_)
{
	assert_int_equal(deadline_cost(4 * MS, MS, parts(100)), 4 * MS);
	assert_int_equal(deadline_cost(40 * MS, MS, parts(100)), 40 * MS);
	assert_int_equal(deadline_cost(4 * MS, MS, parts(200)), 2 * MS);
	/* a tick that comes late is not the fault of a light task */
	assert_int_equal(deadline_cost(4 * MS, 10 * US, parts(1)), 400 * MS);
	assert_int_equal(deadline_cost(90 * MS, 10 * US, parts(1)), 1001 * MS);
}

/* The credit of a light task is worth as much CPU time as it takes it to pay. */
static void test_due(void **state _unused_)
{
	assert_int_equal(deadline_due(40 * MS, parts(100)), 40 * MS);
	assert_int_equal(deadline_due(40 * MS, parts(25)), 10 * MS);
	assert_int_equal(deadline_due(40 * MS, parts(8865)), 40 * MS);
	/* 4 s of CPU time: others starve no longer */
	assert_int_equal(deadline_due(500 * MS, parts(1000)), 400 * MS);
	assert_int_equal(deadline_due(2000 * MS, parts(1000000)), 400 * US);
}

static const struct {
	uint32_t weight, group_weight;
	uint32_t parts;
} weights[] = {
	{100, 100, 100 * WEIGHT_ONE},
	{100, 200, 200 * WEIGHT_ONE},
	{33, 50, 16 * WEIGHT_ONE + WEIGHT_ONE / 2},
	{9, 50, 4 * WEIGHT_ONE + WEIGHT_ONE / 2},
	/* never nothing: the least is that of nice 19 */
	{1, 1, WEIGHT_ONE},
	{1, 100, WEIGHT_ONE},
	{100, 1, WEIGHT_ONE},
	{10000, 10000, 1000000 * WEIGHT_ONE},
	{8865, 10000, 886500 * WEIGHT_ONE},
};

static void test_flash_weight(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(weights); i++)
		assert_int_equal(flash_weight(weights[i].weight, weights[i].group_weight),
				 weights[i].parts);
	/* no overflow where a whole second is scaled */
	assert_int_equal(deadline_scale(1000 * MS, 1000000 * WEIGHT_ONE), 10000000 * MS);
	assert_int_equal(deadline_cost(4 * MS, MS, 1000000 * WEIGHT_ONE), 400);
}

/* lag * max(freq, 1), and freq is at most 100. */
static const struct {
	uint32_t freq, nr_waiting;
	uint64_t credit;
} flash_credits[] = {
	{0, 0, 20 * MS},
	{FREQ_ONE / 2, 0, 20 * MS},
	{FREQ_ONE, 0, 20 * MS},
	{6 * FREQ_ONE, 0, 120 * MS},
	{6 * FREQ_ONE + FREQ_ONE / 2, 0, 130 * MS},
	{100 * FREQ_ONE, 0, 2000 * MS},
	/* so that others wait for no more than 2 s: 2 s * 2 / 10 */
	{6 * FREQ_ONE, 8, 120 * MS},
	{100 * FREQ_ONE, 8, 400 * MS},
	{100 * FREQ_ONE, 10000, 20 * MS},
};

static void test_flash_credit(void **state _unused_)
{
	uint32_t freq = 0;

	for (size_t i = 0; i < ARRAY_SIZE(flash_credits); i++)
		assert_int_equal(flash_credit(&flash, flash_credits[i].freq,
					      flash_credits[i].nr_waiting),
				 flash_credits[i].credit);
	for (int i = 0; i < 40; i++)
		freq = freq_after(&flash, freq, MS);
	assert_in_range(freq, 99 * FREQ_ONE, 100 * FREQ_ONE);
	for (int i = 0; i < 40; i++)
		freq = freq_after(&flash, freq, 10 * US);
	assert_int_equal(freq, 100 * FREQ_ONE);
	/* an interval of more than 100 ms counts for less than one */
	assert_int_equal(freq_after(&flash, 0, 200 * MS), FREQ_ONE / 2 / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_weight),       cmocka_unit_test(test_average),
		cmocka_unit_test(test_freq),         cmocka_unit_test(test_credit),
		cmocka_unit_test(test_slice),        cmocka_unit_test(test_cost),
		cmocka_unit_test(test_due),          cmocka_unit_test(test_flash_weight),
		cmocka_unit_test(test_flash_credit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
