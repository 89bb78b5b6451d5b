// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>

#include "bench/analysis.h"
#include "test.h"

enum { KERNEL, FAST, EQUAL, EJECTED, NR_ARMS };
enum { FRAME, MAKE, BROKEN, NR_WORKLOADS };
enum { NR_ROUNDS = 6 };

static void new_session(struct session *s)
{
	*s = (struct session){
		.arms = calloc(NR_ARMS, sizeof(struct arm)),
		.nr_arms = NR_ARMS,
		.workloads = calloc(NR_WORKLOADS, sizeof(struct bench_workload)),
		.nr_workloads = NR_WORKLOADS,
	};
	assert_true(s->arms && s->workloads);
}

/* What workloads give: the value is @value in round 1 and 1 % more in each later one. */
static void add_run(struct session *s, unsigned workload, unsigned arm, unsigned round,
		    enum run_status status, double value)
{
	struct run run = {.workload = workload, .arm = arm, .round = round, .status = status};
	struct measurement *m = &run.measurement;
	double grown = value * (1 + 0.01 * round);

	if (workload == FRAME) {
		assert_int_equal(measurement_add(m, "frames", "", BETTER_NONE, 600), 0);
		assert_int_equal(measurement_add(m, "p99", "us", BETTER_LOWER, grown), 0);
		/* a program that does not always print it */
		if (round % 2 == 1)
			assert_int_equal(measurement_add(m, "odd", "s", BETTER_LOWER, round), 0);
	} else {
		assert_int_equal(measurement_add(m, "rate", "1/s", BETTER_HIGHER, grown), 0);
		/* only measured with a scheduler */
		if (arm != KERNEL)
			assert_int_equal(measurement_add(m, "cost", "ns", BETTER_LOWER, 5), 0);
	}
	assert_int_equal(session_add_run(s, &run), 0);
}

/* FAST takes half of the time, EQUAL as long; EJECTED has no good run but a warm-up. */
static void fill(struct session *s)
{
	for (unsigned round = 0; round <= NR_ROUNDS; round++) {
		for (unsigned workload = FRAME; workload <= MAKE; workload++) {
			add_run(s, workload, KERNEL, round, RUN_OK, 100);
			add_run(s, workload, FAST, round, RUN_OK, 50);
			add_run(s, workload, EQUAL, round, round == 2 ? RUN_TIMEOUT : RUN_OK, 100);
			add_run(s, workload, EJECTED, round, round == 0 ? RUN_OK : RUN_EJECTED, 1);
		}
		add_run(s, BROKEN, KERNEL, round, RUN_FAILED, 1);
	}
}

static const struct {
	unsigned workload;
	const char *metric, *unit;
	enum better better;
	struct {
		size_t nr, nr_bad;
		double median;
		enum verdict verdict;
	} cells[NR_ARMS];
} expected[] = {
	{FRAME,
	 "frames",
	 "",
	 BETTER_NONE,
	 {{6, 0, 600, VERDICT_NONE},
	  {6, 0, 600, VERDICT_NONE},
	  {5, 1, 600, VERDICT_NONE},
	  {0, 6, NAN, VERDICT_NONE}}},
	{FRAME,
	 "p99",
	 "us",
	 BETTER_LOWER,
	 {{6, 0, 103.5, VERDICT_NONE},
	  {6, 0, 51.75, VERDICT_BETTER},
	  {5, 1, 104, VERDICT_SAME},
	  {0, 6, NAN, VERDICT_NONE}}},
	{FRAME,
	 "odd",
	 "s",
	 BETTER_LOWER,
	 {{3, 0, 3, VERDICT_NONE},
	  {3, 0, 3, VERDICT_NONE},
	  {3, 1, 3, VERDICT_NONE},
	  {0, 6, NAN, VERDICT_NONE}}},
	{MAKE,
	 "rate",
	 "1/s",
	 BETTER_HIGHER,
	 {{6, 0, 103.5, VERDICT_NONE},
	  {6, 0, 51.75, VERDICT_WORSE},
	  {5, 1, 104, VERDICT_SAME},
	  {0, 6, NAN, VERDICT_NONE}}},
	{MAKE,
	 "cost",
	 "ns",
	 BETTER_LOWER,
	 {{0, 0, NAN, VERDICT_NONE},
	  {6, 0, 5, VERDICT_NONE},
	  {5, 1, 5, VERDICT_NONE},
	  {0, 6, NAN, VERDICT_NONE}}},
};

static void check_cell(size_t row, size_t arm, const struct cell *c, double noise)
{
	double median_of = expected[row].cells[arm].median;

	assert_int_equal(c->nr, expected[row].cells[arm].nr);
	assert_int_equal(c->nr_bad, expected[row].cells[arm].nr_bad);
	assert_int_equal(isnan(c->median), isnan(median_of));
	if (!isnan(median_of))
		assert_true(fabs(c->median - median_of) < 1e-9);
	assert_int_equal(c->comparison.verdict, expected[row].cells[arm].verdict);
	/* there is a ratio where both have values, also if it is not judged */
	assert_int_equal(isnan(c->comparison.ratio), arm == KERNEL || c->nr == 0 || isnan(noise));
}

