// SPDX-License-Identifier: GPL-2.0-only
#include "lib/toml.h"
#include "test.h"

static struct toml_document *parse(const char *text)
{
	struct toml_document *doc = NULL;
	char *error = NULL;

	assert_int_equal(toml_parse(text, strlen(text), "a.toml", &doc, &error), 0);
	assert_null(error);
	return doc;
}

static char *parse_error(const char *text, size_t size)
{
	struct toml_document *doc = NULL;
	char *error = NULL;

	assert_int_equal(toml_parse(text, size, "a.toml", &doc, &error), -EBADMSG);
	assert_null(doc);
	assert_non_null(error);
	return error;
}

static void test_values(void **state _unused_)
{
	_cleanup_toml_ struct toml_document *doc =
		parse("s = \"\\u00e4 b\"\ni = -7\nb = true\nf = 1.5\nd = 2026-11-23\n");
	const struct toml_node *root = toml_root(doc);
	const char *s;
	int64_t i;
	bool b;

	assert_int_equal(toml_node_type(root), TOML_TABLE);
	assert_int_equal(toml_len(root), 5);
	assert_int_equal(toml_string(toml_get(root, "s"), &s), 0);
	assert_string_equal(s, "\xc3\xa4 b");
	assert_int_equal(toml_integer(toml_get(root, "i"), &i), 0);
	assert_int_equal(i, -7);
	assert_int_equal(toml_boolean(toml_get(root, "b"), &b), 0);
	assert_true(b);
	assert_string_equal(toml_type_name(toml_get(root, "f")), "a floating-point number");
	assert_int_equal(toml_node_type(toml_get(root, "d")), TOML_DATE);
	assert_null(toml_get(root, "x"));
	assert_null(toml_get(toml_get(root, "s"), "x"));
}

static void test_wrong_type(void **state _unused_)
{
	_cleanup_toml_ struct toml_document *doc = parse("s = 'a\\b'\ni = 1\nz = \"a\\u0000b\"\n");
	const struct toml_node *root = toml_root(doc);
	const char *s = "untouched";
	int64_t i = 42;
	bool b = true;

	assert_int_equal(toml_string(toml_get(root, "i"), &s), -EINVAL);
	assert_int_equal(toml_string(toml_get(root, "z"), &s), -EILSEQ);
	assert_string_equal(s, "untouched");
	assert_int_equal(toml_integer(toml_get(root, "s"), &i), -EINVAL);
	assert_int_equal(i, 42);
	assert_int_equal(toml_boolean(toml_get(root, "i"), &b), -EINVAL);
	assert_true(b);
	assert_int_equal(toml_len(toml_get(root, "s")), 0);
}

/* Members come in the order of the file, each with its place. */
static void test_order(void **state _unused_)
{
	_cleanup_toml_ struct toml_document *doc =
		parse("z = 1\na = [2,\n  'x']\n[m]\n  k.l = 3\n");
	const struct toml_node *root = toml_root(doc);
	static const char *const keys[] = {"z", "a", "m"};
	const struct toml_node *array = toml_get(root, "a");
	struct toml_entry e;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		assert_string_equal(toml_member(root, i).key, keys[i]);
	e = toml_member(root, 1);
	assert_int_equal(e.key_pos.line, 2);
	assert_int_equal(e.key_pos.column, 1);
	assert_int_equal(toml_node_pos(e.value).column, 5);
	assert_int_equal(toml_len(array), 2);
	assert_int_equal(toml_node_pos(toml_at(array, 1)).line, 3);
	assert_int_equal(toml_node_pos(toml_at(array, 1)).column, 3);
	e = toml_member(toml_get(root, "m"), 0);
	assert_string_equal(e.key, "k");
	assert_int_equal(e.key_pos.line, 5);
	assert_int_equal(e.key_pos.column, 3);
}

