// SPDX-License-Identifier: GPL-2.0-only
/* Which files count: drop-ins and what is wrong with them, legacy files, the vendor's alone. */
#include <sys/stat.h>

#include "config_fixture.h"

#define ETC_D AIOS_SYSCONFDIR "/default.toml.d/"
#define RUN_D CONFIG_RUN_DIR "/default.toml.d/"
#define VENDOR_D AIOS_DATADIR "/default.toml.d/"

#define SCX_TOML "/etc/scx_loader/config.toml"
#define SCX_TOML_OLD "/etc/scx_loader.toml"
#define SCX_DEFAULT "/etc/default/scx"
#define NOTICE(file) "info: " file " is read, as no configuration file of aios sets default_sched\n"

struct file {
	const char *path, *text;
};

/* A tree of files, and what comes out of it. */
struct scene {
	struct file files[6];
	const char *sched;     /* "none": none */
	const char *mode;      /* NULL: "Auto" */
	const char *flags;     /* of scx_a in that mode; NULL: not looked at */
	const char *in_effect; /* file names; NULL: not looked at */
	const char *messages;
	unsigned nr_errors;
};

static void remove_files(struct test_root *root)
{
	_cleanup_free_ char *command = NULL;

	assert_true(asprintf(&command, "rm -rf '%s'/*", root->dir) > 0);
	assert_int_equal(system(command), 0);
}

static void check_scene(struct test_root *root, const struct scene *s)
{
	_cleanup_free_ char *got = NULL, *files = NULL;
	_cleanup_fixture_ struct fixture f;

	remove_files(root);
	fixture_init(&f, root);
	for (size_t i = 0; i < ARRAY_SIZE(s->files) && s->files[i].path; i++)
		write_root(root, s->files[i].path, s->files[i].text);
	assert_int_equal(load(&f), 0);
	assert_string_equal(messages_text(&f.m), s->messages);
	assert_int_equal(f.m.reader.nr_errors, s->nr_errors);
	assert_string_equal(sched(&f), s->sched);
	assert_string_equal(mode_table[config_mode(&f.config)].name, s->mode ? s->mode : "Auto");
	got = flags(&f, "scx_a", config_mode(&f.config));
	if (s->flags)
		assert_string_equal(got, s->flags);
	files = strv_join(f.config.files, " ");
	if (s->in_effect)
		assert_string_equal(files, s->in_effect);
}

static const struct scene dropins[] = {
	/* each place by itself */
	{{{VENDOR_D "a.toml", "default_sched = 'scx_a'"}}, "scx_a", .messages = ""},
	{{{RUN_D "a.toml", "default_sched = 'scx_a'"}}, "scx_a", .messages = ""},
	{{{ETC_D "a.toml", "default_sched = 'scx_a'"}}, "scx_a", .messages = ""},
	/* all of them go before both main files, and keys they do not give stay */
	{{{VENDOR, "default_sched = 'scx_a'\n[scheds.scx_a]\nserver_mode = ['v']"},
	  {ETC, "default_sched = 'scx_a'\ndefault_mode = 'Server'"},
	  {VENDOR_D "a.toml", "default_sched = 'scx_b'"}},
	 "scx_b",
	 "Server",
	 "v",
	 VENDOR " " ETC " " VENDOR_D "a.toml",
	 ""},
	/* by name, wherever they are */
	{{{ETC_D "20.toml", "default_sched = 'scx_b'"},
	  {RUN_D "30.toml", "default_sched = 'scx_a'"},
	  {VENDOR_D "10.toml", "default_sched = 'scx_b'\ndefault_mode = 'Gaming'"}},
	 "scx_a",
	 "Gaming",
	 "",
	 VENDOR_D "10.toml " ETC_D "20.toml " RUN_D "30.toml",
	 ""},
	/* the same name: all of the masked file is gone */
	{{{ETC_D "a.toml", "default_mode = 'Server'"},
	  {RUN_D "a.toml", "default_sched = 'scx_a'"},
	  {VENDOR_D "a.toml", "default_sched = 'scx_b'"}},
	 "none",
	 "Server",
	 NULL,
	 ETC_D "a.toml",
	 ""},
	{{{RUN_D "a.toml", "default_mode = 'Server'"},
	  {VENDOR_D "a.toml", "default_sched = 'scx_b'"}},
	 "none",
	 "Server",
	 NULL,
	 RUN_D "a.toml",
	 ""},
	{{{ETC_D "a.toml", ""}, {RUN_D "a.toml", "default_sched = 'scx_b'"}},
	 "none",
	 .in_effect = "",
	 .messages = ""},
	/* a broken one masks as well */
	{{{ETC_D "a.toml", "]"}, {RUN_D "a.toml", "default_sched = 'scx_b'"}},
	 "none",
	 .in_effect = "",
	 .messages = "error: " ETC_D "a.toml:1:1: error while parsing root table: expected keys, "
		     "tables, whitespace or comments, saw ']'\n"
		     "warning: " ETC_D "a.toml is left out\n",
	 .nr_errors = 1},
	/* what is no drop-in */
	{{{ETC_D "a.toml.dpkg-old", "]"},
	  {ETC_D ".a.toml", "]"},
	  {ETC_D ".toml", "]"},
	  {ETC_D "README", "]"}},
	 "none",
	 .in_effect = "",
	 .messages = ""},
};

