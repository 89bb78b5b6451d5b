// SPDX-License-Identifier: GPL-2.0-only
#include <locale.h>

#include "bench/report/html.h"
#include "bench/report/table.h"
#include "bench/report/utf8.h"
#include "test.h"

static const struct screen utf8 = {.columns = 80, .is_utf8 = true};
static const struct screen ascii = {.columns = 80};

static void test_decode(void **state _unused_)
{
	static const struct {
		const char *text;
		size_t len;
		uint32_t c;
		size_t bytes;
	} cases[] = {
		{"a", 1, 'a', 1},
		{"\0", 1, 0, 1},
		{"\xc3\xbc", 2, 0xfc, 2},
		{"\xe6\xbc\xa2", 3, 0x6f22, 3},
		{"\xf0\x9f\x98\x80", 4, 0x1f600, 4},
		{"\xf4\x8f\xbf\xbf", 4, 0x10ffff, 4},
		/* cut off, not continued, a continuation alone */
		{"\xc3\xbc", 1, UTF8_BAD, 1},
		{"\xe6\xbc", 2, UTF8_BAD, 1},
		{"\xc3(", 2, UTF8_BAD, 1},
		{"\xbc", 1, UTF8_BAD, 1},
		/* overlong, a surrogate, above the last character, never a byte of UTF-8 */
		{"\xc0\x80", 2, UTF8_BAD, 1},
		{"\xe0\x80\xaf", 3, UTF8_BAD, 1},
		{"\xf0\x80\x80\xaf", 4, UTF8_BAD, 1},
		{"\xed\xa0\x80", 3, UTF8_BAD, 1},
		{"\xf4\x90\x80\x80", 4, UTF8_BAD, 1},
		{"\xff\xff\xff\xff", 4, UTF8_BAD, 1},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t bytes;

		assert_int_equal(utf8_decode(cases[i].text, cases[i].len, &bytes), cases[i].c);
		assert_int_equal(bytes, cases[i].bytes);
	}
}

static void check_text(const struct screen *s, const char *text, const char *expected)
{
	_cleanup_free_ char *clean = screen_text(s, text);

	assert_non_null(clean);
	assert_string_equal(clean, expected);
}

static void test_text(void **state _unused_)
{
	check_text(&utf8, "", "");
	check_text(&utf8, "a b~", "a b~");
	check_text(&utf8, "\x1b[31m\n\t\x7f", "\\x1b[31m\\x0a\\x09\\x7f");
	check_text(&utf8, "f\xc3\xbcr \xe6\xbc\xa2", "f\xc3\xbcr \xe6\xbc\xa2");
	check_text(&utf8, "\xff\xc3", "\\xff\\xc3");
	/* C1 control, right-to-left override, zero width space, combining accent */
	check_text(&utf8, "\xc2\x9b\xe2\x80\xae\xe2\x80\x8b", "\\u{9b}\\u{202e}\\u{200b}");
	check_text(&utf8, "e\xcc\x81", "e\\u{301}");
	check_text(&ascii, "f\xc3\xbcr \x1b\xff", "f\\u{fc}r \\x1b\\xff");
}

static void test_width(void **state _unused_)
{
	assert_int_equal(screen_width("abc", 3), 3);
	assert_int_equal(screen_width("f\xc3\xbcr", 4), 3);
	assert_int_equal(screen_width("\xe6\xbc\xa2", 3), 2);
	assert_int_equal(screen_width("abc", 0), 0);
}

static void test_line(void **state _unused_)
{
	static const struct {
		const char *text;
		unsigned columns;
		size_t len;
		const char *rest;
	} cases[] = {
		{"one two", 7, 7, ""},
		{"one two", 6, 3, "two"},
		{"one two", 3, 3, "two"},
		{"one two", 2, 2, "e two"},
		{"one\ntwo", 80, 3, "two"},
		{"\ntwo", 80, 0, "two"},
		{"a\n", 80, 1, ""},
		{"\xe6\xbc\xa2\xe6\xbc\xa2", 3, 3, "\xe6\xbc\xa2"},
		/* wider than the line: never stand still */
		{"\xe6\xbc\xa2x", 1, 3, "x"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *rest;

		assert_int_equal(screen_line(cases[i].text, cases[i].columns, &rest), cases[i].len);
		assert_string_equal(rest, cases[i].rest);
	}
}

static void print_lines(FILE *f)
{
	const struct screen narrow = {.columns = 12};

	(void)fputs("name: ", f);
	screen_print(f, &narrow, "one two three four", 6, 2);
}

static void test_print(void **state _unused_)
{
	_cleanup_free_ char *text = test_printed(print_lines);

	assert_string_equal(text, "name: one\n"
				  "  two three\n"
				  "  four\n");
}

static void print_table(FILE *f)
{
	const struct screen narrow = {.columns = 54};
	_cleanup_table_ struct table t = {.nr_columns = 4};

	for (int i = 0; i < 4; i++)
		table_add(&t, TONE_STRONG, "%.*s", i * 12, "a heading in words of some length");
	for (int i = 0; i < 4; i++)
		table_add(&t, TONE_GOOD, "cell %d\n%s", i, i == 2 ? "and something wide" : "x");
	assert_int_equal(table_print(f, &narrow, &t), 0);
}

static void test_table(void **state _unused_)
{
	_cleanup_free_ char *text = test_printed(print_table);

	assert_string_equal(text, "        a heading in  a heading in words\n"
				  "                      of so\n"
				  "cell 0  cell 1        cell 2\n"
				  "x       x             and something wide\n"
				  "\n"
				  "        a heading in\n"
				  "        words of some\n"
				  "        length\n"
				  "cell 0  cell 3\n"
				  "x       x\n");
}

static void print_html(FILE *f)
{
	html_print(f, "<p title=\"%s\">100 %%\n", "<&>\"'\n\t\x1b\x7f\xff\xc3\xbc\xe2\x80\xae");
}

static void test_html(void **state _unused_)
{
	_cleanup_free_ char *text = test_printed(print_html);

	assert_string_equal(text, "<p title=\"&lt;&amp;&gt;&quot;&#39;\n\t&#x241b;&#x2421;"
				  "&#xfffd;\xc3\xbc\\u{202e}\">100 %\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decode), cmocka_unit_test(test_text),
		cmocka_unit_test(test_width),  cmocka_unit_test(test_line),
		cmocka_unit_test(test_print),  cmocka_unit_test(test_table),
		cmocka_unit_test(test_html),
	};

	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
