// SPDX-License-Identifier: GPL-2.0-only
#include "bench/extract.h"
#include "lib/log.h"
#include "test.h"

#define FORM "NAME[:UNIT]:lower|higher|none:regex:PATTERN or ...:json:PATH"

static const struct {
	const char *spec;
	const char *name, *unit;
	enum better better;
} good[] = {
	{"rps:higher:regex:rps: ([0-9.]+)", "rps", "", BETTER_HIGHER},
	{"p99:us:lower:json:lat.p99", "p99", "us", BETTER_LOWER},
	{"a-b.c_1:1/s:none:json:[0].x[12][3]", "a-b.c_1", "1/s", BETTER_NONE},
	{"x::lower:regex:(.)", "x", "", BETTER_LOWER},
	{"x:lower:regex::(.):", "x", "", BETTER_LOWER},
};

static void test_good(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct extract e;

		assert_int_equal(extract_parse(good[i].spec, &e), 0);
		assert_string_equal(e.name, good[i].name);
		assert_string_equal(e.unit, good[i].unit);
		assert_int_equal(e.better, good[i].better);
		extract_finish(&e);
	}
}

#define BAD_NAME "NAME must be 1 to 64 letters, digits, '_', '.' or '-'"
#define BAD_BETTER "it does not say whether lower, higher or none is better"
#define BAD_KIND "it does not end in regex:PATTERN or json:PATH"

static const struct {
	const char *spec, *message;
} bad[] = {
	{"x", "--metric: 'x' is not " FORM ": " BAD_NAME},
	{":lower:regex:(x)", "--metric: ':lower:regex:(x)' is not " FORM ": " BAD_NAME},
	{"a b:lower:json:x", "--metric: 'a b:lower:json:x' is not " FORM ": " BAD_NAME},
	{"x:best:json:x", "--metric: 'x:best:json:x' is not " FORM ": " BAD_BETTER},
	{"x:us:best:json:x", "--metric: 'x:us:best:json:x' is not " FORM ": " BAD_BETTER},
	{"x:lower", "--metric: 'x:lower' is not " FORM ": " BAD_BETTER},
	{"x:lower:", "--metric: 'x:lower:' is not " FORM ": " BAD_KIND},
	{"x:lower:grep:(x)", "--metric: 'x:lower:grep:(x)' is not " FORM ": " BAD_KIND},
	{"x:lower:regex:", "--metric: 'x:lower:regex:' is not " FORM ": " BAD_KIND},
	{"x:lower:regex:(", "--metric x: '(' is not a POSIX extended regular expression: "
			    "Unmatched ( or \\("},
	{"x:lower:regex:a", "--metric x: 'a' must have one group in parentheses, around the "
			    "number, and has 0"},
	{"x:lower:regex:(a)(b)", "--metric x: '(a)(b)' must have one group in parentheses, around "
				 "the number, and has 2"},
	{"x:lower:json:a..b", "--metric x: 'a..b' is not a path like a.b[0].c"},
	{"x:lower:json:a.", "--metric x: 'a.' is not a path like a.b[0].c"},
	{"x:lower:json:.a", "--metric x: '.a' is not a path like a.b[0].c"},
	{"x:lower:json:a[x]", "--metric x: 'a[x]' is not a path like a.b[0].c"},
	{"x:lower:json:a[]", "--metric x: 'a[]' is not a path like a.b[0].c"},
	{"x:lower:json:a[1", "--metric x: 'a[1' is not a path like a.b[0].c"},
	{"x:lower:json:a]", "--metric x: 'a]' is not a path like a.b[0].c"},
	{"x:lower:json:a[0]b", "--metric x: 'a[0]b' is not a path like a.b[0].c"},
};

static void test_bad(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct extract e;

		assert_int_equal(extract_parse(bad[i].spec, &e), -EINVAL);
		assert_string_equal(log_last_error(), bad[i].message);
	}
}

#define JSON "{\"a\": {\"b\": [{\"c\": 1.5}, -2, \"3e2\", \"x\", true]}, \"n\": null}"