static const struct scene bad_dropins[] = {
	/* nothing of it is used, everything else is */
	{{{ETC, "default_sched = 'scx_a'"},
	  {ETC_D "1.toml", "default_mode = 'Gaming'"},
	  {ETC_D "2.toml", "default_sched = 'scx_b'\ndefault_mode = 'gaming'"},
	  {ETC_D "3.toml", "[scheds.scx_a]\ngaming_mode = ['3']"}},
	 "scx_a",
	 "Gaming",
	 "3",
	 ETC " " ETC_D "1.toml " ETC_D "3.toml",
	 "error: " ETC_D "2.toml:2:16: unknown mode 'gaming'; the modes are Auto, Gaming, "
	 "PowerSave, LowLatency, Server\n"
	 "warning: " ETC_D "2.toml is left out\n",
	 1},
	/* an unknown key is no error */
	{{{ETC_D "1.toml", "x = 1\ndefault_sched = 'scx_b'"}},
	 "scx_b",
	 .messages = "warning: " ETC_D "1.toml:1:1: unknown key 'x' ignored; known here: "
		     "default_sched, default_mode, fallback, failures, profiles, scheds\n"},
	/* not installed here */
	{{{ETC, "default_sched = 'scx_a'"},
	  {ETC_D "1.toml", "default_sched = 'scx_c'\ndefault_mode = 'Server'"}},
	 "scx_a",
	 .messages = "error: " ETC_D "1.toml:1:17: scheduler 'scx_c' is not installed; installed: "
		     "scx_a, scx_b\n"
		     "warning: " ETC_D "1.toml is left out\n",
	 .nr_errors = 1},
	/* but a later one may correct that, as it may correct the main file */
	{{{ETC, "default_sched = 'scx_d'"},
	  {ETC_D "1.toml", "default_sched = 'scx_c'\ndefault_mode = 'Server'"},
	  {ETC_D "2.toml", "default_sched = 'scx_b'"}},
	 "scx_b",
	 "Server",
	 .messages = ""},
	/* two that are wrong in the outcome only, one after the other */
	{{{ETC, "default_sched = 'scx_a'\nfailures.max_delay = 9"},
	  {ETC_D "1.toml", "default_sched = 'scx_c'"},
	  {ETC_D "2.toml", "default_sched = 'scx_d'"},
	  {ETC_D "3.toml", "default_mode = 'Server'\nfailures.first_delay = 10"}},
	 "scx_a",
	 .in_effect = ETC,
	 .messages = "error: " ETC_D "2.toml:1:17: scheduler 'scx_d' is not installed; installed: "
		     "scx_a, scx_b\n"
		     "warning: " ETC_D "2.toml is left out\n"
		     "error: " ETC_D "1.toml:1:17: scheduler 'scx_c' is not installed; installed: "
		     "scx_a, scx_b\n"
		     "warning: " ETC_D "1.toml is left out\n"
		     "error: " ETC_D "3.toml:2:24: failures.first_delay must be at most "
		     "failures.max_delay (9, " ETC "), not 10\n"
		     "warning: " ETC_D "3.toml is left out\n",
	 .nr_errors = 3},
	/* files that are none */
	{{{ETC_D "1.toml/x", ""}, {ETC_D "2.toml", "default_sched = 'scx_b'"}},
	 "scx_b",
	 .messages = "error: cannot read " ETC_D "1.toml: it is a directory\n"
		     "warning: " ETC_D "1.toml is left out\n",
	 .nr_errors = 1},
	{{{AIOS_SYSCONFDIR "/default.toml.d", ""}, {RUN_D "2.toml", "default_sched = 'scx_b'"}},
	 "scx_b",
	 .messages = "error: cannot read " AIOS_SYSCONFDIR "/default.toml.d: Not a directory\n",
	 .nr_errors = 1},
};

