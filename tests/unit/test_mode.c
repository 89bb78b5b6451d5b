// SPDX-License-Identifier: GPL-2.0-only
#include "lib/mode.h"
#include "test.h"

/* The numbers are part of a published D-Bus interface. */
static void test_numbers(void **state _unused_)
{
	assert_int_equal(mode_from_name("Auto"), 0);
	assert_int_equal(mode_from_name("Gaming"), 1);
	assert_int_equal(mode_from_name("PowerSave"), 2);
	assert_int_equal(mode_from_name("LowLatency"), 3);
	assert_int_equal(mode_from_name("Server"), 4);
}

static void test_unknown(void **state _unused_)
{
	assert_int_equal(mode_from_name("auto"), -EINVAL);
	assert_int_equal(mode_from_name("Powersave"), -EINVAL);
	assert_int_equal(mode_from_name(""), -EINVAL);
}

static void test_table(void **state _unused_)
{
	for (int mode = 0; mode < NR_MODES; mode++) {
		_cleanup_free_ char *key = NULL;

		assert_true(asprintf(&key, "%s_mode", mode_table[mode].cli_name) > 0);
		assert_string_equal(mode_table[mode].toml_key, key);
		assert_int_equal(strcasecmp(mode_table[mode].cli_name, mode_table[mode].name), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
