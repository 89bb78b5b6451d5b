// SPDX-License-Identifier: GPL-2.0-only
#include <sys/stat.h>

#include "lib/strv.h"
#include "loader/config.h"
#include "messages.h"

#define VENDOR CONFIG_VENDOR_FILE
#define ETC CONFIG_FILE

static void write_root(struct test_root *root, const char *path, const char *text)
{
	test_write(root->dir, below_root(path), text);
}

/* Everything a test looks at; scx_a and scx_b are installed. */
struct fixture {
	struct messages m;
	struct catalog catalog;
	struct config config;
};

static void fixture_init(struct fixture *f, struct test_root *root)
{
	*f = (struct fixture){};
	write_root(root, CATALOG_DIR "/scx_a.toml",
		   "name = 'scx_a'\nauto_mode = ['-c']\nserver_mode = ['-s', '1']\n");
	write_root(root, CATALOG_DIR "/scx_b.toml", "name = 'scx_b'\n");
	messages_init(&f->m, root->fd);
	assert_int_equal(catalog_load(&f->catalog, &f->m.reader), 0);
}

static void fixture_finish(struct fixture *f)
{
	config_finish(&f->config);
	catalog_finish(&f->catalog);
	messages_finish(&f->m);
}
#define _cleanup_fixture_ _cleanup_(fixture_finish)

static int load(struct fixture *f)
{
	return config_load(&f->config, &f->catalog, &f->m.reader, NULL);
}

static char *flags(const struct fixture *f, const char *name, enum mode mode)
{
	const struct sched_entry *e = catalog_find(&f->catalog, name);

	return strv_join(config_flags(&f->config, e, mode)->words, " ");
}

static void test_no_files(void **state)
{
	_cleanup_fixture_ struct fixture f;

	fixture_init(&f, *state);
	assert_int_equal(load(&f), 0);
	assert_null(config_sched(&f.config, &f.catalog));
	assert_int_equal(config_mode(&f.config), MODE_AUTO);
	assert_string_equal(messages_text(&f.m), "");
}

static void test_vendor_only(void **state)
{
	struct test_root *root = *state;
	_cleanup_fixture_ struct fixture f;

	fixture_init(&f, root);
	write_root(root, VENDOR, "default_sched = 'scx_b'\n");
	assert_int_equal(load(&f), 0);
	assert_string_equal(config_sched(&f.config, &f.catalog)->name.value, "scx_b");
	assert_string_equal(f.config.default_sched.origin.file, VENDOR);
}

/* Each key for itself: /etc, else vendor, else catalog. */
static void test_layers(void **state)
{
	struct test_root *root = *state;
	_cleanup_fixture_ struct fixture f;
	_cleanup_free_ char *a = NULL, *g = NULL, *p = NULL, *s = NULL, *l = NULL;

	fixture_init(&f, root);
	write_root(root, VENDOR,
		   "default_sched = 'scx_b'\ndefault_mode = 'Server'\n"
		   "[scheds.scx_a]\nauto_mode = ['vendor']\ngaming_mode = ['vendor']\n");
	write_root(root, ETC,
		   "# mine\ndefault_sched = 'scx_a'\n"
		   "[scheds.scx_a]\nauto_mode = []\npowersave_mode = ['-p', '']\n");
	assert_int_equal(load(&f), 0);
	assert_string_equal(config_sched(&f.config, &f.catalog)->name.value, "scx_a");
	assert_string_equal(f.config.default_sched.origin.file, ETC);
	assert_int_equal(f.config.default_sched.origin.pos.line, 2);
	assert_int_equal(config_mode(&f.config), MODE_SERVER);
	a = flags(&f, "scx_a", MODE_AUTO);
	g = flags(&f, "scx_a", MODE_GAMING);
	p = flags(&f, "scx_a", MODE_POWERSAVE);
	s = flags(&f, "scx_a", MODE_SERVER);
	l = flags(&f, "scx_a", MODE_LOWLATENCY);
	assert_string_equal(a, "");
	assert_string_equal(g, "vendor");
	assert_string_equal(p, "-p ");
	assert_string_equal(s, "-s 1");
	assert_string_equal(l, "");
	assert_string_equal(messages_text(&f.m), "");
}

static void test_switched_off(void **state)
{
	struct test_root *root = *state;
	_cleanup_fixture_ struct fixture f;

	fixture_init(&f, root);
	write_root(root, VENDOR, "default_sched = 'scx_b'\n");
	write_root(root, ETC, "default_sched = ''\n");
	assert_int_equal(load(&f), 0);
	assert_null(config_sched(&f.config, &f.catalog));
}

