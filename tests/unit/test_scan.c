// SPDX-License-Identifier: GPL-2.0-only
/* The patterns of bench/drivers, and what a scan keeps from one call to the next. */
#include "bench/drivers/scan.h"
#include "test.h"

/* What one line is to a pattern: the numbers and the name in it, or the end of the message. */
static const struct {
	const char *line, *pattern, *result;
} cases[] = {
	{"Time: 1.25", "Time: %", "1.25 "},
	{"  Time:\t 1.25 \r", "Time: %", "1.25 "},
	{"Time:1.25", "Time: %", "standard output: no 'Time: NUMBER' is in it"},
	{"Time: 5 s", "Time: % s", "5 "},
	{"Time: 5 ms", "Time: % s",
	 "standard output, line 1: 'Time: 5 ms' is not 'Time: NUMBER s'"},
	{"Time: 5 s more", "Time: % s",
	 "standard output, line 1: 'Time: 5 s more' is not 'Time: NUMBER s'"},
	{"Time:", "Time: %", "standard output: no 'Time: NUMBER' is in it"},
	{"Time: nan", "Time: %", "standard output, line 1: 'Time: nan' is not 'Time: NUMBER'"},
	{"Time: -1", "Time: %", "standard output, line 1: 'Time: -1' is not 'Time: NUMBER'"},
	{"Time: 1e3", "Time: %", "standard output, line 1: 'Time: 1e3' is not 'Time: NUMBER'"},
	{"Time: 1,5", "Time: %", "standard output, line 1: 'Time: 1,5' is not 'Time: NUMBER'"},
	{"Time: 1.2.3", "Time: %", "standard output, line 1: 'Time: 1.2.3' is not 'Time: NUMBER'"},
	{"Time: 0x1", "Time: %", "standard output, line 1: 'Time: 0x1' is not 'Time: NUMBER'"},
	{"a 1 b 2.5 c", "a % b % c", "1 2.5 "},
	{"9.5 us/op", "% us/op", "9.5 "},
	{"x us/op", "% us/op", "standard output: no 'NUMBER us/op' is in it"},
	{"9.5 us/op?", "% us/op", "standard output, line 1: '9.5 us/op?' is not 'NUMBER us/op'"},
	{"[17] cpu-x_1: 3", "[@] $: %", "cpu-x_1 3 "},
	{"[x] cpu: 3", "[@] $: %", "standard output: no '[DIGITS] NAME: NUMBER' is in it"},
	{"[17] : 3", "[@] $: %",
	 "standard output, line 1: '[17] : 3' is not '[DIGITS] NAME: NUMBER'"},
	{"* 99th", "* @th", ""},
	{"99th", "* @th", "standard output: no '* DIGITSth' is in it"},
	{"end: whatever it says", "end: *", ""},
	{"head:", "head:", ""},
	{"head: x", "head:", "standard output, line 1: 'head: x' is not 'head:'"},
	{"", "%", "standard output: it is empty"},
};

static const char *pattern; /* of the case at hand */
static char *found;

static void read_one(struct scan *s)
{
	size_t size;
	FILE *f = open_memstream(&found, &size);

	assert_non_null(f);
	scan_begin_whole(s, SCAN_STDOUT);
	if (scan_find(s, pattern) && s->name[0])
		(void)fprintf(f, "%s ", s->name);
	for (size_t i = 0; s->numbers[i] != 0; i++)
		(void)fprintf(f, "%g ", s->numbers[i]);
	assert_int_equal(fclose(f), 0);
}

static void test_patterns(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *text = NULL, *error = NULL;
		struct measurement m = {};
		int size = asprintf(&text, "%s%s", cases[i].line, *cases[i].line ? "\n" : "");
		struct output o = {text, "", (size_t)size, 0};
		int r;

		pattern = cases[i].pattern;
		r = scan_output(&o, read_one, &m, &error);
		if (r < 0)
			assert_int_equal(r, -EBADMSG);
		else
			assert_null(error);
		if (strcmp(r < 0 ? error : found, cases[i].result) != 0)
			fail_msg("'%s', '%s': '%s'", cases[i].line, pattern, error ?: found);
		free(found);
	}
}

/* Lines are counted with the blank ones; the first failure is the one that is told. */
static void read_lines(struct scan *s)
{
	scan_begin_whole(s, SCAN_STDERR);
	assert_true(scan_expect(s, "a %"));
	assert_true(scan_expect(s, "b"));
	assert_int_equal(s->line_nr, 3);
	scan_again(s);
	assert_true(scan_expect(s, "b"));
	assert_int_equal(s->line_nr, 3);
	assert_true(scan_metric(s, "x", "s", BETTER_LOWER, 1));
	assert_true(scan_find_last(s, "c %"));
	assert_int_equal(s->line_nr, 6);
	assert_true(scan_find_last(s, "c %"));
	assert_int_equal(s->line_nr, 6);
	assert_true(scan_next(s));
	assert_false(scan_end(s));
	assert_false(scan_next(s));
	assert_false(scan_matches(s, "*"));
	assert_false(scan_metric(s, "y", "s", BETTER_LOWER, 1));
	assert_false(scan_error(s, "another"));
	assert_false(scan_result(s, -ENOMEM));
}

static void test_lines(void **state _unused_)
{
	static const char text[] = "a 1\n\n b\nc 1\nx\nc 2\nd\nlast\n";
	struct output o = {"", text, 0, sizeof(text) - 1};
	_cleanup_free_ char *error = NULL;
	struct measurement m = {};

	assert_int_equal(scan_output(&o, read_lines, &m, &error), -EBADMSG);
	assert_string_equal(error, "standard error, line 8: 'last' should not be there");
	assert_int_equal(m.nr_metrics, 0);
}

static void read_results(struct scan *s)
{
	scan_begin(s, SCAN_STDOUT);
	scan_metric(s, "x", "s", BETTER_LOWER, 1);
	scan_metric(s, "x", "s", BETTER_LOWER, 2);
}

static void read_zero(struct scan *s)
{
	scan_begin(s, SCAN_STDOUT);
	scan_metric(s, "x", "s", BETTER_LOWER, 0);
}

static void read_curve(struct scan *s)
{
	static const struct quantile points[] = {{0.5, 2}, {0.9, 1}};

	scan_begin(s, SCAN_STDOUT);
	scan_distribution(s, "x", "s", points, ARRAY_SIZE(points));
}

static void test_results(void **state _unused_)
{
	static const struct {
		void (*read)(struct scan *s);
		const char *error;
	} wrong[] = {
		{read_results, "standard output: x is there for the second time"},
		{read_zero, "standard output: x is 0, which is no result"},
		{read_curve, "standard output: x cannot be so"},
	};
	struct output o = {"", "", 0, 0};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		_cleanup_free_ char *error = NULL;
		struct measurement m = {};

		assert_int_equal(scan_output(&o, wrong[i].read, &m, &error), -EBADMSG);
		assert_string_equal(error, wrong[i].error);
		assert_int_equal(m.nr_metrics, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_results),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
