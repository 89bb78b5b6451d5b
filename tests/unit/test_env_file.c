// SPDX-License-Identifier: GPL-2.0-only
#include "lib/env_file.h"
#include "lib/strv.h"
#include "test.h"

/* One line "KEY=VALUE@LINE:COLUMN" for each assignment; the place is the value's. */
static char *assignments(const char *text)
{
	_cleanup_free_ char *copy = strdup(text);
	struct env_file f = {copy, {1, 1}};
	struct env_assignment a;
	char *out;
	size_t size;
	FILE *file = open_memstream(&out, &size);

	assert_non_null(copy);
	assert_non_null(file);
	while (env_file_next(&f, &a))
		(void)fprintf(file, "%s=%s@%u:%u\n", a.key, a.value, a.value_pos.line,
			      a.value_pos.column);
	assert_int_equal(fclose(file), 0);
	return out;
}

static void test_assignments(void **state _unused_)
{
	static const struct {
		const char *text, *result;
	} cases[] = {
		{"", ""},
		{"\n \n\t\n", ""},
		{"# A=1\n; B=2\n  # C=3\n", ""},
		{"# joined \\\nA=1\n", "A=1@2:3\n"},
		{"A=1", "A=1@1:3\n"},
		{"A=\nB=2\n", "A=@1:3\nB=2@2:3\n"},
		{"A=1\r\nB=2\r\n", "A=1@1:3\nB=2@2:3\n"},
		{"  A =  1 2\t \nB", "A=1 2@1:8\n"},
		{"no assignment\nA=1\n", "A=1@2:3\n"},
		{"export A=1\n", "export A=1@1:10\n"},
		{"=1\n", "=1@1:2\n"},
		{"A=1 # no comment\n", "A=1 # no comment@1:3\n"},
		{"A=$B `c` ~\n", "A=$B `c` ~@1:3\n"},
		{"A=x=y\n", "A=x=y@1:3\n"},
		/* quotes */
		{"A='x y '\n", "A=x y @1:3\n"},
		{"A=\"x y \"\n", "A=x y @1:3\n"},
		{"A='it''s'\n", "A=its@1:3\n"},
		{"A='x' \"y\" z \n", "A=xyz@1:3\n"},
		{"A=x'y'\n", "A=x'y'@1:3\n"},
		{"A='x\ny'\nB=2\n", "A=x\ny@1:3\nB=2@3:3\n"},
		{"A='\\n'\n", "A=\\n@1:3\n"},
		{"A=\"\\\" \\\\ \\$ \\` \\n\"\n", "A=\" \\ $ ` \\n@1:3\n"},
		{"A=\"x\\\ny\"\n", "A=xy@1:3\n"},
		{"A='open\nB=2\n", "A=open\nB=2\n@1:3\n"},
		{"A=\"open\\", "A=open\\@1:3\n"},
		/* backslashes without quotes */
		{"A=x\\\ny\nB=2\n", "A=xy@1:3\nB=2@3:3\n"},
		{"A=\\x\\\\\\'\n", "A=x\\'@1:3\n"},
		{"A=x\\ \n", "A=x @1:3\n"},
		{"A=x\\", "A=x@1:3\n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *result = assignments(cases[i].text);

		assert_string_equal(result, cases[i].result);
	}
}

static void test_words(void **state _unused_)
{
	static const struct {
		const char *text;
		int r;
		const char *words;
	} cases[] = {
		{"", 0, ""},
		{" \t\n", 0, ""},
		{"-s 5000\t-f\n", 0, "-s|5000|-f"},
		{"  a  b  ", 0, "a|b"},
		{"'a b' \"c d\"", 0, "a b|c d"},
		{"a'b c'd\"e f\"g", 0, "ab cde fg"},
		{"'' \"\" a", 0, "||a"},
		{"a\\ b \\\\ \\'", 0, "a b|\\|'"},
		{"'\\' \"\\\"\\\\\\$\\`\\n\"", 0, "\\|\"\\$`\\n"},
		{"$HOME `id` ~*;", 0, "$HOME|`id`|~*;"},
		{"a b c d", 0, "a|b|c|d"},
		{"a b c d e", -E2BIG, NULL},
		{"'a", -EINVAL, NULL},
		{"a \"b", -EINVAL, NULL},
		{"\"\\\"", -EINVAL, NULL},
		{"a\\", -EINVAL, NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_strv_ char **words = NULL;
		_cleanup_free_ char *text = NULL;

		assert_int_equal(env_split_words(cases[i].text, 4, &words), cases[i].r);
		text = strv_join(words, "|");
		if (cases[i].words)
			assert_string_equal(text, cases[i].words);
		else
			assert_null(words);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_assignments),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