/* /etc corrects a vendor file that names what is not installed. */
static void test_corrected(void **state)
{
	struct test_root *root = *state;
	_cleanup_fixture_ struct fixture f;

	fixture_init(&f, root);
	write_root(root, VENDOR, "default_sched = 'scx_gone'\n");
	write_root(root, ETC, "default_sched = 'scx_a'\n");
	assert_int_equal(load(&f), 0);
}

static const struct {
	const char *text;
	int r;
	const char *messages;
} cases[] = {
	{"", 0, ""},
	{"# nothing\n", 0, ""},
	{"default_sched = \n", -EINVAL,
	 "error: " ETC ":1:17: error while parsing key-value pair: expected value, saw '\\n'\n"},
	{"default_shed = 'scx_a'\n", 0,
	 "warning: " ETC ":1:1: unknown key 'default_shed' ignored; known here: default_sched, "
	 "default_mode, scheds\n"},
	{"[scheds.scx_a]\n auto = []\n", 0,
	 "warning: " ETC ":2:2: unknown key 'scheds.scx_a.auto' ignored; known here: auto_mode, "
	 "gaming_mode, powersave_mode, lowlatency_mode, server_mode\n"},
	{"\"a\\u001b[31m\" = 1\n", 0,
	 "warning: " ETC ":1:1: unknown key 'a?[31m' ignored; known here: default_sched, "
	 "default_mode, scheds\n"},
	{"default_sched = 3\n", -EINVAL,
	 "error: " ETC ":1:17: default_sched must be a string, not an integer\n"},
	{"default_sched = \"scx_a\\u0000\"\n", -EINVAL,
	 "error: " ETC ":1:17: default_sched contains a NUL character\n"},
	{"default_sched = 'scx_c'\n", -EINVAL,
	 "error: " ETC ":1:17: scheduler 'scx_c' is not installed; installed: scx_a, scx_b\n"},
	{"default_sched = '../../bin/sh'\n", -EINVAL,
	 "error: " ETC ":1:17: scheduler '../../bin/sh' is not installed; installed: scx_a, "
	 "scx_b\n"},
	{"default_mode = 'gaming'\n", -EINVAL,
	 "error: " ETC ":1:16: unknown mode 'gaming'; the modes are Auto, Gaming, PowerSave, "
	 "LowLatency, Server\n"},
	{"default_mode = true\n", -EINVAL,
	 "error: " ETC ":1:16: default_mode must be a string, not a boolean\n"},
	{"scheds = 1\n", -EINVAL, "error: " ETC ":1:10: scheds must be a table, not an integer\n"},
	{"[[scheds]]\n", -EINVAL, "error: " ETC ":1:1: scheds must be a table, not an array\n"},
	{"scheds.scx_a = 1\n", -EINVAL,
	 "error: " ETC ":1:16: scheds.scx_a must be a table, not an integer\n"},
	{"[scheds.scx_a]\nauto_mode = '-f'\n", -EINVAL,
	 "error: " ETC ":2:13: scheds.scx_a.auto_mode must be an array of strings, not a "
	 "string\n"},
	{"[scheds.scx_a]\nauto_mode = ['-s', 5]\n", -EINVAL,
	 "error: " ETC ":2:20: scheds.scx_a.auto_mode must be an array of strings, not an "
	 "integer\n"},
	{"[scheds.scx_a]\nauto_mode = ['-s 5']\n", 0,
	 "warning: " ETC ":2:14: '-s 5' in scheds.scx_a.auto_mode is passed as one word; "
	 "write every word as a string of its own\n"},
	{"[scheds.scx_c]\nauto_mode = []\n", 0,
	 "warning: " ETC ":1:9: section for scheduler 'scx_c' ignored: it is not installed; "
	 "installed: scx_a, scx_b\n"},
	{"x = 1\ndefault_mode = 2\ndefault_sched = 3\n", -EINVAL,
	 "warning: " ETC ":1:1: unknown key 'x' ignored; known here: default_sched, "
	 "default_mode, scheds\n"
	 "error: " ETC ":2:16: default_mode must be a string, not an integer\n"
	 "error: " ETC ":3:17: default_sched must be a string, not an integer\n"},
};

static void test_cases(void **state)
{
	struct test_root *root = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_fixture_ struct fixture f;

		fixture_init(&f, root);
		write_root(root, ETC, cases[i].text);
		assert_int_equal(load(&f), cases[i].r);
		assert_string_equal(messages_text(&f.m), cases[i].messages);
	}
}

static void check_message(struct test_root *root, const char *message)
{
	_cleanup_fixture_ struct fixture f;

	fixture_init(&f, root);
	assert_int_equal(load(&f), -EINVAL);
	assert_string_equal(messages_text(&f.m), message);
}

static void test_directory(void **state)
{
	struct test_root *root = *state;

	write_root(root, ETC "/x", "");
	check_message(root, "error: cannot read " ETC ": it is a directory\n");
}