static const struct scene legacy[] = {
	/* one of the three, with a notice */
	{{{SCX_TOML, "default_sched = 'scx_a'"},
	  {SCX_TOML_OLD, "default_sched = 'scx_b'"},
	  {SCX_DEFAULT, "SCX_SCHEDULER=scx_b"}},
	 "scx_a",
	 .in_effect = SCX_TOML,
	 .messages = NOTICE(SCX_TOML)},
	{{{SCX_TOML_OLD, "default_sched = 'scx_b'"}, {SCX_DEFAULT, "SCX_SCHEDULER=scx_a"}},
	 "scx_b",
	 .in_effect = SCX_TOML_OLD,
	 .messages = NOTICE(SCX_TOML_OLD)},
	{{{SCX_DEFAULT, "SCX_SCHEDULER=scx_a"}},
	 "scx_a",
	 NULL,
	 "-c",
	 SCX_DEFAULT,
	 NOTICE(SCX_DEFAULT)},
	/* the first counts even if it says nothing or is broken */
	{{{SCX_TOML, ""}, {SCX_TOML_OLD, "default_sched = 'scx_b'"}},
	 "none",
	 .messages = NOTICE(SCX_TOML)},
	{{{SCX_TOML, "default_sched = 'scx_a'\ndefault_mode = 'gaming'"},
	  {SCX_TOML_OLD, "default_sched = 'scx_b'"}},
	 "none",
	 .in_effect = "",
	 .messages = NOTICE(SCX_TOML) "error: " SCX_TOML ":2:16: unknown mode 'gaming'; the modes "
				      "are Auto, Gaming, PowerSave, LowLatency, Server\n"
				      "warning: " SCX_TOML " is left out\n",
	 .nr_errors = 1},
	/* not if we say what to start, be it nothing; the vendor's word does not count */
	{{{ETC, "default_sched = ''"}, {SCX_TOML, "default_sched = 'scx_b'"}},
	 "none",
	 .messages = ""},
	{{{ETC_D "x.toml", "default_sched = 'scx_a'"}, {SCX_TOML, "default_sched = 'scx_b'"}},
	 "scx_a",
	 .messages = ""},
	{{{VENDOR, "default_sched = 'scx_a'"}, {SCX_TOML, "default_sched = 'scx_b'"}},
	 "scx_b",
	 .in_effect = VENDOR " " SCX_TOML,
	 .messages = NOTICE(SCX_TOML)},
	/* our files go before it with all other keys */
	{{{VENDOR, "default_mode = 'PowerSave'"},
	  {ETC, "[scheds.scx_a]\ngaming_mode = ['ours']"},
	  {SCX_TOML, "default_sched = 'scx_a'\ndefault_mode = 'Gaming'\n"
		     "[scheds.scx_a]\ngaming_mode = ['theirs']"}},
	 "scx_a",
	 "Gaming",
	 "ours",
	 VENDOR " " SCX_TOML " " ETC,
	 NOTICE(SCX_TOML)},
	/* names of what is not installed, or of nothing, set nothing */
	{{{VENDOR, "default_sched = 'scx_b'"},
	  {SCX_TOML, "default_sched = 'scx_lavd'\n[scheds.scx_lavd]\nauto_mode = []"}},
	 "scx_b",
	 .messages = NOTICE(SCX_TOML) "warning: " SCX_TOML
				      ":1:17: scheduler 'scx_lavd' ignored: it is not installed; "
				      "installed: scx_a, scx_b\n"
				      "warning: " SCX_TOML ":2:9: section for scheduler 'scx_lavd' "
				      "ignored: it is not installed; installed: scx_a, scx_b\n"},
	{{{SCX_TOML, "default_sched = '../sh'\n[scheds.lavd]\n"}},
	 "none",
	 .messages = NOTICE(SCX_TOML) "warning: " SCX_TOML
				      ":1:17: scheduler '../sh' ignored: it is not installed; "
				      "installed: scx_a, scx_b\n"
				      "warning: " SCX_TOML ":2:9: section for scheduler 'lavd' "
				      "ignored: it is not installed; installed: scx_a, scx_b\n"},
	{{{SCX_TOML, "default_sched = ''"}}, "none", .messages = NOTICE(SCX_TOML)},
	/* unknown keys warn, ours among them */
	{{{SCX_TOML, "default_sched = 'scx_a'\nfallback = []"}},
	 "scx_a",
	 .messages = NOTICE(SCX_TOML) "warning: " SCX_TOML
				      ":2:1: unknown key 'fallback' ignored; known here: "
				      "default_sched, default_mode, power_profiles, scheds\n"},
	{{{SCX_TOML, "default_sched = 'scx_a'\n[scheds.scx_a]\nauto_mode = []"}},
	 "scx_a",
	 .flags = "",
	 .messages = NOTICE(SCX_TOML)},
	{{{SCX_TOML, "default_sched = 'scx_a'\n[scheds.scx_a]\nauto_mode = ['-s 1']"}},
	 "scx_a",
	 .flags = "-s 1",
	 .messages = NOTICE(SCX_TOML) "warning: " SCX_TOML
				      ":3:14: '-s 1' in scheds.scx_a.auto_mode is passed as one "
				      "word; write every word as a string of its own\n"},
};

