// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <sys/utsname.h>

#include "lib/file.h"
#include "lib/json.h"
#include "lib/strv.h"
#include "loader/state.h"
#include "test.h"

#define REQUEST "run/aios/request"
#define FAILURES "var/lib/aios/failures"
#define BOOTS "var/lib/aios/boots"
#define PROGRAM below_root(AIOS_BINDIR "/scx_a")
#define BOOT_ID "proc/sys/kernel/random/boot_id"

/* As systemd makes the directories, in a root of the test's own. */
static int setup(void **state)
{
	struct test_root *root;

	assert_int_equal(test_root_setup(state), 0);
	root = *state;
	test_write(root->dir, BOOT_ID, "boot-1\n");
	test_write(root->dir, "run/aios/.x", "");
	test_write(root->dir, "var/lib/aios/.x", "");
	return 0;
}

/* --- what is wanted */

static void test_request(void **state)
{
	char *const args[] = {(char[]){"-x"}, (char[]){"a \"b\"\n\xc3\xa4"}, NULL};
	char *const none[] = {NULL};
	static char scx_a[] = "scx_a";
	const struct request requests[] = {
		{.source = SOURCE_BOOT},
		{.source = SOURCE_USER, .sched = scx_a, .mode = MODE_SERVER},
		{.source = SOURCE_PROFILE, .sched = scx_a, .mode = MODE_POWERSAVE},
		{.source = SOURCE_USER, .sched = scx_a, .args = (char **)args},
		{.source = SOURCE_USER, .sched = scx_a, .args = (char **)none},
	};
	struct test_root *root = *state;

	for (size_t i = 0; i < ARRAY_SIZE(requests); i++) {
		_cleanup_request_ struct request r = {};

		assert_int_equal(state_save_request(root->fd, &requests[i]), 0);
		assert_int_equal(state_load_request(root->fd, &r), 0);
		assert_true(request_equal(&r, &requests[i]));
		assert_int_equal(r.source, requests[i].source);
	}
}

static void test_no_request(void **state)
{
	struct test_root *root = *state;
	struct request r = {};

	assert_int_equal(state_load_request(root->fd, &r), -ENOENT);
	assert_int_equal(unlinkat(root->fd, "run/aios/.x", 0), 0);
	assert_int_equal(unlinkat(root->fd, "run/aios", AT_REMOVEDIR), 0);
	assert_int_equal(state_load_request(root->fd, &r), -ENOENT);
	assert_int_equal(state_save_request(root->fd, &r), -ENOENT);
}

static void test_broken_request(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"{",
		"[]",
		"null",
		"17",
		"\"scx_a\"",
		"{}",
		"{\"source\":\"user\"}",
		"{\"mode\":\"Auto\"}",
		"{\"source\":\"nobody\",\"mode\":\"Auto\"}",
		"{\"source\":\"user\",\"mode\":\"auto\"}",
		"{\"source\":1,\"mode\":\"Auto\"}",
		"{\"source\":\"user\",\"mode\":0}",
		"{\"source\":\"user\",\"mode\":null}",
		"{\"source\":\"user\",\"mode\":\"Auto\",\"args\":\"-x\"}",
		"{\"source\":\"user\",\"mode\":\"Auto\",\"args\":[1]}",
		"{\"source\":\"user\",\"mode\":\"Auto\",\"args\":[\"-x\",[\"-y\"]]}",
		"{\"source\":\"user\",\"mode\":\"Auto\",\"args\":{\"-x\":\"-y\"}}",
		"{\"source\":\"user\",\"mode\":\"Auto\",\"scheduler\":\"\xff\"}",
	};
	struct test_root *root = *state;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct request r = {.mode = MODE_SERVER};

		test_write(root->dir, REQUEST, texts[i]);
		if (state_load_request(root->fd, &r) >= 0)
			fail_msg("accepted: %s", texts[i]);
		/* nothing has been touched */
		assert_int_equal(r.mode, MODE_SERVER);
		assert_null(r.sched);
		assert_null(r.args);
	}
}