static void test_fifo(void **state)
{
	struct test_root *root = *state;
	_cleanup_free_ char *path = NULL;

	write_root(root, AIOS_SYSCONFDIR "/x", "");
	assert_true(asprintf(&path, "%s" ETC, root->dir) > 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	check_message(root, "error: cannot read " ETC ": it is not a regular file\n");
}

static void test_huge(void **state)
{
	struct test_root *root = *state;
	_cleanup_free_ char *path = NULL;

	write_root(root, ETC, "");
	assert_true(asprintf(&path, "%s" ETC, root->dir) > 0);
	assert_int_equal(truncate(path, 10 << 20), 0);
	check_message(root, "error: cannot read " ETC ": it is larger than 1 MiB\n");
}

static void test_nul_bytes(void **state)
{
	struct test_root *root = *state;
	_cleanup_free_ char *path = NULL;

	write_root(root, ETC, "");
	assert_true(asprintf(&path, "%s" ETC, root->dir) > 0);
	assert_int_equal(truncate(path, 4096), 0);
	check_message(root,
		      "error: " ETC ":1:1: error while parsing root table: expected keys, tables, "
		      "whitespace or comments, saw '\\u0000'\n");
}

static void test_unreadable(void **state)
{
	struct test_root *root = *state;
	_cleanup_free_ char *path = NULL;

	write_root(root, ETC, "");
	assert_true(asprintf(&path, "%s" ETC, root->dir) > 0);
	assert_int_equal(unlink(path), 0);
	/* what chmod 000 is to others, this is to root */
	assert_int_equal(symlink("default.toml", path), 0);
	check_message(root, "error: cannot read " ETC ": Too many levels of symbolic links\n");
}

static void test_open_to_all(void **state)
{
	struct test_root *root = *state;
	_cleanup_free_ char *path = NULL;
	_cleanup_fixture_ struct fixture f;

	fixture_init(&f, root);
	write_root(root, ETC, "");
	assert_true(asprintf(&path, "%s" ETC, root->dir) > 0);
	assert_int_equal(chmod(path, 0666), 0);
	assert_int_equal(load(&f), 0);
	assert_string_equal(messages_text(&f.m),
			    "warning: " ETC " can be written by every user of this machine\n");
}

static char *many(const char *before, size_t n, const char *part, const char *after)
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

static void test_limits(void **state)
{
	static const struct {
		const char *before;
		size_t n;
		const char *part, *after;
		int r;
		const char *messages;
	} limits[] = {
		{"scheds.scx_a.auto_mode = [", 128, "'x',", "]\n", 0, ""},
		{"scheds.scx_a.auto_mode = [", 129, "'x',", "]\n", -EINVAL,
		 "error: " ETC ":1:26: scheds.scx_a.auto_mode has 129 strings, the limit is 128\n"},
		{"scheds.scx_a.auto_mode = ['", 4096, "x", "']\n", 0, ""},
		{"scheds.scx_a.auto_mode = ['", 4097, "x", "']\n", -EINVAL,
		 "error: " ETC ":1:27: scheds.scx_a.auto_mode contains a string of 4097 bytes, "
		 "the limit is 4096\n"},
	};
	struct test_root *root = *state;

	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		_cleanup_free_ char *text =
			many(limits[i].before, limits[i].n, limits[i].part, limits[i].after);
		_cleanup_fixture_ struct fixture f;

		fixture_init(&f, root);
		write_root(root, ETC, text);
		assert_int_equal(load(&f), limits[i].r);
		assert_string_equal(messages_text(&f.m), limits[i].messages);
	}
}

/* A file full of mistakes does not fill the journal. */
static void test_flood(void **state)
{
	struct test_root *root = *state;
	_cleanup_free_ char *text = many("scheds.scx_a.auto_mode = [", 100, "'-a b',", "]\n");
	_cleanup_fixture_ struct fixture f;
	unsigned lines = 0;

	fixture_init(&f, root);
	write_root(root, ETC, text);
	assert_int_equal(load(&f), 0);
	for (const char *c = messages_text(&f.m); *c; c++)
		lines += *c == '\n';
	assert_int_equal(lines, READER_MAX_REPORTS + 1);
	assert_non_null(strstr(f.m.text, "\nwarning: further problems are not shown\n"));
}

static void test_named_file(void **state)
{
	struct test_root *root = *state;
	_cleanup_fixture_ struct fixture f;
	_cleanup_free_ char *path = NULL;

	fixture_init(&f, root);
	write_root(root, ETC, "]");
	write_root(root, "other.toml", "default_sched = 'scx_a'\n");
	assert_true(asprintf(&path, "%s/other.toml", root->dir) > 0);
	assert_int_equal(config_load(&f.config, &f.catalog, &f.m.reader, path), 0);
	assert_string_equal(f.config.default_sched.origin.file, path);
	assert_int_equal(config_load(&f.config, &f.catalog, &f.m.reader, "/absent/x"), -EINVAL);
	assert_string_equal(messages_text(&f.m),
			    "error: cannot read /absent/x: No such file or directory\n");
}

