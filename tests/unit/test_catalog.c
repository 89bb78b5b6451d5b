// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>

#include "lib/catalog_json.h"
#include "lib/json.h"
#include "lib/strv.h"
#include "messages.h"

static void write_entry(struct test_root *root, const char *name, const char *text)
{
	_cleanup_free_ char *path = NULL;

	assert_true(asprintf(&path, "%s/%s", below_root(CATALOG_DIR), name) > 0);
	test_write(root->dir, path, text);
}

static void test_none(void **state)
{
	struct test_root *root = *state;
	_cleanup_messages_ struct messages m;
	_cleanup_catalog_ struct catalog c = {};
	_cleanup_free_ char *names = NULL;

	messages_init(&m, root->fd);
	assert_int_equal(catalog_load(&c, &m.reader), 0);
	names = catalog_names(&c);
	assert_string_equal(names, "none");
	assert_null(catalog_find(&c, "scx_a"));
	assert_string_equal(messages_text(&m), "");
}

static void test_sorted(void **state)
{
	struct test_root *root = *state;
	_cleanup_messages_ struct messages m;
	_cleanup_catalog_ struct catalog c = {};
	_cleanup_free_ char *names = NULL, *flags = NULL;
	const struct sched_entry *e;

	write_entry(root, "scx_b.toml", "name = 'scx_b'\n");
	write_entry(root, "scx_a.toml",
		    "name = 'scx_a'\ndescription = 'first'\n"
		    "auto_mode = []\ngaming_mode = ['-s', '5000']\n");
	write_entry(root, "scx_a.toml.dpkg-old", "]");
	write_entry(root, ".toml", "]");
	messages_init(&m, root->fd);
	assert_int_equal(catalog_load(&c, &m.reader), 0);
	names = catalog_names(&c);
	assert_string_equal(names, "scx_a, scx_b");
	e = catalog_find(&c, "scx_a");
	assert_string_equal(e->description.value, "first");
	assert_non_null(e->flags[MODE_AUTO].origin.file);
	assert_null(e->flags[MODE_AUTO].words);
	assert_null(e->flags[MODE_SERVER].origin.file);
	flags = strv_join(e->flags[MODE_GAMING].words, " ");
	assert_string_equal(flags, "-s 5000");
	assert_string_equal(e->flags[MODE_GAMING].origin.file, CATALOG_DIR "/scx_a.toml");
	assert_int_equal(e->flags[MODE_GAMING].origin.pos.line, 4);
	assert_string_equal(messages_text(&m), "");
}

/* A description that says all, and one that says nothing. */
static void test_every_key(void **state)
{
	struct test_root *root = *state;
	_cleanup_messages_ struct messages m;
	_cleanup_catalog_ struct catalog c = {};
	const struct sched_entry *e;

	write_entry(root, "scx_a.toml",
		    "name = 'scx_a'\ndescription = 'first'\nproduction = true\n"
		    "use_cases = ['games', 'builds']\nalgorithm = 'vtime'\n"
		    "characteristics = 'one queue'\nrequirements = 'cgroups'\n"
		    "limitations = 'one cache'\nperformance_profile = 'fast'\n");
	write_entry(root, "scx_b.toml", "name = 'scx_b'\n");
	messages_init(&m, root->fd);
	assert_int_equal(catalog_load(&c, &m.reader), 0);
	assert_string_equal(messages_text(&m), "");

	e = catalog_find(&c, "scx_a");
	assert_int_equal(e->production.value, 1);
	assert_int_equal(e->use_cases.nr_items, 2);
	assert_string_equal(e->use_cases.items[1].value, "builds");
	assert_string_equal(e->algorithm.value, "vtime");
	assert_string_equal(e->characteristics.value, "one queue");
	assert_string_equal(e->requirements.value, "cgroups");
	assert_string_equal(e->limitations.value, "one cache");
	assert_string_equal(e->performance_profile.value, "fast");
	assert_int_equal(e->performance_profile.origin.pos.line, 9);

	e = catalog_find(&c, "scx_b");
	assert_int_equal(e->production.value, 0);
	assert_int_equal(e->use_cases.nr_items, 0);
	assert_null(e->description.value);
	assert_null(e->algorithm.value);
	assert_null(e->requirements.value);
}

