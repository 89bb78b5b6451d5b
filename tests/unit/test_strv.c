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

static void test_copy(void **state _unused_)
{
	char *const words[] = {(char[]){"-s"}, (char[]){""}, NULL}, *const none[] = {NULL};
	_cleanup_strv_ char **copy = NULL, **empty = NULL;
	char **absent = (char **)words;

	assert_int_equal(strv_copy(words, &copy), 0);
	assert_int_equal(strv_len(copy), 2);
	assert_string_equal(copy[0], "-s");
	assert_ptr_not_equal(copy[0], words[0]);
	assert_string_equal(copy[1], "");
	assert_null(copy[2]);
	/* an empty list is one, none is none */
	assert_int_equal(strv_copy(none, &empty), 0);
	assert_non_null(empty);
	assert_null(empty[0]);
	assert_int_equal(strv_copy(NULL, &absent), 0);
	assert_null(absent);
}

static void test_equal(void **state _unused_)
{
	static char a[] = "a", b[] = "b", ab[] = "ab", nothing[] = "";
	static char *const lists[][3] = {
		{NULL}, {nothing}, {a}, {b}, {ab}, {a, b}, {b, a}, {a, nothing},
	};
	static char also_a[] = "a";

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		assert_false(strv_equal(lists[i], NULL));
		assert_false(strv_equal(NULL, lists[i]));
		for (size_t j = 0; j < ARRAY_SIZE(lists); j++)
			assert_int_equal(strv_equal(lists[i], lists[j]), i == j);
	}
	assert_true(strv_equal(NULL, NULL));
	assert_true(strv_equal((char *[]){a, NULL}, (char *[]){also_a, NULL}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_grow),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_equal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
