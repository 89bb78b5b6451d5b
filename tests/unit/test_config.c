// SPDX-License-Identifier: GPL-2.0-only
#include <sys/stat.h>

#include "config_fixture.h"

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

#define BAD_NAME(place, name)                                                                      \
	"error: " ETC ":" place ": '" name                                                         \
	"' is not the name of a scheduler, which is 'scx_' with "                                  \
	"small letters, digits and '_'\n"

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
	 "default_mode, fallback, failures, profiles, scheds\n"},
	{"[scheds.scx_a]\n auto = []\n", 0,
	 "warning: " ETC ":2:2: unknown key 'scheds.scx_a.auto' ignored; known here: auto_mode, "
	 "gaming_mode, powersave_mode, lowlatency_mode, server_mode\n"},
	{"\"a\\u001b[31m\" = 1\n", 0,
	 "warning: " ETC ":1:1: unknown key 'a?[31m' ignored; known here: default_sched, "
	 "default_mode, fallback, failures, profiles, scheds\n"},
	{"default_sched = 3\n", -EINVAL,
	 "error: " ETC ":1:17: default_sched must be a string, not an integer\n"},
	{"default_sched = \"scx_a\\u0000\"\n", -EINVAL,
	 "error: " ETC ":1:17: default_sched contains a NUL character\n"},
	{"default_sched = 'scx_c'\n", -EINVAL,
	 "error: " ETC ":1:17: scheduler 'scx_c' is not installed; installed: scx_a, scx_b\n"},
	{"default_sched = '../../bin/sh'\n", -EINVAL, BAD_NAME("1:17", "../../bin/sh")},
	{"default_sched = '/usr/bin/scx_a'\n", -EINVAL, BAD_NAME("1:17", "/usr/bin/scx_a")},
	{"default_sched = 'a'\n", -EINVAL, BAD_NAME("1:17", "a")},
	{"default_sched = 'scx_'\n", -EINVAL, BAD_NAME("1:17", "scx_")},
	{"default_sched = 'scx_A'\n", -EINVAL, BAD_NAME("1:17", "scx_A")},
	{"default_sched = 'scx_a '\n", -EINVAL, BAD_NAME("1:17", "scx_a ")},
	{"[scheds.'scx_a/x']\n", 0,
	 "warning: " ETC ":1:9: section for scheduler 'scx_a/x' ignored: it is not installed; "
	 "installed: scx_a, scx_b\n"},
	{"default_sched = 'scx_a'\ndefault_sched = 'scx_b'\n", -EINVAL,
	 "error: " ETC ":2:17: error while parsing key-value pair: cannot redefine existing string "
	 "'default_sched'\n"},
	{"default_sched = '\xff\xfe'\n", -EINVAL,
	 "error: " ETC ":1:17: encountered invalid utf-8 sequence\n"},
	{"fallback = []\n", 0, ""},
	{"fallback = ['scx_b', 'scx_a']\n", 0, ""},
	{"fallback = 'scx_b'\n", -EINVAL,
	 "error: " ETC ":1:12: fallback must be an array of strings, not a string\n"},
	{"fallback = ['scx_b', 1]\n", -EINVAL,
	 "error: " ETC ":1:22: fallback must be an array of strings, not an integer\n"},
	{"fallback = ['scx_b', 'x/y']\n", -EINVAL, BAD_NAME("1:22", "x/y")},
	{"fallback = ['']\n", -EINVAL, BAD_NAME("1:13", "")},
	{"fallback = ['scx_a',\n 'scx_c']\n", 0,
	 "warning: " ETC ":2:2: scheduler 'scx_c' in fallback skipped: it is not installed; "
	 "installed: scx_a, scx_b\n"},
	{"fallback = ['scx_b', 'scx_b']\n", 0,
	 "warning: " ETC ":1:22: 'scx_b' stands in fallback already; ignored here\n"},
	{"failures = 3\n", -EINVAL,
	 "error: " ETC ":1:12: failures must be a table, not an integer\n"},
	{"[failures]\nretries = 1\n", 0,
	 "warning: " ETC ":2:1: unknown key 'failures.retries' ignored; known here: budget, "
	 "first_delay, max_delay, boots\n"},
	{"[failures]\nbudget = '5'\n", -EINVAL,
	 "error: " ETC ":2:10: failures.budget must be an integer from 1 to 100, not a string\n"},
	{"[failures]\nmax_delay = 1.5\n", -EINVAL,
	 "error: " ETC ":2:13: failures.max_delay must be an integer from 1 to 3600, not a "
	 "floating-point number\n"},
	{"[failures]\nfirst_delay = 10\nmax_delay = 9\n", -EINVAL,
	 "error: " ETC ":3:13: failures.max_delay must be at least failures.first_delay (10, " ETC
	 "), not 9\n"},
	{"[failures]\nfirst_delay = 61\n", -EINVAL,
	 "error: " ETC ":2:15: failures.first_delay must be at most failures.max_delay "
	 "(60, built in), not 61\n"},
	{"[failures]\nfirst_delay = 7\nmax_delay = 7\n", 0, ""},
	{"[profiles]\nenabled = 'yes'\n", -EINVAL,
	 "error: " ETC ":2:11: profiles.enabled must be true or false, not a string\n"},
	{"[profiles]\nenabled = 1\n", -EINVAL,
	 "error: " ETC ":2:11: profiles.enabled must be true or false, not an integer\n"},
	{"[profiles]\nbattery = 'powersave'\n", -EINVAL,
	 "error: " ETC ":2:11: unknown mode 'powersave'; the modes are Auto, Gaming, PowerSave, "
	 "LowLatency, Server\n"},
	{"[profiles]\nac = 1\n", -EINVAL,
	 "error: " ETC ":2:6: profiles.ac must be a string, not an integer\n"},
	{"[profiles]\npower-saver = 'Auto'\n", 0,
	 "warning: " ETC ":2:1: unknown key 'profiles.power-saver' ignored; known here: enabled, "
	 "power_saver, balanced, performance, ac, battery\n"},
	{"[sched.scx_a]\n", 0,
	 "warning: " ETC ":1:2: unknown key 'sched' ignored; known here: default_sched, "
	 "default_mode, fallback, failures, profiles, scheds\n"},
	{"[scheds.scx_a]\nauto_mode = []\n", 0, ""},
	{"[scheds.scx_a]\nauto_mode = [\"-s\\t5\", '5 6']\n", 0,
	 "warning: " ETC ":2:14: '-s?5' in scheds.scx_a.auto_mode is passed as one word; "
	 "write every word as a string of its own\n"},
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
	 "default_mode, fallback, failures, profiles, scheds\n"
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