static void test_rows(void **state _unused_)
{
	_cleanup_session_ struct session s = {};
	_cleanup_analysis_ struct analysis a = {};

	new_session(&s);
	fill(&s);
	assert_int_equal(analysis_make(&s, &a), 0);
	assert_int_equal(a.nr_rows, ARRAY_SIZE(expected));
	for (size_t i = 0; i < a.nr_rows; i++) {
		const struct row *row = &a.rows[i];

		assert_int_equal(row->workload, expected[i].workload);
		assert_string_equal(row->metric, expected[i].metric);
		assert_string_equal(row->unit, expected[i].unit);
		assert_int_equal(row->better, expected[i].better);
		assert_int_equal(isnan(row->noise), row->cells[KERNEL].nr == 0);
		for (size_t arm = 0; arm < NR_ARMS; arm++)
			check_cell(i, arm, &row->cells[arm], row->noise);
	}
	/* by round, without the one that timed out */
	assert_true(a.rows[1].cells[EQUAL].values[0] == 101);
	assert_true(a.rows[1].cells[EQUAL].values[1] == 103);
	assert_true(fabs(a.rows[1].cells[FAST].comparison.ratio - 0.5) < 1e-9);
	assert_true(a.rows[1].cells[FAST].comparison.interval.high < 1);
	assert_true(a.rows[1].noise > 0 && a.rows[1].noise < 0.06);
}

/* A session that was cut off before anything counted. */
static void test_nothing(void **state _unused_)
{
	_cleanup_session_ struct session s = {};
	_cleanup_analysis_ struct analysis a = {};

	new_session(&s);
	assert_int_equal(analysis_make(&s, &a), 0);
	assert_int_equal(a.nr_rows, 0);
	add_run(&s, FRAME, KERNEL, 0, RUN_OK, 1);
	add_run(&s, FRAME, FAST, 1, RUN_FAILED, 1);
	assert_int_equal(analysis_make(&s, &a), 0);
	assert_int_equal(a.nr_rows, 0);
	assert_false(analysis_is_tight(&a, NULL, 1000));
}

/* Of one round there is a noise of nobody knows what. */
static void test_one_round(void **state _unused_)
{
	_cleanup_session_ struct session s = {};
	_cleanup_analysis_ struct analysis a = {};

	new_session(&s);
	add_run(&s, FRAME, KERNEL, 1, RUN_OK, 1);
	add_run(&s, FRAME, FAST, 1, RUN_OK, 2);
	assert_int_equal(analysis_make(&s, &a), 0);
	assert_true(isnan(a.rows[1].noise));
	assert_true(a.rows[1].cells[FAST].comparison.ratio == 2);
	assert_int_equal(a.rows[1].cells[FAST].comparison.verdict, VERDICT_NONE);
	/* its interval is as narrow as can be, and means nothing */
	assert_false(analysis_is_tight(&a, NULL, 1000));
}

/* Values vary by 6 %, so that intervals are within 10 % of the ratio and not within 1 %. */
static const struct {
	const char *metric;
	double percent;
	bool tight;
} asked[] = {
	{NULL, 10, true},      {NULL, 1, false},   {"p99", 10, true},     {"p99", 1, false},
	{"rate", 10, true},    {"rate", 1, false}, {"frames", 10, false}, /* not judged */
	{"odd", 1000, false},                                             /* three values */
	{"cost", 1000, false}, /* nothing to compare with */
	{"none", 1000, false},
};

static void test_tight(void **state _unused_)
{
	_cleanup_session_ struct session s = {};
	_cleanup_analysis_ struct analysis a = {};

	new_session(&s);
	fill(&s);
	assert_int_equal(analysis_make(&s, &a), 0);
	for (size_t i = 0; i < ARRAY_SIZE(asked); i++)
		if (analysis_is_tight(&a, asked[i].metric, asked[i].percent) != asked[i].tight)
			fail_msg("%s within %g %%: not %d", asked[i].metric, asked[i].percent,
				 asked[i].tight);
}

/* One arm that varies keeps all of them waiting. */
static void test_tight_for_all(void **state _unused_)
{
	_cleanup_session_ struct session s = {};
	_cleanup_analysis_ struct analysis a = {};

	new_session(&s);
	for (unsigned round = 1; round <= NR_ROUNDS; round++) {
		add_run(&s, FRAME, KERNEL, round, RUN_OK, 100);
		add_run(&s, FRAME, FAST, round, RUN_OK, 100);
		add_run(&s, FRAME, EQUAL, round, RUN_OK, 100 * round);
	}
	assert_int_equal(analysis_make(&s, &a), 0);
	assert_false(analysis_is_tight(&a, "p99", 10));
	assert_true(analysis_is_tight(&a, "p99", 100));
}

/* A baseline of 0 has no ratio to wait for; that is no reason to go on. */
static void test_tight_without_ratio(void **state _unused_)
{
	_cleanup_session_ struct session s = {};
	_cleanup_analysis_ struct analysis a = {};

	new_session(&s);
	for (unsigned round = 1; round <= NR_ROUNDS; round++) {
		add_run(&s, FRAME, KERNEL, round, RUN_OK, 0);
		add_run(&s, FRAME, FAST, round, RUN_OK, 7);
		add_run(&s, MAKE, KERNEL, round, RUN_OK, 100);
		add_run(&s, MAKE, FAST, round, RUN_OK, 50);
	}
	assert_int_equal(analysis_make(&s, &a), 0);
	assert_int_equal(a.rows[1].cells[FAST].comparison.verdict, VERDICT_WORSE);
	assert_true(isnan(a.rows[1].cells[FAST].comparison.ratio) && isnan(a.rows[1].noise));
	assert_true(analysis_is_tight(&a, NULL, 10));
	assert_false(analysis_is_tight(&a, "p99", 10));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),          cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_one_round),     cmocka_unit_test(test_tight),
		cmocka_unit_test(test_tight_for_all), cmocka_unit_test(test_tight_without_ratio),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
