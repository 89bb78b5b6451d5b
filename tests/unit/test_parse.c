// SPDX-License-Identifier: GPL-2.0-only
#include "lib/parse.h"
#include "test.h"

#define UNTOUCHED 4711

struct number_case {
	const char *text;
	uint64_t min, max;
	int r;
	uint64_t value;
};

static const struct number_case u64_cases[] = {
	{"0", 0, 10, 0, 0},
	{"10", 0, 10, 0, 10},
	{"007", 0, 10, 0, 7},
	{"18446744073709551615", 0, UINT64_MAX, 0, UINT64_MAX},
	{"18446744073709551616", 0, UINT64_MAX, -ERANGE, 0},
	{"99999999999999999999999999", 0, UINT64_MAX, -ERANGE, 0},
	{"11", 0, 10, -ERANGE, 0},
	{"4", 5, 10, -ERANGE, 0},
	{"", 0, 10, -EINVAL, 0},
	{" 1", 0, 10, -EINVAL, 0},
	{"1 ", 0, 10, -EINVAL, 0},
	{"-1", 0, 10, -EINVAL, 0},
	{"+1", 0, 10, -EINVAL, 0},
	{"0x1", 0, 10, -EINVAL, 0},
	{"1e1", 0, 10, -EINVAL, 0},
	{"1.0", 0, 10, -EINVAL, 0},
	{"x", 0, 10, -EINVAL, 0},
};

static const struct {
	const char *text;
	int64_t min, max;
	int r;
	int64_t value;
} s64_cases[] = {
	{"0", -10, 10, 0, 0},
	{"-0", -10, 10, 0, 0},
	{"-10", -10, 10, 0, -10},
	{"10", -10, 10, 0, 10},
	{"-11", -10, 10, -ERANGE, 0},
	{"11", -10, 10, -ERANGE, 0},
	{"9223372036854775807", INT64_MIN, INT64_MAX, 0, INT64_MAX},
	{"9223372036854775808", INT64_MIN, INT64_MAX, -ERANGE, 0},
	{"-9223372036854775808", INT64_MIN, INT64_MAX, 0, INT64_MIN},
	{"-9223372036854775809", INT64_MIN, INT64_MAX, -ERANGE, 0},
	{"-99999999999999999999999", INT64_MIN, INT64_MAX, -ERANGE, 0},
	{"", -10, 10, -EINVAL, 0},
	{"-", -10, 10, -EINVAL, 0},
	{"--1", -10, 10, -EINVAL, 0},
	{"+1", -10, 10, -EINVAL, 0},
	{"- 1", -10, 10, -EINVAL, 0},
	{"1-", -10, 10, -EINVAL, 0},
};

static void test_s64(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(s64_cases); i++) {
		int64_t value = UNTOUCHED;

		if (parse_s64(s64_cases[i].text, s64_cases[i].min, s64_cases[i].max, &value) !=
		    s64_cases[i].r)
			fail_msg("'%s': not %d", s64_cases[i].text, s64_cases[i].r);
		assert_int_equal(value, s64_cases[i].r == 0 ? s64_cases[i].value : UNTOUCHED);
	}
}

static const struct number_case seconds_cases[] = {
	{"1", 100, 5000, 0, 1000},
	{"0.1", 100, 5000, 0, 100},
	{"0.25", 100, 5000, 0, 250},
	{"4.999", 100, 5000, 0, 4999},
	{"5.001", 100, 5000, -ERANGE, 0},
	{"0.099", 100, 5000, -ERANGE, 0},
	{"0.1000", 100, 5000, -EINVAL, 0},
	{"1.", 100, 5000, -EINVAL, 0},
	{".5", 100, 5000, -EINVAL, 0},
	{"", 100, 5000, -EINVAL, 0},
	{"-1", 100, 5000, -EINVAL, 0},
	{"1s", 100, 5000, -EINVAL, 0},
	{"18446744073709551615", 0, UINT64_MAX, -ERANGE, 0},
	{"99999999999999999999999.5", 0, UINT64_MAX, -ERANGE, 0},
};

struct list_case {
	const char *text;
	unsigned nr;
	int r;
	const char *set; /* '1' for each element that is set */
};

