// SPDX-License-Identifier: GPL-2.0-only
#include "lib/file.h"
#include "runtime/exit.h"
#include "test.h"

static void test_action(void **state _unused_)
{
	static const struct {
		uint8_t error, restart;
		enum exit_action action;
	} cases[] = {
		{0, 0, EXIT_ACTION_END},
		{0, 1, EXIT_ACTION_RESTART},
		{1, 0, EXIT_ACTION_EJECTED},
		{1, 1, EXIT_ACTION_EJECTED},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scx_exit_report r = {.error = cases[i].error, .restart = cases[i].restart};

		assert_int_equal(exit_action(&r), cases[i].action);
	}
}

static void test_message(void **state _unused_)
{
	struct scx_exit_report r = {.reason = "runnable task stall"};
	_cleanup_free_ char *plain = exit_message(&r), *full = NULL;

	strcpy(r.message, "stress[12] failed to run for 30.000s");
	full = exit_message(&r);
	assert_string_equal(plain, "runnable task stall");
	assert_string_equal(full, "runnable task stall (stress[12] failed to run for 30.000s)");
}

/* A report with this dump, which may fill the room to the last byte. */
static struct scx_exit_report *make_report(const char *dump)
{
	struct scx_exit_report *r = calloc(1, sizeof(*r) + strlen(dump) + 1);

	assert_non_null(r);
	strcpy(r->reason, "runnable task stall");
	r->dump_len = (uint32_t)strlen(dump);
	memcpy(r->dump, dump, strlen(dump));
	return r;
}

/* What exit_print_dump() makes of @dump. */
static char *printed(const char *dump)
{
	_cleanup_free_ struct scx_exit_report *r = make_report(dump);
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	exit_print_dump(f, r);
	assert_int_equal(fclose(f), 0);
	return text;
}

static void test_dump(void **state _unused_)
{
	_cleanup_free_ char *none = printed(""), *line = printed("cpu 0"),
			    *lines = printed("a\nb\n");

	assert_string_equal(none, "");
	assert_int_equal(strlen(line), 81 + strlen("cpu 0\n") + 81);
	assert_int_equal(strlen(lines), 81 + strlen("a\nb\n") + 81);
}

/* The file is whole or as before, whatever happens. */
static void test_save_dump(void **state _unused_)
{
	_cleanup_free_ struct scx_exit_report *r = make_report("cpu 0\n");
	char dir[] = "/tmp/aios-test.XXXXXX";
	_cleanup_free_ char *path = NULL, *command = NULL;
	size_t size;

	strcpy(r->message, "failed to run");
	assert_non_null(mkdtemp(dir));
	assert_true(asprintf(&path, "%s/dump", dir) > 0);
	assert_true(asprintf(&command, "rm -r '%s'", dir) > 0);
	for (int again = 0; again < 2; again++) {
		_cleanup_free_ char *saved = NULL;

		assert_int_equal(exit_save_dump(path, r), 0);
		assert_int_equal(read_file(AT_FDCWD, path, 4096, &saved, &size), 0);
		assert_string_equal(saved, "runnable task stall (failed to run)\n\ncpu 0\n");
	}
	assert_int_equal(system(command), 0);
	assert_int_equal(exit_save_dump(path, r), -ENOENT);
}

static void test_budget(void **state _unused_)
{
	struct restart_budget b = {};
	uint64_t start = 5000000;

	for (unsigned i = 0; i < RESTART_LIMIT; i++)
		assert_int_equal(restart_budget_take(&b, start + i), 0);
	assert_int_equal(restart_budget_take(&b, start + RESTART_WINDOW_US - 1), -EBUSY);
	assert_int_equal(restart_budget_take(&b, start + RESTART_WINDOW_US), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_action), cmocka_unit_test(test_message),
		cmocka_unit_test(test_dump),   cmocka_unit_test(test_save_dump),
		cmocka_unit_test(test_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