static void test_broken(void **state)
{
	static const struct {
		const char *file, *text, *message;
	} cases[] = {
		{"scx_1.toml", "name =\n", "scx_1.toml:1:7: error while parsing"},
		{"scx_2.toml", "", "scx_2.toml:1:1: the key 'name' is missing"},
		{"scx_3.toml", "name = 3", "scx_3.toml:1:8: name must be a string, not an integer"},
		{"scx_4.toml", "name = 'scx_9'", "scx_4.toml:1:8: name must be 'scx_' with"},
		{"scx_.toml", "name = 'scx_'", "scx_.toml:1:8: name must be 'scx_' with"},
		{"scx_A.toml", "name = 'scx_A'", "scx_A.toml:1:8: name must be 'scx_' with"},
		{"simple.toml", "name = 'simple'", "simple.toml:1:8: name must be 'scx_' with"},
		{"scx_5.toml", "name = 'scx_5'\nauto_mode = '-f'",
		 "scx_5.toml:2:13: auto_mode must be an array of strings, not a string"},
		{"scx_7.toml", "name = 'scx_7'\nproduction = 1",
		 "scx_7.toml:2:14: production must be true or false, not an integer"},
		{"scx_8.toml", "name = 'scx_8'\nuse_cases = ['a', 2]",
		 "scx_8.toml:2:19: use_cases must be an array of strings, not an integer"},
		{"scx_9.toml", "name = 'scx_9'\nlimitations = ['a']",
		 "scx_9.toml:2:15: limitations must be a string, not an array"},
		{"scx_6.toml/x", "", "scx_6.toml: it is a directory"},
	};
	struct test_root *root = *state;
	_cleanup_messages_ struct messages m;
	_cleanup_catalog_ struct catalog c = {};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		write_entry(root, cases[i].file, cases[i].text);
	write_entry(root, "scx_good.toml", "name = 'scx_good'\nauthor = 'x'\n");
	messages_init(&m, root->fd);
	assert_int_equal(catalog_load(&c, &m.reader), 0);
	assert_int_equal(c.nr_entries, 1);
	assert_string_equal(c.entries[0].name.value, "scx_good");
	assert_int_equal(m.reader.nr_errors, 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (!strstr(messages_text(&m), cases[i].message))
			assert_string_equal(m.text, cases[i].message);
	assert_non_null(strstr(m.text,
			       "warning: " CATALOG_DIR "/scx_good.toml:2:1: unknown key 'author' "
			       "ignored; known here: name, description, production, use_cases, "
			       "algorithm, characteristics, requirements, limitations, "
			       "performance_profile, auto_mode, gaming_mode, powersave_mode, "
			       "lowlatency_mode, server_mode\n"));
}

/* A description where it is; which is last, as others have been read before. */
static void test_add_file(void **state)
{
	struct test_root *root = *state;
	_cleanup_messages_ struct messages m;
	_cleanup_catalog_ struct catalog c = {};
	_cleanup_free_ char *names = NULL, *path = NULL;

	write_entry(root, "scx_b.toml", "name = 'scx_b'\n");
	test_write(root->dir, "scx_a.toml", "name = 'scx_a'\nproduction = true\n");
	test_write(root->dir, "scx_c.toml", "name = 'scx_d'\n");
	messages_init(&m, root->fd);
	assert_int_equal(catalog_load(&c, &m.reader), 0);
	assert_int_equal(catalog_add_file(&c, "scx_a.toml", &m.reader), 0);
	assert_int_equal(catalog_add_file(&c, "absent.toml", &m.reader), 0);
	assert_string_equal(messages_text(&m), "");
	assert_int_equal(catalog_add_file(&c, "scx_c.toml", &m.reader), 0);
	assert_non_null(strstr(messages_text(&m), "warning: scx_c.toml:1:8: name must be"));
	names = catalog_names(&c);
	assert_string_equal(names, "scx_b, scx_a");

	assert_true(asprintf(&path, "%s/scx_a.toml", root->dir) > 0);
	m.reader.root_fd = AT_FDCWD;
	assert_int_equal(catalog_add_file(&c, path, &m.reader), 0);
	assert_int_equal(c.nr_entries, 3);
	assert_string_equal(c.entries[2].file, path);
	assert_int_equal(c.entries[2].production.value, 1);
}

/* A copy with the quotes JSON wants. */
static char *quoted(const char *text)
{
	char *copy = strdup(text);

	assert_non_null(copy);
	for (char *c = copy; *c; c++)
		if (*c == '\'')
			*c = '"';
	return copy;
}

/* The only entry of a catalog with this text, and with this output of --help-json, as JSON. */
static int entry_json(struct test_root *root, const char *text, const char *help_text, char **ret)
{
	_cleanup_messages_ struct messages m;
	_cleanup_catalog_ struct catalog c = {};
	_cleanup_json_ sd_json_variant *help = NULL, *v = NULL;
	_cleanup_free_ char *json = quoted(help_text);
	int r;

	write_entry(root, "scx_a.toml", text);
	messages_init(&m, root->fd);
	assert_int_equal(catalog_load(&c, &m.reader), 0);
	assert_int_equal(c.nr_entries, 1);
	assert_int_equal(sd_json_parse(json, 0, &help, NULL, NULL), 0);
	r = catalog_entry_json(&c.entries[0], help, &v);
	if (r >= 0)
		assert_true(sd_json_variant_format(v, 0, ret) > 0);
	return r;
}

static void test_json(void **state)
{
	_cleanup_free_ char *all = NULL, *nothing = NULL, *expected_all = NULL,
			    *expected_nothing = NULL;

	assert_int_equal(
		entry_json(*state,
			   "name = 'scx_a'\ndescription = 'first'\nproduction = true\n"
			   "use_cases = ['games', 'builds']\nalgorithm = 'vtime'\n"
			   "characteristics = 'small'\nrequirements = 'cgroups'\n"
			   "limitations = 'one cache'\nperformance_profile = 'fast'\n"
			   "auto_mode = []\nserver_mode = ['-s', '5000']\n",
			   "{'groups':[{'options':["
			   "{'name':'slice-us','letter':'s','type':'integer','metavar':'US',"
			   "'unit':'us','default':20000,'range':[100,200],'help':'longest run'},"
			   "{'name':'end','type':'string','default':null,'choices':['a','b'],"
			   "'excludes':['slice-us','stats'],'needs':['x'],'help':'how'}]},"
			   "{'options':[{'name':'stats'}]}]}",
			   &all),
		0);
	expected_all = quoted(
		"{'name':'scx_a','production_ready':true,'description':'first',"
		"'use_cases':['games','builds'],'algorithm':'vtime','characteristics':'small',"
		"'requirements':'cgroups','limitations':'one cache','performance_profile':'fast',"
		"'modes':{'server':['-s','5000']},'tuning_parameters':{"
		"'slice_us':{'option':'--slice-us','type':'integer','unit':'us','default':20000,"
		"'range':[100,200],'description':'longest run'},"
		"'end':{'option':'--end','type':'string','default':null,'options':['a','b'],"
		"'description':'how','excludes':['--slice-us','--stats'],'needs':['--x']}}}");
	assert_string_equal(all, expected_all);

	assert_int_equal(
		entry_json(*state, "name = 'scx_a'\n", "{'groups':[{'options':[]}]}", &nothing), 0);
	expected_nothing =
		quoted("{'name':'scx_a','production_ready':false,'tuning_parameters':{}}");
	assert_string_equal(nothing, expected_nothing);
}

/* Programs of others may say anything. */
static void test_json_of_nonsense(void **state)
{
	static const char *const helps[] = {
		"1",
		"[]",
		"{}",
		"{'groups':{}}",
		"{'groups':[]}",
		"{'groups':[1]}",
		"{'groups':[{'options':1}]}",
		"{'groups':[{'options':[1]}]}",
		"{'groups':[{'options':[{'help':'nameless'}]}]}",
		"{'groups':[{'options':[{'name':1}]}]}",
		"{'groups':[{'options':[{'name':'a','needs':[1]}]}]}",
		"{'groups':[{'options':[{'name':'a','excludes':[null]}]}]}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(helps); i++) {
		_cleanup_free_ char *text = NULL;

		assert_int_equal(entry_json(*state, "name = 'scx_a'\n", helps[i], &text), -EBADMSG);
	}
}

static void test_ops_name(void **state _unused_)
{
	assert_string_equal(sched_ops_name("scx_simple"), "simple");
	assert_string_equal(sched_ops_name("other"), "other");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_root(test_none),
		test_with_root(test_sorted),
		test_with_root(test_every_key),
		test_with_root(test_broken),
		test_with_root(test_add_file),
		test_with_root(test_json),
		test_with_root(test_json_of_nonsense),
		cmocka_unit_test(test_ops_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