static void test_built_in(void **state)
{
	_cleanup_fixture_ struct fixture f;
	_cleanup_strv_ char **fallback = NULL;

	fixture_init(&f, *state);
	assert_int_equal(load(&f), 0);
	assert_int_equal(f.config.failures.budget.value, 5);
	assert_int_equal(f.config.failures.first_delay.value, 1);
	assert_int_equal(f.config.failures.max_delay.value, 60);
	assert_int_equal(f.config.failures.boots.value, 3);
	assert_false(f.config.profiles.enabled.value);
	assert_int_equal(f.config.profiles.power_saver.value, CONFIG_NO_MODE);
	assert_int_equal(f.config.profiles.balanced.value, CONFIG_NO_MODE);
	assert_int_equal(f.config.profiles.performance.value, CONFIG_NO_MODE);
	assert_int_equal(f.config.profiles.ac.value, CONFIG_NO_MODE);
	assert_int_equal(f.config.profiles.battery.value, CONFIG_NO_MODE);
	assert_int_equal(config_fallback(&f.config, &f.catalog, &fallback), 0);
	assert_null(fallback);
}

/* Both ends of each range, and what lies behind them */
static void test_ranges(void **state)
{
	static const struct {
		const char *key;
		size_t offset;
		int min, max;
	} ranges[] = {
		{"budget", offsetof(struct config_failures, budget), 1, 100},
		/* of the delays only the longer one may be short, see the line before */
		{"first_delay = 1\nmax_delay", offsetof(struct config_failures, max_delay), 1,
		 3600},
		{"max_delay = 3600\nfirst_delay", offsetof(struct config_failures, first_delay), 1,
		 3600},
		{"boots", offsetof(struct config_failures, boots), 0, 100},
	};
	struct test_root *root = *state;

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
		const int values[] = {ranges[i].min, ranges[i].max, ranges[i].min - 1,
				      ranges[i].max + 1};

		for (size_t k = 0; k < ARRAY_SIZE(values); k++) {
			_cleanup_free_ char *text = NULL, *message = NULL;
			_cleanup_fixture_ struct fixture f;
			const struct setting_int *s;

			fixture_init(&f, root);
			assert_true(asprintf(&text, "[failures]\n%s = %d\n", ranges[i].key,
					     values[k]) > 0);
			assert_true(asprintf(&message,
					     " must be an integer from %d to %d, not %d\n",
					     ranges[i].min, ranges[i].max, values[k]) > 0);
			write_root(root, ETC, text);
			assert_int_equal(load(&f), k < 2 ? 0 : -EINVAL);
			s = (const void *)((const char *)&f.config.failures + ranges[i].offset);
			if (k < 2)
				assert_int_equal(s->value, values[k]);
			else
				assert_non_null(strstr(messages_text(&f.m), message));
		}
	}
}