/* What a later version may add is no reason to forget the rest. */
static void test_unknown_member(void **state)
{
	struct test_root *root = *state;
	_cleanup_request_ struct request r = {};

	test_write(root->dir, REQUEST,
		   "{\"x\":[{}],\"source\":\"user\",\"scheduler\":\"scx_a\",\"mode\":\"Gaming\"}");
	assert_int_equal(state_load_request(root->fd, &r), 0);
	assert_int_equal(r.source, SOURCE_USER);
	assert_string_equal(r.sched, "scx_a");
	assert_int_equal(r.mode, MODE_GAMING);
}

/* --- records of failures */

static const struct failure_record record = {"scx_a", "scx_a in Auto mode", "ejected",
					     "was ejected by the kernel: stall"};

static void add_failure(const struct test_root *root, uint64_t nr)
{
	_cleanup_free_ char *dump = NULL;

	assert_int_equal(state_add_failure(root->fd, nr, &record, &dump), 0);
}

static void write_dump(const struct test_root *root, uint64_t nr, size_t size)
{
	_cleanup_free_ char *path = state_dump_path(nr), *text = calloc(1, size + 1);

	assert_non_null(text);
	memset(text, 'x', size);
	assert_int_equal(mkdirat(root->fd, FAILURES, 0755) < 0 && errno != EEXIST, 0);
	test_write(root->dir, path + 1, text);
}

static bool is_there(const struct test_root *root, uint64_t nr, const char *extension)
{
	_cleanup_free_ char *path = NULL;

	assert_true(asprintf(&path, FAILURES "/%" PRIu64 "%s", nr, extension) > 0);
	return faccessat(root->fd, path, F_OK, 0) == 0;
}

/* The numbers of all records, "1 2 3". */
static void expect_records(const struct test_root *root, const char *expected)
{
	_cleanup_json_ sd_json_variant *all = NULL;
	_cleanup_strv_ char **numbers = NULL;
	_cleanup_free_ char *text = NULL;

	assert_int_equal(state_read_failures(root->fd, &all), 0);
	assert_true(sd_json_variant_is_array(all));
	for (size_t i = 0; i < sd_json_variant_elements(all); i++) {
		sd_json_variant *v = sd_json_variant_by_index(all, i);
		char number[24];

		(void)snprintf(number, sizeof(number), "%" PRIu64,
			       sd_json_variant_unsigned(sd_json_variant_by_key(v, "number")));
		assert_int_equal(strv_extend(&numbers, number), 0);
	}
	text = strv_join(numbers, " ");
	assert_string_equal(text, expected);
}

static void expect_member(sd_json_variant *object, const char *key, const char *expected)
{
	sd_json_variant *v = sd_json_variant_by_key(object, key);

	assert_true(sd_json_variant_is_string(v));
	assert_string_equal(sd_json_variant_string(v), expected);
}

static void test_no_failures(void **state)
{
	struct test_root *root = *state;

	expect_records(root, "");
	assert_int_equal(state_next_number(root->fd), 1);
}

static void test_failure(void **state)
{
	struct test_root *root = *state;
	_cleanup_json_ sd_json_variant *all = NULL;
	_cleanup_free_ char *dump = NULL;
	sd_json_variant *v;
	struct utsname uts;

	assert_int_equal(uname(&uts), 0);
	write_dump(root, 7, 10);
	assert_int_equal(state_add_failure(root->fd, 7, &record, &dump), 0);
	assert_string_equal(dump, "/" FAILURES "/7.dump");
	assert_int_equal(state_read_failures(root->fd, &all), 0);
	assert_int_equal(sd_json_variant_elements(all), 1);
	v = sd_json_variant_by_index(all, 0);
	assert_int_equal(sd_json_variant_unsigned(sd_json_variant_by_key(v, "number")), 7);
	assert_true(sd_json_variant_integer(sd_json_variant_by_key(v, "time")) > 0);
	expect_member(v, "scheduler", "scx_a");
	expect_member(v, "what", "scx_a in Auto mode");
	expect_member(v, "kind", "ejected");
	expect_member(v, "reason", "was ejected by the kernel: stall");
	expect_member(v, "kernel", uts.release);
	expect_member(v, "dump", "/" FAILURES "/7.dump");
	assert_int_equal(state_next_number(root->fd), 8);
}

