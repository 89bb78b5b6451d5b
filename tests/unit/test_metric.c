// SPDX-License-Identifier: GPL-2.0-only
#include <float.h>
#include <math.h>

#include "bench/metric.h"
#include "test.h"

static const struct {
	const char *name, *unit;
	enum better better;
	double value;
} metrics[] = {
	{"wakeup_p99", "us", BETTER_LOWER, 12.25},
	{"tiny", "", BETTER_NONE, DBL_MIN},
	{"third", "s", BETTER_LOWER, 1.0 / 3},
	{"huge", "1/s", BETTER_HIGHER, DBL_MAX},
	{"negative", "%", BETTER_NONE, -9007199254740993.0},
	{"zero", "us", BETTER_LOWER, 0},
};

static const struct quantile points[] = {{0, -1}, {0.5, 0.1}, {0.5, 0.1}, {1, 1e9}};

static void fill(struct measurement *m)
{
	for (size_t i = 0; i < ARRAY_SIZE(metrics); i++)
		assert_int_equal(measurement_add(m, metrics[i].name, metrics[i].unit,
						 metrics[i].better, metrics[i].value),
				 0);
	assert_int_equal(measurement_add_distribution(m, "wakeup", "us", points, 4), 0);
	assert_int_equal(measurement_add_distribution(m, "request", "", points, 1), 0);
}

/* By way of its text, as it gets from one process to another. */
static void pass_on(const struct measurement *m, struct measurement *ret)
{
	_cleanup_json_ sd_json_variant *written = NULL, *read = NULL;
	_cleanup_free_ char *text = NULL;
	struct json_error e;

	assert_int_equal(measurement_to_json(m, &written), 0);
	assert_true(sd_json_variant_format(written, 0, &text) >= 0);
	assert_int_equal(sd_json_parse(text, 0, &read, NULL, NULL), 0);
	assert_int_equal(measurement_from_json(read, ret, &e), 0);
}

static void test_round_trip(void **state _unused_)
{
	_cleanup_measurement_ struct measurement m = {}, back = {};

	fill(&m);
	pass_on(&m, &back);
	assert_int_equal(back.nr_metrics, ARRAY_SIZE(metrics));
	for (size_t i = 0; i < ARRAY_SIZE(metrics); i++) {
		assert_string_equal(back.metrics[i].name, metrics[i].name);
		assert_string_equal(back.metrics[i].unit, metrics[i].unit);
		assert_int_equal(back.metrics[i].better, metrics[i].better);
		assert_true(back.metrics[i].value == metrics[i].value);
	}
	assert_int_equal(back.nr_distributions, 2);
	assert_string_equal(back.distributions[0].name, "wakeup");
	assert_string_equal(back.distributions[0].unit, "us");
	assert_int_equal(back.distributions[0].nr_points, 4);
	assert_memory_equal(back.distributions[0].points, points, sizeof(points));
	assert_int_equal(back.distributions[1].nr_points, 1);
}

static void test_empty(void **state _unused_)
{
	_cleanup_measurement_ struct measurement m = {}, back = {};

	pass_on(&m, &back);
	assert_int_equal(back.nr_metrics, 0);
	assert_int_equal(back.nr_distributions, 0);
}

static void test_add(void **state _unused_)
{
	_cleanup_measurement_ struct measurement m = {};

	fill(&m);
	assert_int_equal(measurement_add(&m, "third", "us", BETTER_LOWER, 1), -EEXIST);
	assert_int_equal(measurement_add(&m, "new", "us", BETTER_LOWER, NAN), -EDOM);
	assert_int_equal(measurement_add(&m, "new", "us", BETTER_LOWER, -INFINITY), -EDOM);
	assert_int_equal(m.nr_metrics, ARRAY_SIZE(metrics));
	assert_ptr_equal(measurement_find(&m, "third"), &m.metrics[2]);
	assert_null(measurement_find(&m, "new"));
}

static const struct {
	struct quantile points[2];
	size_t nr;
	int r;
} curves[] = {
	{{{0, 1}, {1, 1}}, 2, 0},
	{{{0, 1}}, 0, -EDOM},
	{{{-0.001, 1}}, 1, -EDOM},
	{{{1.001, 1}}, 1, -EDOM},
	{{{NAN, 1}}, 1, -EDOM},
	{{{0.5, NAN}}, 1, -EDOM},
	{{{0.5, INFINITY}}, 1, -EDOM},
	{{{0.5, 1}, {0.4, 2}}, 2, -EDOM},
	{{{0.5, 1}, {0.6, 0.9}}, 2, -EDOM},
};

static void test_curves(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(curves); i++) {
		_cleanup_measurement_ struct measurement m = {};

		assert_int_equal(measurement_add_distribution(&m, "x", "", curves[i].points,
							      curves[i].nr),
				 curves[i].r);
		assert_int_equal(m.nr_distributions, curves[i].r == 0);
		if (curves[i].r == 0)
			assert_int_equal(measurement_add_distribution(&m, "x", "", curves[i].points,
								      1),
					 -EEXIST);
	}
}

#define METRICS(m) "{\"metrics\": [" m "], \"distributions\": []}"
#define METRIC(value) METRICS("{\"name\": \"x\", \"unit\": \"\", \"better\": \"none\", " value "}")
#define CURVE(points)                                                                              \
	"{\"metrics\": [], \"distributions\": [{\"name\": \"x\", \"unit\": \"\", " points "}]}"

