// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>

#include "bench/histogram.h"
#include "bench/prng.h"
#include "test.h"

enum { NR = 20000 };

static struct histogram *new_histogram(void)
{
	struct histogram *h = malloc(sizeof(*h));

	assert_non_null(h);
	histogram_init(h);
	return h;
}

static int by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Of all sizes: the logarithm is even. */
static uint64_t random_value(struct prng *prng)
{
	uint64_t value = prng_next(prng);

	return value >> prng_below(prng, 64);
}

/* Alone, a value is read back exactly: it is the greatest. Beside a greater one, nearly. */
static void test_values(void **state _unused_)
{
	struct prng prng = {1};

	for (int i = 0; i < 2000; i++) {
		_cleanup_free_ struct histogram *h = new_histogram();
		uint64_t value = i < 600 ? (uint64_t)i : random_value(&prng), read;

		histogram_add(h, value);
		assert_int_equal(histogram_quantile(h, 0), value);
		assert_int_equal(histogram_quantile(h, 1), value);
		histogram_add(h, UINT64_MAX);
		histogram_add(h, 0);
		read = histogram_quantile(h, 0.5);
		assert_true(read >= value);
		assert_true((double)(read - value) <= 0.004 * (double)value);
		if (value < 512)
			assert_int_equal(read, value);
	}
}

static void check_quantiles(const struct histogram *h, const uint64_t *sorted, size_t nr)
{
	for (unsigned permille = 0; permille <= 1000; permille++) {
		size_t rank = (nr * permille + 999) / 1000;
		uint64_t exact = sorted[rank ? rank - 1 : 0];
		uint64_t read = histogram_quantile(h, permille / 1000.0);

		assert_true(read >= exact);
		assert_true((double)(read - exact) <= 0.004 * (double)exact);
	}
	assert_int_equal(histogram_quantile(h, 0), sorted[0]);
	assert_int_equal(histogram_quantile(h, 1), sorted[nr - 1]);
}

static void test_quantiles(void **state _unused_)
{
	/* 70 and 700: shares of them are integers that a product of doubles misses */
	static const size_t sizes[] = {1, 2, 3, 70, 700, 1000, NR};
	static uint64_t values[NR];
	struct prng prng = {2};

	for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
		_cleanup_free_ struct histogram *h = new_histogram();

		for (size_t i = 0; i < sizes[s]; i++) {
			values[i] = random_value(&prng);
			histogram_add(h, values[i]);
		}
		qsort(values, sizes[s], sizeof(values[0]), by_value);
		check_quantiles(h, values, sizes[s]);
	}
}

static void test_merge(void **state _unused_)
{
	_cleanup_free_ struct histogram *all = new_histogram(), *sum = new_histogram();
	_cleanup_free_ struct histogram *parts[3] = {new_histogram()};
	struct prng prng = {3};

	parts[1] = new_histogram();
	parts[2] = new_histogram(); /* stays empty */
	for (size_t i = 0; i < NR; i++) {
		uint64_t value = random_value(&prng);

		histogram_add(all, value);
		histogram_add(parts[value % 2], value);
	}
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		histogram_merge(sum, parts[i]);
	assert_memory_equal(sum, all, sizeof(*all));
	free(parts[1]);
	free(parts[2]);
}

static void test_report(void **state _unused_)
{
	static const struct {
		const char *name;
		double value;
	} expected[] = {
		{"x_p50", 50}, {"x_p90", 90}, {"x_p99", 99}, {"x_p999", 99.9}, {"x_max", 100},
	};
	_cleanup_measurement_ struct measurement m = {};
	_cleanup_free_ struct histogram *h = new_histogram();
	const struct distribution *d;

	assert_int_equal(histogram_report(h, "x", "us", 1000, &m), -ENODATA);
	assert_int_equal(histogram_quantile(h, 0.5), 0);
	for (uint64_t i = 1; i <= 1000; i++)
		histogram_add(h, i * 100);
	assert_int_equal(histogram_report(h, "x", "us", 1000, &m), 0);
	assert_int_equal(m.nr_metrics, ARRAY_SIZE(expected));
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		assert_string_equal(m.metrics[i].name, expected[i].name);
		assert_string_equal(m.metrics[i].unit, "us");
		assert_int_equal(m.metrics[i].better, BETTER_LOWER);
		assert_true(m.metrics[i].value >= expected[i].value);
		assert_true(m.metrics[i].value <= expected[i].value * 1.004);
	}
	assert_int_equal(m.nr_distributions, 1);
	d = &m.distributions[0];
	assert_string_equal(d->name, "x");
	assert_string_equal(d->unit, "us");
	assert_true(d->points[0].quantile == 0 && d->points[0].value == 0.1);
	/* the last but one is the last share above which there is a sample */
	assert_true(fabs(d->points[d->nr_points - 2].quantile - 0.999) < 1e-9);
	assert_true(d->points[d->nr_points - 1].quantile == 1);
	assert_true(d->points[d->nr_points - 1].value == 100);
	assert_int_equal(histogram_report(h, "x", "us", 1000, &m), -EEXIST);
}

/* The longest curve there can be. */
static void test_most(void **state _unused_)
{
	_cleanup_measurement_ struct measurement m = {};
	_cleanup_free_ struct histogram *h = new_histogram();

	histogram_add(h, 0);
	histogram_add(h, UINT64_MAX);
	h->counts[0] = UINT64_MAX - 1;
	h->nr = UINT64_MAX;
	assert_int_equal(histogram_report(h, "x", "us", 1, &m), 0);
	assert_true(m.distributions[0].nr_points > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values), cmocka_unit_test(test_quantiles),
		cmocka_unit_test(test_merge),  cmocka_unit_test(test_report),
		cmocka_unit_test(test_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