static void test_failure_without_dump(void **state)
{
	struct test_root *root = *state;
	_cleanup_json_ sd_json_variant *all = NULL;
	char *dump = (char *)"none";

	assert_int_equal(state_add_failure(root->fd, 1, &record, &dump), 0);
	assert_null(dump);
	assert_int_equal(state_read_failures(root->fd, &all), 0);
	assert_null(sd_json_variant_by_key(sd_json_variant_by_index(all, 0), "dump"));
}

/* Not as text: 10 comes after 9. */
static void test_order(void **state)
{
	static const uint64_t numbers[] = {10, 2, 9, 100, 1};
	struct test_root *root = *state;

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		add_failure(root, numbers[i]);
	expect_records(root, "1 2 9 10 100");
	assert_int_equal(state_next_number(root->fd), 101);
	/* a dump whose scheduler has not been recorded yet has its number, too */
	write_dump(root, 101, 1);
	assert_int_equal(state_next_number(root->fd), 102);
	expect_records(root, "1 2 9 10 100");
}

/* Files that are not the loader's, or not any more, are left out and left alone. */
static void test_broken_records(void **state)
{
	static const char *const names[] = {
		"0.json",
		"007.json",
		"-1.json",
		"+5.json",
		" 6.json",
		".json",
		"8",
		"9.json.new",
		"10.txt",
		"x11.json",
		"12 .json",
		"0x1.json",
		"13..json",
		"1e3.json",
		"99999999999999999999.json",
		"18446744073709551615.json",
	};
	struct test_root *root = *state;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_free_ char *path = NULL;

		assert_true(asprintf(&path, FAILURES "/%s", names[i]) > 0);
		test_write(root->dir, path, "{\"number\":77}");
	}
	assert_int_equal(state_next_number(root->fd), 1);
	expect_records(root, "");
	test_write(root->dir, FAILURES "/1.json", "{");
	test_write(root->dir, FAILURES "/2.json", "[]");
	test_write(root->dir, FAILURES "/3.json/x", "");
	test_write(root->dir, FAILURES "/4.json", "");
	assert_int_equal(symlinkat("4.json", root->fd, FAILURES "/5.json"), 0);
	assert_int_equal(state_next_number(root->fd), 6);
	add_failure(root, 6);
	expect_records(root, "6");
	for (unsigned i = 7; i < 60; i++)
		add_failure(root, i);
	/* the oldest cannot be removed: that is not tried for ever */
	assert_true(is_there(root, 59, ".json"));
	assert_true(is_there(root, 3, ".json"));
	assert_int_equal(faccessat(root->fd, FAILURES "/007.json", F_OK, 0), 0);
}

static void test_prune_by_number(void **state)
{
	struct test_root *root = *state;
	unsigned last = STATE_MAX_RECORDS + 5;

	for (unsigned i = 1; i <= last; i++) {
		write_dump(root, i, 1);
		add_failure(root, i);
		assert_true(is_there(root, i, ".json") && is_there(root, i, ".dump"));
	}
	for (unsigned i = 1; i <= last; i++) {
		assert_int_equal(is_there(root, i, ".json"), i > 5);
		assert_int_equal(is_there(root, i, ".dump"), i > 5);
	}
}

static void test_prune_by_number_without_dumps(void **state)
{
	struct test_root *root = *state;
	unsigned last = 2 * STATE_MAX_RECORDS + 1;

	for (unsigned i = 1; i <= last; i++)
		add_failure(root, i);
	for (unsigned i = 1; i <= last; i++)
		assert_int_equal(is_there(root, i, ".json"), i > 1);
}

static void test_prune_by_size(void **state)
{
	struct test_root *root = *state;
	const size_t half = STATE_MAX_BYTES / 2 - 4096;

	add_failure(root, 1);
	write_dump(root, 2, half);
	add_failure(root, 2);
	write_dump(root, 3, half);
	add_failure(root, 3);
	expect_records(root, "1 2 3");
	write_dump(root, 4, half);
	add_failure(root, 4);
	expect_records(root, "3 4");
	assert_false(is_there(root, 2, ".dump"));
	/* the newest is kept, but without a dump that is too large by itself */
	write_dump(root, 5, STATE_MAX_BYTES);
	add_failure(root, 5);
	expect_records(root, "5");
	assert_false(is_there(root, 5, ".dump"));
}

