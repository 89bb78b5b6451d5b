// SPDX-License-Identifier: GPL-2.0-only
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

/* What exit_print_dump() makes of @dump. */
static char *printed(const char *dump)
{
	struct scx_exit_report r = {};
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	strcpy(r.dump, dump);
	exit_print_dump(f, &r);
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
		cmocka_unit_test(test_action),
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_dump),
		cmocka_unit_test(test_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
