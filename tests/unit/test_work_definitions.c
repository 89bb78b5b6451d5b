// SPDX-License-Identifier: GPL-2.0-only
/* What the metrics of the workloads mean, on made-up traces. */
#include <math.h>

#include "bench/workloads/definitions.h"
#include "bench/workloads/number_list.h"
#include "test.h"

#define NEAR 1e-9

/* cmocka's own compares floats */
#define assert_near(a, b, epsilon) assert_true(fabs((a) - (b)) <= (epsilon))

static double value_of(const struct measurement *m, const char *name)
{
	const struct metric *metric = measurement_find(m, name);

	assert_non_null(metric);
	return metric->value;
}

static void test_hogs_room(void **state _unused_)
{
	/* more hogs than CPUs: what the others leave of these */
	assert_near(hogs_room_us(8, 2, 1000, 216), 1784, NEAR);
	/* fewer: none can use more than one CPU */
	assert_near(hogs_room_us(1, 4, 1000, 216), 1000, NEAR);
	assert_near(hogs_room_us(3, 4, 1000, 1500), 2500, NEAR);
	/* never a division by zero */
	assert_true(hogs_room_us(1, 1, 1000, 5000) > 0);
}

static void test_frames(void **state _unused_)
{
	static const struct frame trace[] = {
		{0, 0, 1000},       /* at its deadline is in time */
		{1000, 1100, 2001}, /* missed by one; begun just not late */
		{2000, 2101, 2500}, /* begun late, and in time */
		{3000, 3900, 5500}, /* both */
	};
	_cleanup_free_ struct frame_tally *t = malloc(sizeof(*t));
	_cleanup_measurement_ struct measurement m = {};

	assert_non_null(t);
	frame_tally_init(t);
	for (size_t i = 0; i < ARRAY_SIZE(trace); i++)
		frame_tally_add(t, &trace[i], 1000);
	assert_int_equal(frame_tally_report(t, &m), 0);
	assert_near(value_of(&m, "missed"), 50, NEAR);
	assert_near(value_of(&m, "late"), 50, NEAR);
	assert_near(value_of(&m, "frame_max"), 2500 / 1e6, NEAR);
	assert_near(value_of(&m, "start_max"), 900 / 1e3, NEAR);
	assert_near(value_of(&m, "frame_p50"), 1000 / 1e6, 4e-6);
}

static void test_no_frames(void **state _unused_)
{
	_cleanup_free_ struct frame_tally *t = malloc(sizeof(*t));
	_cleanup_measurement_ struct measurement m = {};

	assert_non_null(t);
	frame_tally_init(t);
	assert_int_equal(frame_tally_report(t, &m), -ENODATA);
}

static void test_gang(void **state _unused_)
{
	static const struct {
		unsigned threads, hogs, cpus;
		double share;
	} cases[] = {
		/* as many threads as CPUs: G / (G + B) */
		{2, 0, 2, 1},
		{2, 1, 2, 2.0 / 3},
		{2, 2, 2, 0.5},
		{2, 4, 2, 1.0 / 3},
		/* room for all: hogs take nothing away */
		{2, 2, 4, 1},
		{2, 6, 4, 0.5},
		/* alone, four threads on two CPUs already have half of one each */
		{4, 4, 2, 0.5},
		{4, 0, 2, 1},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_near(gang_fair_share(cases[i].threads, cases[i].hogs, cases[i].cpus),
			    cases[i].share, NEAR);
}

static void test_batch(void **state _unused_)
{
	static const struct {
		struct batch b;
		double fair, mean, best;
	} cases[] = {
		/* (k + 1) s / N + l - s; nine end at 5, the last at 13; best is the long one */
		{{9, 2, 1, 9}, 13, (9 * 5 + 13) / 10.0, 9},
		/* all equal: nothing to win */
		{{3, 2, 1, 1}, 2, 2, 2},
		/* the sum is the limit, not the long one */
		{{39, 2, 1, 4}, 23, (39 * 20 + 23) / 40.0, 21.5},
		/* a CPU for each */
		{{3, 8, 1, 5}, 5, (3 * 1 + 5) / 4.0, 5},
		/* one CPU: the order does not change when all are done */
		{{4, 1, 1, 2}, 6, (4 * 5 + 6) / 5.0, 6},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct batch *b = &cases[i].b;

		assert_near(batch_fair_makespan(b), cases[i].fair, NEAR);
		assert_near(batch_fair_mean_completion(b), cases[i].mean, NEAR);
		assert_near(batch_best_makespan(b), cases[i].best, NEAR);
	}
}

/* Until the short ones have ended each runs at the same speed, then the rest: step by step. */
static void test_batch_by_simulation(void **state _unused_)
{
	for (unsigned cpus = 1; cpus <= 4; cpus++) {
		const struct batch b = {7, cpus, 0.5, 3};
		double left_short = b.short_time, left_long = b.long_time, time = 0;
		const double step = 1e-4;

		for (; left_long > 0; time += step) {
			unsigned running = left_short > 0 ? b.nr_short + 1 : 1;
			double speed = fmin(1, (double)cpus / running);

			left_short -= speed * step;
			left_long -= speed * step;
		}
		assert_near(batch_fair_makespan(&b), time, 1e-2);
	}
}

static void test_nice(void **state _unused_)
{
	assert_near(nice_weight(0), 1024, 0);
	assert_near(nice_weight(-20), 88761, 0);
	assert_near(nice_weight(19), 15, 0);
	assert_near(nice_weight(0) / nice_weight(5), 3.06, 0.01);
	/* a step is a quarter, as getpriority(2) says */
	for (int nice = -20; nice < 19; nice++)
		assert_near(nice_weight(nice) / nice_weight(nice + 1), 1.25, 0.08);
}

static void test_fair_shares(void **state _unused_)
{
	static const struct {
		unsigned cpus;
		size_t nr;
		double weights[4], shares[4];
	} cases[] = {
		{2, 4, {1, 1, 1, 1}, {0.5, 0.5, 0.5, 0.5}},
		{1, 2, {1024, 335}, {1024.0 / 1359, 335.0 / 1359}},
		/* nobody more than one CPU, the others share what is left */
		{2, 3, {10000, 1, 1}, {1, 0.5, 0.5}},
		{2, 3, {2, 1, 1}, {1, 0.5, 0.5}},
		{3, 4, {10000, 500, 1, 1}, {1, 1, 0.5, 0.5}},
		/* the second is capped only because the first is */
		{3, 4, {100, 40, 20, 1}, {1, 1, 20.0 / 21, 1.0 / 21}},
		{4, 3, {1, 100, 7}, {1, 1, 1}},
	};
	double shares[4];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		double sum = 0;

		fair_shares(cases[i].weights, cases[i].nr, cases[i].cpus, shares);
		for (size_t k = 0; k < cases[i].nr; k++) {
			assert_near(shares[k], cases[i].shares[k], NEAR);
			sum += shares[k];
		}
		assert_near(sum, fmin(cases[i].cpus, (double)cases[i].nr), NEAR);
	}
}

