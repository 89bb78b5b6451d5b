// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/stats.h"
#include "test.h"

static void test_line(void **state _unused_)
{
	static const struct scx_stat stats[] = {{"local", ""}, {"global", ""}};
	static const uint64_t values[] = {0, UINT64_MAX};
	_cleanup_free_ char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	stats_print(f, stats, values, ARRAY_SIZE(stats));
	assert_int_equal(fclose(f), 0);
	assert_string_equal(text, "local=0 global=18446744073709551615\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