static void test_huge_integer(void **state)
{
	struct test_root *root = *state;
	_cleanup_fixture_ struct fixture f;

	fixture_init(&f, root);
	write_root(root, ETC, "failures.budget = 4294967297\n");
	assert_int_equal(load(&f), -EINVAL);
	assert_string_equal(messages_text(&f.m),
			    "error: " ETC
			    ":1:19: failures.budget must be an integer from 1 to 100, "
			    "not 4294967297\n");
}

static void test_fallback(void **state)
{
	struct test_root *root = *state;
	_cleanup_fixture_ struct fixture f;
	_cleanup_strv_ char **names = NULL;
	_cleanup_free_ char *text = NULL;

	fixture_init(&f, root);
	write_root(root, ETC, "fallback = ['scx_b', 'scx_c', 'scx_b', 'scx_a']\n");
	assert_int_equal(load(&f), 0);
	assert_int_equal(config_fallback(&f.config, &f.catalog, &names), 0);
	text = strv_join(names, " ");
	assert_string_equal(text, "scx_b scx_a");
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

static void test_directories_open_to_all(void **state)
{
	static const char *const dirs[] = {
		AIOS_SYSCONFDIR,
		CONFIG_RUN_DIR,
		AIOS_DATADIR,
		AIOS_SYSCONFDIR "/default.toml.d",
		CONFIG_RUN_DIR "/default.toml.d",
		AIOS_DATADIR "/default.toml.d",
	};
	struct test_root *root = *state;

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		_cleanup_free_ char *path = NULL, *file = NULL, *message = NULL;
		_cleanup_fixture_ struct fixture f;

		fixture_init(&f, root);
		assert_true(asprintf(&file, "%s/README", dirs[i]) > 0);
		assert_true(asprintf(&path, "%s%s", root->dir, dirs[i]) > 0);
		assert_true(asprintf(&message,
				     "warning: %s can be written by every user of this machine\n",
				     dirs[i]) > 0);
		write_root(root, file, "");
		assert_int_equal(chmod(path, 0777), 0);
		assert_int_equal(load(&f), 0);
		assert_string_equal(messages_text(&f.m), message);
		assert_int_equal(chmod(path, 0755), 0);
	}
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
	/* as it was */
	assert_string_equal(f.config.default_sched.origin.file, path);
	assert_string_equal(sched(&f), "scx_a");
	assert_string_equal(messages_text(&f.m),
			    "error: cannot read /absent/x: No such file or directory\n");
}

static void test_command(void **state)
{
	struct test_root *root = *state;
	_cleanup_fixture_ struct fixture f;
	_cleanup_strv_ char **argv = NULL;
	_cleanup_free_ char *text = NULL;
	const struct setting_flags *flags;
	const struct sched_entry *e;

	fixture_init(&f, root);
	assert_int_equal(load(&f), 0);
	e = catalog_find(&f.catalog, "scx_a");
	flags = config_flags(&f.config, e, MODE_SERVER);
	assert_int_equal(config_command(e, flags->words, "/r", &argv), 0);
	text = strv_join(argv, "|");
	assert_string_equal(text, "/r" AIOS_BINDIR "/scx_a|-s|1");
}

