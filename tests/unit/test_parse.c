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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_u64),
		cmocka_unit_test(test_seconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