static void test_command(void **state)
{
	struct test_root *root = *state;
	_cleanup_fixture_ struct fixture f;
	_cleanup_strv_ char **argv = NULL;
	_cleanup_free_ char *text = NULL;

	fixture_init(&f, root);
	assert_int_equal(load(&f), 0);
	assert_int_equal(config_command(&f.config, catalog_find(&f.catalog, "scx_a"), MODE_SERVER,
					"/r", &argv),
			 0);
	text = strv_join(argv, "|");
	assert_string_equal(text, "/r" AIOS_BINDIR "/scx_a|-s|1");
}

static char *printed(const struct fixture *f)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	config_print(&f->config, &f->catalog, out);
	assert_int_equal(fclose(out), 0);
	return text;
}

/* What is printed names every origin and, read again, means the same. */
static void test_print(void **state)
{
	struct test_root *root = *state;
	_cleanup_free_ char *text = NULL, *again = NULL, *a = NULL;
	_cleanup_fixture_ struct fixture f, g;

	fixture_init(&f, root);
	write_root(root, ETC,
		   "default_sched = 'scx_a'\n[scheds.scx_a]\n"
		   "auto_mode = ['-x', \"a \\\"\\\\\\n\\u00e4\"]\n");
	assert_int_equal(load(&f), 0);
	text = printed(&f);
	assert_string_equal(text,
			    "default_sched = \"scx_a\"  # " ETC ":1\n"
			    "default_mode = \"Auto\"  # built in\n"
			    "\n[scheds.scx_a]\n"
			    "auto_mode = [\"-x\", \"a \\\"\\\\\\u000A\xc3\xa4\"]  # " ETC ":3\n"
			    "gaming_mode = []  # built in\n"
			    "powersave_mode = []  # built in\n"
			    "lowlatency_mode = []  # built in\n"
			    "server_mode = [\"-s\", \"1\"]  # " CATALOG_DIR "/scx_a.toml:3\n"
			    "\n[scheds.scx_b]\n"
			    "auto_mode = []  # built in\n"
			    "gaming_mode = []  # built in\n"
			    "powersave_mode = []  # built in\n"
			    "lowlatency_mode = []  # built in\n"
			    "server_mode = []  # built in\n"
			    "\n# would be started: " AIOS_BINDIR
			    "/scx_a -x \"a \\\"\\\\\\u000A\xc3\xa4\"\n");
	fixture_init(&g, root);
	write_root(root, ETC, text);
	assert_int_equal(load(&g), 0);
	assert_string_equal(messages_text(&g.m), "");
	a = flags(&g, "scx_a", MODE_AUTO);
	assert_string_equal(a, "-x a \"\\\n\xc3\xa4");
	again = printed(&g);
	assert_int_equal(strncmp(again, text, strlen("default_sched = \"scx_a\"")), 0);
}

static void test_print_none(void **state)
{
	_cleanup_fixture_ struct fixture f;
	_cleanup_free_ char *text = NULL;

	fixture_init(&f, *state);
	assert_int_equal(load(&f), 0);
	text = printed(&f);
	assert_non_null(strstr(text, "default_sched = \"\"  # built in\n"));
	assert_non_null(strstr(text, "\n# nothing would be started\n"));
}

/* The keys of the tables are those of the modes. */
static void test_mode_keys(void **state)
{
	struct test_root *root = *state;

	for (int mode = 0; mode < NR_MODES; mode++) {
		_cleanup_fixture_ struct fixture f;
		_cleanup_free_ char *text = NULL, *got = NULL;

		fixture_init(&f, root);
		assert_true(asprintf(&text, "[scheds.scx_b]\n%s = ['mine']\n",
				     mode_table[mode].toml_key) > 0);
		write_root(root, ETC, text);
		assert_int_equal(load(&f), 0);
		got = flags(&f, "scx_b", (enum mode)mode);
		assert_string_equal(got, "mine");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_root(test_no_files),   test_with_root(test_vendor_only),
		test_with_root(test_layers),     test_with_root(test_switched_off),
		test_with_root(test_corrected),  test_with_root(test_cases),
		test_with_root(test_directory),  test_with_root(test_fifo),
		test_with_root(test_huge),       test_with_root(test_nul_bytes),
		test_with_root(test_unreadable), test_with_root(test_open_to_all),
		test_with_root(test_limits),     test_with_root(test_flood),
		test_with_root(test_named_file), test_with_root(test_command),
		test_with_root(test_print),      test_with_root(test_print_none),
		test_with_root(test_mode_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