static void test_failure_cannot_be_written(void **state)
{
	struct test_root *root = *state;
	char *dump = NULL;

	test_write(root->dir, FAILURES, "not a directory");
	assert_int_equal(state_add_failure(root->fd, 1, &record, &dump), -ENOTDIR);
	assert_null(dump);
	expect_records(root, "");
	assert_int_equal(state_next_number(root->fd), 1);
}

/* --- attempts at boot */

static void set_program(const struct test_root *root, const char *text, time_t mtime)
{
	const struct timespec times[2] = {{mtime, 0}, {mtime, 0}};

	test_write(root->dir, PROGRAM, text);
	assert_int_equal(utimensat(root->fd, PROGRAM, times, 0), 0);
}

static void boot(const struct test_root *root, unsigned i)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "boot-%u\n", i);
	test_write(root->dir, BOOT_ID, text);
}

/* The bad boots before this one, which is counted, too; or what has failed. */
static int begin_boot(int root_fd, const char *sched)
{
	int bad = state_bad_boots(root_fd, sched);
	int r = state_begin_boot(root_fd, sched);

	return r < 0 ? r : bad;
}

static void test_boots(void **state)
{
	struct test_root *root = *state;

	set_program(root, "program", 1000);
	for (int i = 0; i < 4; i++) {
		boot(root, (unsigned)i);
		assert_int_equal(begin_boot(root->fd, "scx_a"), i);
		/* a loader that is started again is no other boot */
		assert_int_equal(begin_boot(root->fd, "scx_a"), i);
	}
	/* each scheduler has its own count */
	assert_int_equal(begin_boot(root->fd, "scx_b"), 0);
	assert_int_equal(state_clear_boot(root->fd, "scx_a"), 0);
	assert_int_equal(begin_boot(root->fd, "scx_a"), 0);
	boot(root, 5);
	assert_int_equal(begin_boot(root->fd, "scx_a"), 1);
	assert_int_equal(begin_boot(root->fd, "scx_b"), 1);
}

static void test_boot_cleared(void **state)
{
	struct test_root *root = *state;

	assert_int_equal(state_clear_boot(root->fd, "scx_a"), 0);
	assert_int_equal(faccessat(root->fd, BOOTS, F_OK, 0), -1);
	assert_int_equal(begin_boot(root->fd, "scx_a"), 0);
	assert_int_equal(state_clear_boot(root->fd, "scx_b"), 0);
	assert_int_equal(state_clear_boot(root->fd, "scx_a"), 0);
	assert_int_equal(state_clear_boot(root->fd, "scx_a"), 0);
	boot(root, 2);
	assert_int_equal(begin_boot(root->fd, "scx_a"), 0);
}

/* Another program deserves another chance, and so does one that has come or gone. */
static void test_boot_key(void **state)
{
	struct test_root *root = *state;
	static const struct {
		const char *text; /* NULL: no program */
		time_t mtime;
		int expected;
	} boots[] = {
		{"program", 1000, 0}, {"program", 1000, 1},   {"program", 1001, 0},
		{"program", 1001, 1}, {"program 2", 1001, 0}, {"program 2", 1001, 1},
		{NULL, 0, 0},         {NULL, 0, 1},           {"program 2", 1001, 0},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(boots); i++) {
		boot(root, i);
		if (boots[i].text)
			set_program(root, boots[i].text, boots[i].mtime);
		else
			(void)unlinkat(root->fd, PROGRAM, 0);
		assert_int_equal(begin_boot(root->fd, "scx_a"), boots[i].expected);
	}
}

static void write_boots(const struct test_root *root, const char *key, const char *count)
{
	_cleanup_free_ char *text = NULL;

	assert_true(asprintf(&text, "{\"scx_a\":{\"key\":\"%s\",\"boot\":\"boot-0\",\"count\":%s}}",
			     key, count) > 0);
	test_write(root->dir, BOOTS, text);
}