/* /etc/default/scx */
static const struct scene environments[] = {
	{{{SCX_DEFAULT,
	   "# SCX_SCHEDULER=scx_b\nSCX_SCHEDULER=\"scx_a\"\nSCX_FLAGS='-k -m \"x y\"'\n"}},
	 "scx_a",
	 .flags = "-k -m x y",
	 .messages = NOTICE(SCX_DEFAULT)},
	{{{SCX_DEFAULT, "SCX_SCHEDULER=scx_a\nSCX_FLAGS=\n"}},
	 "scx_a",
	 .flags = "",
	 .messages = NOTICE(SCX_DEFAULT)},
	/* the last one counts */
	{{{SCX_DEFAULT, "SCX_SCHEDULER=scx_b\nSCX_FLAGS=1\nSCX_SCHEDULER=scx_a\nSCX_FLAGS=2\n"}},
	 "scx_a",
	 .flags = "2",
	 .messages = NOTICE(SCX_DEFAULT)},
	/* the flags are those of the default mode */
	{{{ETC, "default_mode = 'Gaming'"}, {SCX_DEFAULT, "SCX_SCHEDULER=scx_a\nSCX_FLAGS=-f\n"}},
	 "scx_a",
	 "Gaming",
	 "-f",
	 SCX_DEFAULT " " ETC,
	 NOTICE(SCX_DEFAULT)},
	/* and go before the vendor's, not before ours */
	{{{VENDOR, "scheds.scx_a.auto_mode = ['vendor']"},
	  {SCX_DEFAULT, "SCX_SCHEDULER=scx_a\nSCX_FLAGS=-f\n"}},
	 "scx_a",
	 .flags = "-f",
	 .messages = NOTICE(SCX_DEFAULT)},
	{{{ETC, "scheds.scx_a.auto_mode = ['ours']"},
	  {SCX_DEFAULT, "SCX_SCHEDULER=scx_a\nSCX_FLAGS=-f\n"}},
	 "scx_a",
	 .flags = "ours",
	 .messages = NOTICE(SCX_DEFAULT)},
	/* nothing to start */
	{{{SCX_DEFAULT, ""}}, "none", .messages = NOTICE(SCX_DEFAULT)},
	{{{SCX_DEFAULT, "SCX_FLAGS=-f\n"}}, "none", .flags = "-c", .messages = NOTICE(SCX_DEFAULT)},
	{{{SCX_DEFAULT, "SCX_SCHEDULER=\n"}}, "none", .messages = NOTICE(SCX_DEFAULT)},
	{{{SCX_DEFAULT, "\nSCX_SCHEDULER=scx_bpfland\nSCX_FLAGS=-f\n"}},
	 "none",
	 .flags = "-c",
	 .messages = NOTICE(SCX_DEFAULT) "warning: " SCX_DEFAULT
					 ":2:15: scheduler 'scx_bpfland' ignored: it is not "
					 "installed; installed: scx_a, scx_b\n"},
	{{{SCX_DEFAULT, "RUST_LOG=debug\nSCX_SCHEDULER=scx_b\n"}},
	 "scx_b",
	 .messages = NOTICE(SCX_DEFAULT) "warning: " SCX_DEFAULT
					 ":1:1: unknown key 'RUST_LOG' ignored; known here: "
					 "SCX_SCHEDULER, SCX_FLAGS\n"},
	/* errors */
	{{{SCX_DEFAULT, "SCX_SCHEDULER=scx_b\n SCX_FLAGS=\"-m 'x\"\n"}},
	 "none",
	 .messages = NOTICE(SCX_DEFAULT) "error: " SCX_DEFAULT
					 ":2:12: SCX_FLAGS has a quote that is not closed\n"
					 "warning: " SCX_DEFAULT " is left out\n",
	 .nr_errors = 1},
	{{{SCX_DEFAULT, "SCX_SCHEDULER=scx_b\nSCX_FLAGS=\xff\n"}},
	 "none",
	 .messages = "error: cannot read " SCX_DEFAULT
		     ": it contains characters other than ASCII\n" NOTICE(
			     SCX_DEFAULT) "warning: " SCX_DEFAULT " is left out\n",
	 .nr_errors = 1},
	{{{SCX_DEFAULT "/x", ""}},
	 "none",
	 .messages = "error: cannot read " SCX_DEFAULT ": it is a directory\n" NOTICE(
		 SCX_DEFAULT) "warning: " SCX_DEFAULT " is left out\n",
	 .nr_errors = 1},
};