static void test_fair_deviation(void **state _unused_)
{
	static const double equal[] = {1, 1, 1, 1}, weighted[] = {1, 0.5, 0.5};

	assert_near(fair_deviation((double[]){10, 10, 10, 10}, equal, 4), 0, NEAR);
	/* the worst of all, whether too much or too little */
	assert_near(fair_deviation((double[]){12, 10, 10, 8}, equal, 4), 0.2, NEAR);
	assert_near(fair_deviation((double[]){0, 10, 10, 20}, equal, 4), 1, NEAR);
	/* how fast the machine was does not matter */
	assert_near(fair_deviation((double[]){200, 100, 100}, weighted, 3), 0, NEAR);
	assert_near(fair_deviation((double[]){200, 110, 90}, weighted, 3), 0.1, NEAR);
	assert_true(isnan(fair_deviation((double[]){0, 0, 0, 0}, equal, 4)));
}

static void test_rps(void **state _unused_)
{
	double samples[] = {50, 10, 40, 20, 30, 60, 70, 80, 90, 100};
	_cleanup_measurement_ struct measurement m = {}, without = {};

	assert_int_equal(rps_report(samples, ARRAY_SIZE(samples), 55.5, &m), 0);
	assert_near(value_of(&m, "rps"), 55.5, 0);
	assert_near(value_of(&m, "rps_p20"), 20, 0);
	assert_near(value_of(&m, "rps_p50"), 50, 0);
	assert_near(value_of(&m, "rps_p90"), 90, 0);

	assert_int_equal(rps_report(NULL, 0, 7, &without), 0);
	assert_near(value_of(&without, "rps_p20"), 7, 0);
	assert_near(value_of(&without, "rps_p90"), 7, 0);
}

/* 50, 90, 99 and 99.9 % of 1000 requests of 1 to 1000 us. */
static void test_schbench_percentiles(void **state _unused_)
{
	static const struct {
		const char *name;
		double value;
	} expected[] = {{"request_p50", 500},
			{"request_p90", 900},
			{"request_p99", 990},
			{"request_p999", 999},
			{"request_max", 1000}};
	_cleanup_free_ struct histogram *h = malloc(2 * sizeof(*h));
	_cleanup_measurement_ struct measurement m = {};

	assert_non_null(h);
	/* two workers, added up at the end */
	histogram_init(&h[0]);
	histogram_init(&h[1]);
	for (uint64_t us = 1; us <= 1000; us++)
		histogram_add(&h[us % 3 == 0], us * 1000);
	histogram_merge(&h[0], &h[1]);
	assert_int_equal(histogram_report(&h[0], "request", "us", 1e3, &m), 0);
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_near(value_of(&m, expected[i].name), expected[i].value,
			    0.004 * expected[i].value);
}

static void test_number_list(void **state _unused_)
{
	static const char *const bad[] = {"",
					  ",",
					  "1,",
					  ",1",
					  "1,,2",
					  "1 ,2",
					  "x",
					  "21",
					  "-21",
					  "1,2,3,4,5",
					  "99999999999999999999999999"};
	int64_t numbers[4];

	assert_int_equal(number_list_parse("nice", "0", -20, 20, numbers, 4), 1);
	assert_int_equal(numbers[0], 0);
	assert_int_equal(number_list_parse("nice", "-20,0,5,20", -20, 20, numbers, 4), 4);
	assert_int_equal(numbers[0], -20);
	assert_int_equal(numbers[3], 20);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(number_list_parse("nice", bad[i], -20, 20, numbers, 4), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hogs_room),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_no_frames),
		cmocka_unit_test(test_gang),
		cmocka_unit_test(test_batch),
		cmocka_unit_test(test_batch_by_simulation),
		cmocka_unit_test(test_nice),
		cmocka_unit_test(test_fair_shares),
		cmocka_unit_test(test_fair_deviation),
		cmocka_unit_test(test_rps),
		cmocka_unit_test(test_schbench_percentiles),
		cmocka_unit_test(test_number_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