/* The running kernel is part of the key. */
static void test_boot_kernel(void **state)
{
	struct test_root *root = *state;
	_cleanup_free_ char *same = NULL, *other = NULL;
	struct utsname uts;

	assert_int_equal(uname(&uts), 0);
	set_program(root, "program", 1000);
	assert_true(asprintf(&same, "%s 7 1000", uts.release) > 0);
	assert_true(asprintf(&other, "%sx 7 1000", uts.release) > 0);
	write_boots(root, same, "3");
	assert_int_equal(begin_boot(root->fd, "scx_a"), 3);
	write_boots(root, other, "3");
	assert_int_equal(begin_boot(root->fd, "scx_a"), 0);
}

static void test_hostile_count(void **state)
{
	static const char *const counts[] = {
		"-1",    "0",    "2147483647", "4294967295", "18446744073709551615", "1e300", "1.5",
		"\"3\"", "null", "[3]",        "{}",
	};
	struct test_root *root = *state;
	_cleanup_free_ char *key = NULL;
	struct utsname uts;

	assert_int_equal(uname(&uts), 0);
	set_program(root, "program", 1000);
	assert_true(asprintf(&key, "%s 7 1000", uts.release) > 0);
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		boot(root, 1);
		write_boots(root, key, counts[i]);
		assert_int_equal(begin_boot(root->fd, "scx_a"), 0);
		boot(root, 2);
		assert_int_equal(begin_boot(root->fd, "scx_a"), 1);
	}
}

static void test_broken_boots(void **state)
{
	static const char *const texts[] = {
		"",
		"{",
		"[]",
		"null",
		"{\"scx_a\":1}",
		"{\"scx_a\":[]}",
		"{\"scx_a\":{}}",
		"{\"scx_a\":{\"key\":1,\"boot\":2,\"count\":3}}",
		"{\"scx_a\":{\"count\":3}}",
	};
	struct test_root *root = *state;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		test_write(root->dir, BOOTS, texts[i]);
		assert_int_equal(state_clear_boot(root->fd, "scx_a"), 0);
		test_write(root->dir, BOOTS, texts[i]);
		boot(root, 1);
		assert_int_equal(begin_boot(root->fd, "scx_a"), 0);
		boot(root, 2);
		assert_int_equal(begin_boot(root->fd, "scx_a"), 1);
	}
}

/* As on a disk that is full, or read-only: what is known counts. */
static void test_boots_not_written(void **state)
{
	struct test_root *root = *state;

	boot(root, 1);
	assert_int_equal(begin_boot(root->fd, "scx_a"), 0);
	boot(root, 2);
	test_write(root->dir, BOOTS ".new/x", "");
	assert_int_equal(state_begin_boot(root->fd, "scx_a"), -EISDIR);
	assert_int_equal(state_bad_boots(root->fd, "scx_a"), 1);
}

static void test_boot_without_files(void **state)
{
	struct test_root *root = *state;

	assert_int_equal(unlinkat(root->fd, BOOT_ID, 0), 0);
	assert_int_equal(begin_boot(root->fd, "scx_a"), -ENOENT);
	boot(root, 1);
	assert_int_equal(unlinkat(root->fd, "var/lib/aios/.x", 0), 0);
	assert_int_equal(unlinkat(root->fd, "var/lib/aios", AT_REMOVEDIR), 0);
	assert_int_equal(begin_boot(root->fd, "scx_a"), -ENOENT);
	assert_int_equal(state_clear_boot(root->fd, "scx_a"), 0);
}

#define with_state(f) cmocka_unit_test_setup_teardown(f, setup, test_root_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_state(test_request),
		with_state(test_no_request),
		with_state(test_broken_request),
		with_state(test_unknown_member),
		with_state(test_no_failures),
		with_state(test_failure),
		with_state(test_failure_without_dump),
		with_state(test_order),
		with_state(test_broken_records),
		with_state(test_prune_by_number),
		with_state(test_prune_by_number_without_dumps),
		with_state(test_prune_by_size),
		with_state(test_failure_cannot_be_written),
		with_state(test_boots),
		with_state(test_boot_cleared),
		with_state(test_boot_key),
		with_state(test_boot_kernel),
		with_state(test_hostile_count),
		with_state(test_broken_boots),
		with_state(test_boots_not_written),
		with_state(test_boot_without_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
