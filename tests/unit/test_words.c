// SPDX-License-Identifier: GPL-2.0-only
#include "lib/strv.h"
#include "lib/words.h"
#include "test.h"

static const struct {
	const char *text;
	const char *joined; /* with "|"; NULL: -EINVAL */
} texts[] = {
	{"", ""},
	{"  ", ""},
	{"make -j4", "make|-j4"},
	{" sh\t-c 'echo \"x\"  y'", "sh|-c|echo \"x\"  y"},
	{"a\"b c\"d ''", "ab cd|"},
	{"a\\ b \"\\$ \\n\"", "a b|$ \\n"},
	{"'a\\'", "a\\"},
	{"'a", NULL},
	{"a \"b", NULL},
	{"a\\", NULL},
};

static void test_split(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		_cleanup_strv_ char **words = NULL;
		_cleanup_free_ char *joined = NULL;
		int r = words_split(texts[i].text, strlen(texts[i].text), &words);

		assert_int_equal(r, texts[i].joined ? 0 : -EINVAL);
		joined = strv_join(words, "|");
		if (texts[i].joined)
			assert_string_equal(joined, texts[i].joined);
	}
}

/* Only so many bytes are looked at. */
static void test_length(void **state _unused_)
{
	_cleanup_strv_ char **words = NULL;

	assert_int_equal(words_split("one two'", 7, &words), 0);
	assert_int_equal(strv_len(words), 2);
	assert_string_equal(words[1], "two");
}

static const struct {
	const char *list;
	size_t len;
} lists[] = {
	{"", 0},        {"a b", 3},     {"a,b", 1},
	{",b", 0},      {"'a,b',c", 5}, {"\"a,b\" c,d", 7},
	{"a\\,b,c", 4}, {"'a\\',b", 4}, {"\"a\\\",\",b", 6},
	{"'a,b", 4},    {"a\\", 2},
};

static void test_item(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		assert_int_equal(words_item(lists[i].list), lists[i].len);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_item),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
