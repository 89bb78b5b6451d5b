// SPDX-License-Identifier: GPL-2.0-only
#include "lib/json.h"
#include "runtime/sampler.h"
#include "test.h"

static const struct scx_stat stats[] = {
	{"local", STAT_COUNTER, "wakeups"},
	{"queued", STAT_GAUGE, "waiting now"},
};

static void print_line(FILE *f)
{
	static const uint64_t values[] = {0, UINT64_MAX};

	stats_print(f, stats, values, ARRAY_SIZE(stats));
}

static void test_line(void **state _unused_)
{
	_cleanup_free_ char *text = test_printed(print_line);

	assert_string_equal(text, "local=0 queued=18446744073709551615\n");
}

static void print_fields(FILE *f)
{
	struct stats_line line = {f};

	/* 79 columns are full, 80 are too many */
	stats_line_add(&line, "a=345678901234567890123456789");
	stats_line_add(&line, "b=12345678901234567890123456789012345678901234567");
	stats_line_add(&line, "c=1");
	stats_line_add(&line, "d=345678901234567890123456789");
	stats_line_add(&line, "e=12345678901234567890123456789012345678901234567");
	stats_line_end(&line);
	stats_line_add(&line, "f=1");
	stats_line_end(&line);
}

static void test_long_line(void **state _unused_)
{
	_cleanup_free_ char *text = test_printed(print_fields);

	assert_string_equal(text, "a=345678901234567890123456789 "
				  "b=12345678901234567890123456789012345678901234567\n"
				  " c=1 d=345678901234567890123456789\n"
				  " e=12345678901234567890123456789012345678901234567\n"
				  "f=1\n");
}

static void print_help(FILE *f)
{
	stats_help(f, stats, ARRAY_SIZE(stats));
}

static void test_help(void **state _unused_)
{
	_cleanup_free_ char *text = test_printed(print_help);

	assert_string_equal(text, "local   wakeups\nqueued  waiting now\n");
}

static void test_help_json(void **state _unused_)
{
	_cleanup_json_ sd_json_variant *v = NULL;
	_cleanup_free_ char *text = NULL;

	assert_int_equal(stats_help_json(stats, ARRAY_SIZE(stats), &v), 0);
	assert_true(sd_json_variant_format(v, 0, &text) > 0);
	assert_string_equal(text,
			    "[{\"name\":\"local\",\"kind\":\"counter\",\"help\":\"wakeups\"},"
			    "{\"name\":\"queued\",\"kind\":\"gauge\",\"help\":\"waiting now\"}]");
}

static uint64_t values[2];

static int read_values(void *userdata _unused_, uint64_t *ret)
{
	memcpy(ret, values, sizeof(values));
	return 0;
}

/* Growth of a counter, also past the end of its range; a gauge as it is. */
static void test_samples(void **state _unused_)
{
	static const struct {
		uint64_t local, queued;
		const char *text;
	} samples[] = {
		{UINT64_MAX - 1, 7, "{\"local\":18446744073709551614,\"queued\":7}\n"},
		{UINT64_MAX, 5, "{\"local\":1,\"queued\":5}\n"},
		{3, 5, "{\"local\":4,\"queued\":5}\n"},
		{3, 0, "{\"local\":0,\"queued\":0}\n"},
	};
	const struct stats_source source = {"scx_x", stats, ARRAY_SIZE(stats), read_values, NULL};
	_cleanup_(sampler_freep) struct sampler *s = sampler_new(&source);

	assert_non_null(s);
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		_cleanup_free_ char *text = NULL;
		size_t size;
		FILE *f = open_memstream(&text, &size);

		values[0] = samples[i].local;
		values[1] = samples[i].queued;
		assert_int_equal(sampler_print(s, f, true), 0);
		assert_int_equal(fclose(f), 0);
		assert_string_equal(text, samples[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line),    cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_help),    cmocka_unit_test(test_help_json),
		cmocka_unit_test(test_samples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