/* What is read, and the place and the text of the error. */
static const struct {
	const char *text, *path, *what;
} hostile[] = {
	{"[]", "", "must be an object, is an array"},
	{"null", "", "must be an object, is null"},
	{"{}", "metrics", "is missing"},
	{"{\"metrics\": []}", "distributions", "is missing"},
	{"{\"metrics\": {}, \"distributions\": []}", "metrics", "must be an array, is an object"},
	{"{\"metrics\": [], \"metrics\": []}", "metrics", "is there more than once"},
	{METRICS("7"), "metrics[0]", "must be an object, is an unsigned integer"},
	{METRICS("{}"), "metrics[0].name", "is missing"},
	{METRICS("{\"name\": true}"), "metrics[0].name", "must be a string, is a boolean"},
	{METRICS("{\"name\": \"x\", \"unit\": 1}"), "metrics[0].unit",
	 "must be a string, is an unsigned integer"},
	{METRIC("\"worth\": 1"), "metrics[0].value", "is missing"},
	{METRIC("\"value\": \"1\""), "metrics[0].value", "must be a number, is a string"},
	{METRIC("\"value\": null"), "metrics[0].value", "must be a number, is null"},
	{METRICS("{\"name\": \"x\", \"unit\": \"\", \"better\": \"more\", \"value\": 1}"),
	 "metrics[0].better", "must be lower, higher or none, is 'more'"},
	{METRICS("{\"name\": \"x\", \"unit\": \"\", \"better\": \"none\", \"value\": 1},"
		 "{\"name\": \"x\", \"unit\": \"\", \"better\": \"none\", \"value\": 1}"),
	 "metrics[1].name", "must be unique, 'x' is not"},
	{CURVE("\"point\": []"), "distributions[0].points", "is missing"},
	{CURVE("\"points\": []"), "distributions[0].points",
	 "must be at least one, with shares from 0 to 1, and not go back"},
	{CURVE("\"points\": [[0, 1], [1]]"), "distributions[0].points[1]",
	 "must be an array of two numbers"},
	{CURVE("\"points\": [[0, 1, 2]]"), "distributions[0].points[0]",
	 "must be an array of two numbers"},
	{CURVE("\"points\": [[0, \"1\"]]"), "distributions[0].points[0]",
	 "must be an array of two numbers"},
	{CURVE("\"points\": [{}]"), "distributions[0].points[0]",
	 "must be an array of two numbers"},
	{CURVE("\"points\": [[0, 2], [1, 1]]"), "distributions[0].points",
	 "must be at least one, with shares from 0 to 1, and not go back"},
};

static void test_hostile(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(hostile); i++) {
		_cleanup_json_ sd_json_variant *v = NULL;
		struct measurement untouched = {.nr_metrics = 4711};
		struct json_error e;

		assert_int_equal(sd_json_parse_with_source(hostile[i].text, "x", 0, &v, NULL, NULL),
				 0);
		assert_int_equal(measurement_from_json(v, &untouched, &e), -EBADMSG);
		assert_string_equal(e.path, hostile[i].path);
		assert_string_equal(e.what, hostile[i].what);
		assert_int_equal(e.line, 1);
		assert_int_equal(untouched.nr_metrics, 4711);
	}
}

/* Numbers that are integers in the file, also those between two doubles; members we do not know. */
static const struct {
	const char *text;
	double value;
} numbers[] = {
	{METRIC("\"value\": 3"), 3},
	{METRIC("\"value\": -3"), -3},
	{METRIC("\"value\": -0.0"), 0},
	{METRIC("\"value\": 9007199254740993"), 9007199254740992},
	{METRIC("\"value\": -9007199254740993"), -9007199254740992},
	{METRIC("\"value\": 18446744073709551615"), 18446744073709551616.0},
	{METRIC("\"value\": 1e300"), 1e300},
	{METRIC("\"value\": 2, \"colour\": [{}]"), 2},
};

static void test_numbers(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		_cleanup_json_ sd_json_variant *v = NULL;
		_cleanup_measurement_ struct measurement m = {};
		struct json_error e;

		assert_int_equal(sd_json_parse(numbers[i].text, 0, &v, NULL, NULL), 0);
		assert_int_equal(measurement_from_json(v, &m, &e), 0);
		assert_true(m.metrics[0].value == numbers[i].value);
	}
}

/* What a program prints is any bytes; JSON is UTF-8. */
static const struct {
	const char *text, *written;
} texts[] = {
	{"", ""},
	{"plain\n\t\x01\x1b", "plain\n\t\x01\x1b"},
	{"12 \xc2\xb5s \xf0\x9f\x90\xa7", "12 \xc2\xb5s \xf0\x9f\x90\xa7"},
	{"\x7f", "\xef\xbf\xbd"},
	{"\xc2\xb5 cut \xc2", "\xc2\xb5 cut \xef\xbf\xbd"},
	{"\xb5s \xe2\x82\xac", "\xef\xbf\xbds \xe2\x82\xac"},
	{"\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd"},
	{"\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd"},
	{"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
	{"\xff\xfe", "\xef\xbf\xbd\xef\xbf\xbd"},
};

static void test_texts(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		_cleanup_measurement_ struct measurement m = {}, back = {};

		assert_int_equal(measurement_add(&m, "x", texts[i].text, BETTER_NONE, 1), 0);
		pass_on(&m, &back);
		assert_string_equal(back.metrics[0].unit, texts[i].written);
	}
}

static void test_better(void **state _unused_)
{
	for (int i = 0; i < NR_BETTER; i++)
		assert_int_equal(better_from_name(better_names[i]), i);
	assert_int_equal(better_from_name("Lower"), -EINVAL);
	assert_int_equal(better_from_name(""), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip), cmocka_unit_test(test_empty),
		cmocka_unit_test(test_add),        cmocka_unit_test(test_curves),
		cmocka_unit_test(test_hostile),    cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_texts),      cmocka_unit_test(test_better),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