static void test_errors(void **state _unused_)
{
	static const struct {
		const char *text;
		const char *error;
	} cases[] = {
		{"a = ", "a.toml:1:5: error while parsing key-value pair: encountered end-of-file"},
		{"a = 1\nb c = 2\n",
		 "a.toml:2:3: error while parsing key-value pair: expected '=', saw 'c'"},
		{"a = 1\na = 2\n", "a.toml:2:"},
		{"[t\nx = 1\n", "a.toml:1:3: "},
		{"a = \"\xff\"\n", "a.toml:1:5: encountered invalid utf-8 sequence"},
		{"\xff\xfe", "a.toml:1:1: "},
		{"a = 'x", "a.toml:1:7: "},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *error = parse_error(cases[i].text, strlen(cases[i].text));

		if (strncmp(error, cases[i].error, strlen(cases[i].error)) != 0)
			assert_string_equal(error, cases[i].error);
	}
}

static void test_nul_bytes(void **state _unused_)
{
	_cleanup_free_ char *zeros = calloc(1, 65536), *error = NULL;

	assert_non_null(zeros);
	error = parse_error(zeros, 65536);
	assert_memory_equal(error, "a.toml:1:1: ", 12);
}

/* @n times @part, between @before and @after */
static char *repeat(const char *before, const char *part, size_t n, const char *after)
{
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	(void)fputs(before, f);
	while (n--)
		(void)fputs(part, f);
	(void)fputs(after, f);
	assert_int_equal(fclose(f), 0);
	return text;
}

/* Text that is made to exhaust the stack or to take for ever. */
static void test_bombs(void **state _unused_)
{
	static const struct {
		const char *before, *part;
		size_t n;
		const char *after, *error;
	} cases[] = {
		{"", "a.", 500000, "a = 1", "a key has more than 32 parts"},
		{"[", "a . ", 250000, "a]", "a key has more than 32 parts"},
		{"x = {", "'a'.", 250000, "a = 1}", "a key has more than 32 parts"},
		{"a = ", "[", 1000000, "", "TOML_MAX_NESTED_VALUES"},
		{"a = ", "{a=", 300000, "", "TOML_MAX_NESTED_VALUES"},
		{"a = ", "[{a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z.a.b.c = \n", 1000,
		 "", "error while parsing"},
		{"a = ", "[", 200, "1\n", "error while parsing"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *text =
			repeat(cases[i].before, cases[i].part, cases[i].n, cases[i].after);
		_cleanup_free_ char *error = parse_error(text, strlen(text));

		if (!strstr(error, cases[i].error))
			assert_string_equal(error, cases[i].error);
	}
}

static void test_too_deep(void **state _unused_)
{
	_cleanup_free_ char *open = repeat("a = ", "[", 200, ""),
			    *text = repeat(open, "]", 200, "\n"),
			    *error = parse_error(text, strlen(text));

	assert_string_equal(error, "a.toml:1:133: values nest more than 128 levels deep");
}

/* Dots that are no keys do not count. */
static void test_dots(void **state _unused_)
{
	_cleanup_free_ char *dots = repeat("", ".", 5000, "");
	_cleanup_free_ char *text = NULL;
	_cleanup_toml_ struct toml_document *doc = NULL;

	assert_true(
		asprintf(&text,
			 "# %s\na = \"\\\"%s\"\nb = '%s'\nc = \"\"\"x\n\"%s\"\"\"\nd = '''%s'''\n"
			 "e = [1.5,2.5,3.5]\n",
			 dots, dots, dots, dots, dots) > 0);
	doc = parse(text);
	assert_int_equal(toml_len(toml_root(doc)), 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),    cmocka_unit_test(test_wrong_type),
		cmocka_unit_test(test_order),     cmocka_unit_test(test_errors),
		cmocka_unit_test(test_nul_bytes), cmocka_unit_test(test_bombs),
		cmocka_unit_test(test_too_deep),  cmocka_unit_test(test_dots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
