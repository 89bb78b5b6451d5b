// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <time.h>

#include "bench/report/numbers.h"
#include "test.h"

typedef const char *(*number_func)(char *buffer, double x);

static const struct {
	number_func format;
	double x;
	const char *text;
} cases[] = {
	{number_value, 0, "0"},
	{number_value, 42, "42"},
	{number_value, -42, "-42"},
	{number_value, 1.5, "1.500"},
	{number_value, 12.345678, "12.35"},
	{number_value, -12.345678, "-12.35"},
	{number_value, 123.456, "123.5"},
	{number_value, 1234.56, "1235"},
	{number_value, 9999999, "9999999"},
	{number_value, 12345678, "12.35M"},
	{number_value, 3.2e9, "3.2G"},
	{number_value, -3.2e12, "-3.2T"},
	{number_value, 3.2e15, "3.2P"},
	{number_value, 3.2e18, "3.200e+18"},
	{number_value, 1e300, "1.000e+300"},
	{number_value, 0.5, "0.5"},
	{number_value, 0.123456, "0.1235"},
	{number_value, 0.00123456, "0.001235"},
	{number_value, 1.23456e-7, "1.235e-07"},
	{number_ratio, 1, "1.000"},
	{number_ratio, 0.8731, "0.873"},
	{number_ratio, 9.9994, "9.999"},
	{number_ratio, 12.345, "12.35"},
	{number_ratio, 140.4, "140"},
	{number_ratio, 0, "0.000"},
	{number_ratio, 0.00042, "4.2e-04"},
	{number_ratio, 1.5e9, "1.5e+09"},
	{number_percent, 0, "0.0 %"},
	{number_percent, 0.0042, "0.4 %"},
	{number_percent, 0.28, "28 %"},
	{number_percent, 12, "1200 %"},
	{number_duration, 0.84, "0.8 s"},
	{number_duration, 48, "48 s"},
	{number_duration, 59.4, "59 s"},
	{number_duration, 59.9, "1 min 0 s"},
	{number_duration, 723, "12 min 3 s"},
	{number_duration, 3599.8, "1 h 0 min"},
	{number_duration, 7500, "2 h 5 min"},
	{number_duration, 90000, "1 d 1 h"},
};

static void test_numbers(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(cases[i].format((char[NUMBER_MAX]){0}, cases[i].x),
				    cases[i].text);
}

/* Whatever a file holds, it fits. */
static void test_extremes(void **state _unused_)
{
	static const number_func formats[] = {number_value, number_ratio, number_percent,
					      number_duration};
	static const double extremes[] = {1.7976931348623157e308,
					  -1.7976931348623157e308,
					  5e-324,
					  -5e-324,
					  NAN,
					  INFINITY,
					  -INFINITY};

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		for (size_t j = 0; j < ARRAY_SIZE(extremes); j++) {
			char buffer[NUMBER_MAX];

			memset(buffer, 'x', sizeof(buffer));
			assert_true(strlen(formats[i](buffer, extremes[j])) > 0);
			assert_non_null(memchr(buffer, '\0', sizeof(buffer)));
			assert_true(strlen(buffer) < NUMBER_MAX - 1);
		}
}

static void test_date(void **state _unused_)
{
	assert_int_equal(setenv("TZ", "UTC", 1), 0);
	tzset();
	assert_string_equal(NUMBER_DATE(0), "1970-01-01 00:00:00 UTC");
	assert_string_equal(NUMBER_DATE(1790856000999999), "2026-10-01 12:00:00 UTC");
	assert_string_equal(NUMBER_DATE(UINT64_MAX), "586524-01-19 08:01:49 UTC");
}

static void test_words(void **state _unused_)
{
	assert_string_equal(verdict_mark(VERDICT_BETTER, BETTER_LOWER), " better");
	assert_string_equal(verdict_mark(VERDICT_NONE, BETTER_NONE), "");
	assert_string_equal(verdict_text(VERDICT_SAME, BETTER_HIGHER), "no difference shown");
	assert_string_equal(verdict_text(VERDICT_WORSE, BETTER_NONE), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_extremes),
		cmocka_unit_test(test_date),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