/* The last one is of all the runs a program may print. */
static const struct {
	const char *spec, *out, *err;
	double value;
	const char *error;
} outputs[] = {
	{"x:none:regex:rps: ([0-9.]+)", "rps: 1\nrps: 2.5\n", "rps: 3", 2.5},
	{"x:none:regex:rps: ([0-9.]+)", "", "rps: 3", 3},
	{"x:none:regex:^rps ([0-9]+)$", "a rps 1\nrps 2\nrps 3 b\n", "", 2},
	{"x:none:regex:(-?[0-9]+)", "7 -8", "", -8},
	{"x:none:regex:t=([^ ]*)", "t=1e3 ", "", 1000},
	{"x:none:regex:^(9)?", "9\n8\n", "", 9},
	{"x:none:regex:rps: ([0-9.]+)", "nothing", "", 0,
	 "metric x: nothing in the output matches"},
	{"x:none:regex:([a-z]+)", "1 two", "", 0, "metric x: 'two' is not a number"},
	{"x:none:regex:([0-9.]+)", "1.2.3", "", 0, "metric x: '1.2.3' is not a number"},
	{"x:none:json:a.b[0].c", JSON, "", 1.5},
	{"x:none:json:a.b[1]", JSON, "", -2},
	{"x:none:json:a.b[2]", JSON, "", 300},
	{"x:none:json:[1]", "[1, 2]", "", 2},
	{"x:none:json:a.b[3]", JSON, "", 0, "metric x: 'x' is not a number"},
	{"x:none:json:a.b[4]", JSON, "", 0, "metric x: a.b[4] is not a number"},
	{"x:none:json:a.b[5]", JSON, "", 0, "metric x: there is no a.b[5] in the output"},
	{"x:none:json:n", JSON, "", 0, "metric x: n is not a number"},
	{"x:none:json:a.c", JSON, "", 0, "metric x: there is no a.c in the output"},
	{"x:none:json:a[0]", JSON, "", 0, "metric x: there is no a[0] in the output"},
	{"x:none:json:a.b.c", JSON, "", 0, "metric x: there is no a.b.c in the output"},
	{"x:none:json:a", "", "", 0, "metric x: there is no JSON in the output"},
	{"x:none:json:a", "{\"a\": 1", "", 0, "metric x: the output is not JSON: line 1, column 8"},
	{"x:none:json:a", "{\"a\": 1}\nend", "", 0,
	 "metric x: the output is not JSON: line 2, column 1"},
};

static void test_outputs(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(outputs); i++) {
		const struct output o = {outputs[i].out, outputs[i].err, strlen(outputs[i].out),
					 strlen(outputs[i].err)};
		_cleanup_measurement_ struct measurement m = {};
		_cleanup_free_ char *error = NULL;
		struct extract e;
		int r;

		assert_int_equal(extract_parse(outputs[i].spec, &e), 0);
		r = extract_measure(&e, 1, &o, &m, &error);
		extract_finish(&e);
		if (outputs[i].error) {
			assert_int_equal(r, -EBADMSG);
			assert_string_equal(error, outputs[i].error);
			assert_int_equal(m.nr_metrics, 0);
			continue;
		}
		assert_int_equal(r, 0);
		assert_null(error);
		assert_int_equal(m.nr_metrics, 1);
		assert_true(m.metrics[0].value == outputs[i].value);
	}
}

/* What follows a NUL is there, too. */
static void test_nul(void **state _unused_)
{
	static const char out[] = "v=1\0v=2";
	const struct output o = {out, "", sizeof(out) - 1, 0};
	_cleanup_measurement_ struct measurement m = {};
	_cleanup_free_ char *error = NULL;
	struct extract e;

	assert_int_equal(extract_parse("x:none:regex:v=(.)", &e), 0);
	assert_int_equal(extract_measure(&e, 1, &o, &m, &error), 0);
	assert_true(m.metrics[0].value == 2);
	extract_finish(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_outputs),
		cmocka_unit_test(test_nul),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