static void without_origins(char *text)
{
	char *out = text;

	while (*text) {
		char *end = strchrnul(text, '\n'), *origin = strstr(text, "  # ");
		size_t len = (size_t)((origin && origin < end ? origin : end) - text);

		memmove(out, text, len);
		out += len;
		text = *end ? end + 1 : end;
		*out++ = '\n';
	}
	*out = '\0';
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
		   "auto_mode = ['-x', \"a \\\"\\\\\\n\\u00e4\"]\n"
		   "[profiles]\nenabled = true\nbattery = 'PowerSave'\nac = ''\n");
	assert_int_equal(load(&f), 0);
	text = printed(&f);
	assert_string_equal(text,
			    "default_sched = \"scx_a\"  # " ETC ":1\n"
			    "default_mode = \"Auto\"  # built in\n"
			    "fallback = []  # built in\n"
			    "\n[failures]\n"
			    "budget = 5  # built in\n"
			    "first_delay = 1  # built in\n"
			    "max_delay = 60  # built in\n"
			    "boots = 3  # built in\n"
			    "\n[profiles]\n"
			    "enabled = true  # " ETC ":5\n"
			    "power_saver = \"\"  # built in\n"
			    "balanced = \"\"  # built in\n"
			    "performance = \"\"  # built in\n"
			    "ac = \"\"  # " ETC ":7\n"
			    "battery = \"PowerSave\"  # " ETC ":6\n"
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
	without_origins(text);
	without_origins(again);
	assert_string_equal(again, text);
}

/* Every key set to something else than what is built in */
static void test_print_all(void **state)
{
	struct test_root *root = *state;
	_cleanup_free_ char *text = NULL, *again = NULL;
	_cleanup_fixture_ struct fixture f, g;

	fixture_init(&f, root);
	write_root(root, ETC,
		   "default_sched = 'scx_b'\ndefault_mode = 'Server'\n"
		   "fallback = ['scx_a', 'scx_b']\n"
		   "[failures]\nbudget = 6\nfirst_delay = 7\nmax_delay = 8\nboots = 9\n"
		   "[profiles]\nenabled = true\npower_saver = 'PowerSave'\nbalanced = 'Auto'\n"
		   "performance = 'Gaming'\nac = 'LowLatency'\nbattery = 'Server'\n");
	assert_int_equal(load(&f), 0);
	text = printed(&f);
	assert_non_null(strstr(text, "\nfallback = [\"scx_a\", \"scx_b\"]  # " ETC ":3\n"));
	assert_non_null(strstr(text, "\nbudget = 6  # " ETC ":5\nfirst_delay = 7  # " ETC
				     ":6\nmax_delay = 8  # " ETC ":7\nboots = 9  # " ETC ":8\n"));
	assert_non_null(strstr(
		text, "\npower_saver = \"PowerSave\"  # " ETC ":11\nbalanced = \"Auto\"  # " ETC
		      ":12\nperformance = \"Gaming\"  # " ETC ":13\nac = \"LowLatency\"  # " ETC
		      ":14\nbattery = \"Server\"  # " ETC ":15\n"));
	fixture_init(&g, root);
	write_root(root, ETC, text);
	assert_int_equal(load(&g), 0);
	assert_string_equal(messages_text(&g.m), "");
	assert_int_equal(g.config.failures.max_delay.value, 8);
	assert_int_equal(g.config.profiles.battery.value, MODE_SERVER);
	again = printed(&g);
	without_origins(text);
	without_origins(again);
	assert_string_equal(again, text);
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
		test_with_root(test_no_files),
		test_with_root(test_vendor_only),
		test_with_root(test_layers),
		test_with_root(test_switched_off),
		test_with_root(test_corrected),
		test_with_root(test_cases),
		test_with_root(test_directory),
		test_with_root(test_fifo),
		test_with_root(test_huge),
		test_with_root(test_nul_bytes),
		test_with_root(test_unreadable),
		test_with_root(test_open_to_all),
		test_with_root(test_directories_open_to_all),
		test_with_root(test_limits),
		test_with_root(test_flood),
		test_with_root(test_named_file),
		test_with_root(test_command),
		test_with_root(test_print),
		test_with_root(test_print_none),
		test_with_root(test_mode_keys),
		test_with_root(test_built_in),
		test_with_root(test_ranges),
		test_with_root(test_huge_integer),
		test_with_root(test_fallback),
		test_with_root(test_print_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
