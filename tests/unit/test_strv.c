// SPDX-License-Identifier: GPL-2.0-only
#include "lib/strv.h"
#include "test.h"

static void test_empty(void **state _unused_)
{
	_cleanup_free_ char *text = strv_join(NULL, " ");

	assert_int_equal(strv_len(NULL), 0);
	assert_string_equal(text, "");
	assert_null(strv_free(NULL));
}

static void test_grow(void **state _unused_)
{
	_cleanup_strv_ char **l = NULL;
	_cleanup_free_ char *text = NULL;

	assert_int_equal(strv_extend(&l, "-s"), 0);
	assert_int_equal(strv_extend(&l, ""), 0);
	assert_int_equal(strv_extend(&l, "5 000"), 0);
	assert_int_equal(strv_len(l), 3);
	assert_null(l[3]);
	text = strv_join(l, ",");
	assert_string_equal(text, "-s,,5 000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_grow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