static void test_dropins(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(dropins); i++)
		check_scene(*state, &dropins[i]);
}

static void test_bad_dropins(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad_dropins); i++)
		check_scene(*state, &bad_dropins[i]);
}

static void test_legacy(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(legacy); i++)
		check_scene(*state, &legacy[i]);
}

static void test_environments(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(environments); i++)
		check_scene(*state, &environments[i]);
}

static void make_link(struct test_root *root, const char *target, const char *path)
{
	_cleanup_free_ char *full = NULL;

	/* for its directory */
	write_root(root, path, "");
	assert_true(asprintf(&full, "%s%s", root->dir, path) > 0);
	assert_int_equal(unlink(full), 0);
	assert_int_equal(symlink(target, full), 0);
}

static void test_links(void **state)
{
	static const struct {
		const char *target;
		const char *sched, *messages;
	} links[] = {
		{"/dev/null", "none", ""},
		{"../other", "scx_a", ""},
		{"absent", "none",
		 "error: cannot read " ETC_D "x.toml: No such file or directory\n"
		 "warning: " ETC_D "x.toml is left out\n"},
		{"/dev/zero", "none",
		 "error: cannot read " ETC_D "x.toml: it is not a regular file\n"
		 "warning: " ETC_D "x.toml is left out\n"},
	};
	struct test_root *root = *state;

	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		_cleanup_fixture_ struct fixture f;

		remove_files(root);
		fixture_init(&f, root);
		write_root(root, VENDOR_D "x.toml", "default_sched = 'scx_b'");
		write_root(root, AIOS_SYSCONFDIR "/other", "default_sched = 'scx_a'");
		make_link(root, links[i].target, ETC_D "x.toml");
		assert_int_equal(load(&f), 0);
		assert_string_equal(messages_text(&f.m), links[i].messages);
		assert_string_equal(sched(&f), links[i].sched);
	}
}

/* Upstream's [power_profiles] is our [profiles]. */
static void test_power_profiles(void **state)
{
	struct test_root *root = *state;
	_cleanup_fixture_ struct fixture f;

	fixture_init(&f, root);
	write_root(root, SCX_TOML,
		   "[power_profiles]\nenabled = true\npower_saver = 'PowerSave'\n"
		   "performance = 'Gaming'\n");
	assert_int_equal(load(&f), 0);
	assert_string_equal(messages_text(&f.m), NOTICE(SCX_TOML));
	assert_true(f.config.profiles.enabled.value);
	assert_int_equal(f.config.profiles.power_saver.value, MODE_POWERSAVE);
	assert_int_equal(f.config.profiles.performance.value, MODE_GAMING);
	assert_int_equal(f.config.profiles.balanced.value, CONFIG_NO_MODE);
	assert_string_equal(f.config.profiles.enabled.origin.file, SCX_TOML);
	assert_int_equal(f.config.profiles.enabled.origin.pos.line, 2);
}

