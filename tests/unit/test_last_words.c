// SPDX-License-Identifier: GPL-2.0-only
#include "bench/command.h"
#include "bench/last_words.h"
#include "test.h"

static const struct {
	const char *script, *words;
} cases[] = {
	{"exit 3", "exit status 3"},
	{"echo; echo prog: bad luck; echo; exit 2", "exit status 2: bad luck"},
	{"echo program: bad luck; exit 2", "exit status 2: program: bad luck"},
	{"echo prog: ejected by the kernel: stall; echo later; exit 4",
	 "ejected by the kernel: stall"},
	{"echo prog: loading again: hotplug; echo prog: ejected by the kernel: x; exit 4",
	 "ejected by the kernel: x"},
	{"echo ended: by SysRq", "ended: by SysRq"},
	{"echo bye; kill -KILL $$", "was killed by signal 9 (Killed)"},
	{"printf 'a\\033[31mb\\n'; exit 1", "exit status 1: a [31mb"},
};

static void test_words(void **state _unused_)
{
	sd_event *event;

	assert_int_equal(sd_event_new(&event), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *argv[] = {(char[]){"sh"}, (char[]){"-c"}, (char *)cases[i].script, NULL};
		const struct command c = {.spec.argv = argv, .timeout_us = 60000000};
		_cleanup_command_result_ struct command_result result = {};
		_cleanup_free_ char *words = NULL;

		assert_int_equal(command_run(event, &c, &result), 0);
		words = last_words(result.child, "prog");
		assert_string_equal(words, cases[i].words);
	}
	sd_event_unref(event);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