static const struct list_case list_cases[] = {
	{"", 4, 0, "0000"},
	{"0", 4, 1, "1000"},
	{"3", 4, 1, "0001"},
	{"0-3", 4, 4, "1111"},
	{"1-1", 4, 1, "0100"},
	{"0-1,3", 4, 3, "1101"},
	{"3,0-1", 4, 3, "1101"},
	{"007", 8, 1, "00000001"},
	{"4", 4, -ERANGE, NULL},
	{"3-4", 4, -ERANGE, NULL},
	{"0-4294967295", 4, -ERANGE, NULL},
	{"4294967296", 4, -ERANGE, NULL},
	{"18446744073709551616", 4, -ERANGE, NULL},
	{"18446744073709551616-18446744073709551618", 4, -ERANGE, NULL},
	{"3-1", 4, -EINVAL, NULL},
	{"9-8", 4, -EINVAL, NULL},
	{"0,0", 4, -EINVAL, NULL},
	{"0-2,1", 4, -EINVAL, NULL},
	{"x", 4, -EINVAL, NULL},
	{"0x1", 4, -EINVAL, NULL},
	{"-", 4, -EINVAL, NULL},
	{"-1", 4, -EINVAL, NULL},
	{"1-", 4, -EINVAL, NULL},
	{"0-1-2", 4, -EINVAL, NULL},
	{",", 4, -EINVAL, NULL},
	{",1", 4, -EINVAL, NULL},
	{"1,", 4, -EINVAL, NULL},
	{"0,,1", 4, -EINVAL, NULL},
	{"0, 1", 4, -EINVAL, NULL},
	{" 0", 4, -EINVAL, NULL},
	{"0\n", 4, -EINVAL, NULL},
	{"0-3:1/2", 4, -EINVAL, NULL},
	{"+1", 4, -EINVAL, NULL},
};

static void check(const struct number_case *c,
		  int (*parse)(const char *, uint64_t, uint64_t, uint64_t *))
{
	uint64_t value = UNTOUCHED;

	if (parse(c->text, c->min, c->max, &value) != c->r)
		fail_msg("'%s': not %d", c->text, c->r);
	assert_int_equal(value, c->r == 0 ? c->value : UNTOUCHED);
}

static void test_u64(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(u64_cases); i++)
		check(&u64_cases[i], parse_u64);
}

static void test_seconds(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(seconds_cases); i++)
		check(&seconds_cases[i], parse_seconds_ms);
}

static void check_with(const struct list_case *c, int (*parse)(const char *, bool *, unsigned))
{
	/* nothing may be cleared, and nothing set, beyond the elements it was given */
	bool set[] = {true, true, true, true, true, true, true, true, true};
	int r = parse(c->text, set, c->nr);

	if (r != c->r)
		fail_msg("'%s': %d, not %d", c->text, r, c->r);
	for (unsigned i = 0; r >= 0 && i < c->nr; i++)
		assert_int_equal(set[i], c->set[i] == '1');
	for (unsigned i = c->nr; i < ARRAY_SIZE(set); i++)
		assert_true(set[i]);
}

static void test_list(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(list_cases); i++)
		check_with(&list_cases[i], parse_cpu_list);
}

/* CPU 0 comes first in `set`, last in a mask */
static const struct list_case mask_cases[] = {
	{"1", 8, 1, "10000000"},    {"0x81", 8, 2, "10000001"},
	{"0XfF", 8, 8, "11111111"}, {"f0", 8, 4, "00001111"},
	{"f_0", 8, 4, "00001111"},  {"00000000,000000a0", 8, 2, "00000101"},
	{"0", 8, 0, "00000000"},    {"7", 3, 3, "111"},
	{"8", 3, -ERANGE, NULL},    {"100", 8, -ERANGE, NULL},
	{"", 8, -EINVAL, NULL},     {"0x", 8, -EINVAL, NULL},
	{"_1", 8, -EINVAL, NULL},   {"1g", 8, -EINVAL, NULL},
	{"-1", 8, -EINVAL, NULL},   {" 1", 8, -EINVAL, NULL},
	{"all", 8, -EINVAL, NULL},
};

static void test_mask(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(mask_cases); i++)
		check_with(&mask_cases[i], parse_cpu_mask);
}

static const struct {
	const char *text;
	int r;
	double value;
} doubles[] = {
	{"0", 0, 0},        {"-1.5e3", 0, -1500}, {"+.25", 0, 0.25},   {"7.", 0, 7},
	{"1E-3", 0, 0.001}, {"1e999", -ERANGE},   {"-1e999", -ERANGE}, {"1e-999", 0, 0},
	{"", -EINVAL},      {".", -EINVAL},       {"-", -EINVAL},      {"e5", -EINVAL},
	{"1e", -EINVAL},    {"1e+", -EINVAL},     {" 1", -EINVAL},     {"1 ", -EINVAL},
	{"1,5", -EINVAL},   {"0x10", -EINVAL},    {"inf", -EINVAL},    {"nan", -EINVAL},
	{"1.2.3", -EINVAL},
};

static void test_double(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(doubles); i++) {
		double value = 77;

		assert_int_equal(parse_double(doubles[i].text, &value), doubles[i].r);
		assert_true(value == (doubles[i].r ? 77 : doubles[i].value));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_u64),     cmocka_unit_test(test_s64),
		cmocka_unit_test(test_seconds), cmocka_unit_test(test_list),
		cmocka_unit_test(test_double),  cmocka_unit_test(test_mask),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