static void test_environment_limits(void **state)
{
	static const struct {
		size_t n;
		const char *part, *messages;
	} limits[] = {
		{128, " x", NOTICE(SCX_DEFAULT)},
		{129, " x",
		 NOTICE(SCX_DEFAULT) "error: " SCX_DEFAULT
				     ":2:11: SCX_FLAGS has more than 128 words\n"
				     "warning: " SCX_DEFAULT " is left out\n"},
		{4096, "x", NOTICE(SCX_DEFAULT)},
		{4097, "x",
		 NOTICE(SCX_DEFAULT) "error: " SCX_DEFAULT
				     ":2:11: SCX_FLAGS has a word of more than 4096 bytes\n"
				     "warning: " SCX_DEFAULT " is left out\n"},
	};
	struct test_root *root = *state;

	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		_cleanup_fixture_ struct fixture f;
		_cleanup_free_ char *text = NULL;
		size_t size;
		FILE *out = open_memstream(&text, &size);

		assert_non_null(out);
		(void)fputs("SCX_SCHEDULER=scx_b\nSCX_FLAGS=\"", out);
		for (size_t k = 0; k < limits[i].n; k++)
			(void)fputs(limits[i].part, out);
		(void)fputs("\"\n", out);
		assert_int_equal(fclose(out), 0);
		fixture_init(&f, root);
		write_root(root, SCX_DEFAULT, text);
		assert_int_equal(load(&f), 0);
		assert_string_equal(messages_text(&f.m), limits[i].messages);
	}
}

/* A bad main file keeps what there was; the vendor's file is there to start with. */
static void test_bad_main(void **state)
{
	static const struct {
		const char *vendor, *etc, *sched;
	} cases[] = {
		{"default_sched = 'scx_b'", "]", "scx_b"},
		{"default_sched = 'scx_b'", "default_sched = 'scx_c'", "scx_b"},
		{"]", "default_sched = 'scx_a'", "none"},
		{"default_sched = 'scx_c'", "", "none"},
	};
	struct test_root *root = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_fixture_ struct fixture f;

		remove_files(root);
		fixture_init(&f, root);
		write_root(root, ETC, "default_sched = 'scx_a'\n");
		assert_int_equal(load(&f), 0);
		write_root(root, VENDOR, cases[i].vendor);
		write_root(root, ETC, cases[i].etc);
		assert_int_equal(load(&f), -EINVAL);
		assert_int_equal(f.m.reader.nr_errors, 1);
		assert_string_equal(sched(&f), "scx_a");
		assert_int_equal(config_load_vendor(&f.config, &f.catalog, root->fd), 0);
		assert_string_equal(sched(&f), cases[i].sched);
		assert_int_equal(f.config.failures.budget.value, 5);
	}
}

/* All files are looked at, whatever is wrong with the first. */
static void test_bad_everywhere(void **state)
{
	struct test_root *root = *state;
	_cleanup_fixture_ struct fixture f;

	fixture_init(&f, root);
	write_root(root, VENDOR, "default_mode = 1");
	write_root(root, ETC, "default_mode = 2");
	write_root(root, ETC_D "1.toml", "default_mode = 3");
	assert_int_equal(load(&f), -EINVAL);
	assert_int_equal(f.m.reader.nr_errors, 3);
	assert_string_equal(
		messages_text(&f.m),
		"error: " VENDOR ":1:16: default_mode must be a string, not an integer\n"
		"error: " ETC ":1:16: default_mode must be a string, not an integer\n"
		"error: " ETC_D "1.toml:1:16: default_mode must be a string, not an integer\n"
		"warning: " ETC_D "1.toml is left out\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_root(test_dropins),
		test_with_root(test_bad_dropins),
		test_with_root(test_links),
		test_with_root(test_legacy),
		test_with_root(test_power_profiles),
		test_with_root(test_environments),
		test_with_root(test_environment_limits),
		test_with_root(test_bad_main),
		test_with_root(test_bad_everywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
