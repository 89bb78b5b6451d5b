// SPDX-License-Identifier: GPL-2.0-only
#include "loader/unit_exit.h"
#include "test.h"

static const struct {
	struct unit_exit exit;
	const char *word, *text;
	bool is_hopeless;
} cases[] = {
	{{UNIT_EXITED, 0, NULL}, "ended", "ended before it was ready", false},
	{{UNIT_EXITED, 0, "bye"}, "ended", "ended before it was ready: bye", false},
	{{UNIT_EXITED, 1, NULL}, "failed", "failed: exit status 1", false},
	{{UNIT_EXITED, 1, "no memory"}, "failed", "failed: no memory", false},
	{{UNIT_EXITED, 2, NULL}, "usage", "rejected its command line", true},
	{{UNIT_EXITED, 2, "no option -x"},
	 "usage",
	 "rejected its command line: no option -x",
	 true},
	{{UNIT_EXITED, 3, ""}, "kernel", "cannot run on this kernel", true},
	{{UNIT_EXITED, 3, "no BTF"}, "kernel", "cannot run on this kernel: no BTF", true},
	{{UNIT_EXITED, 4, ""}, "ejected", "was ejected by the kernel", false},
	{{UNIT_EXITED, 4, "runnable task stall"},
	 "ejected",
	 "was ejected by the kernel: runnable task stall",
	 false},
	{{UNIT_EXITED, 5, ""}, "failed", "failed: exit status 5", false},
	{{UNIT_EXITED, 255, ""}, "failed", "failed: exit status 255", false},
	/* numbers of signals are no exit statuses */
	{{UNIT_KILLED, 2, NULL}, "killed", "was killed by signal 2 (Interrupt)", false},
	{{UNIT_KILLED, 3, NULL}, "killed", "was killed by signal 3 (Quit)", false},
	{{UNIT_KILLED, 9, ""}, "killed", "was killed by signal 9 (Killed)", false},
	{{UNIT_KILLED, 9, "out of memory"}, "killed", "was killed: out of memory", false},
	{{UNIT_KILLED, 0, NULL}, "killed", "was killed by signal 0 (unknown)", false},
	{{UNIT_KILLED, 1000, NULL}, "killed", "was killed by signal 1000 (unknown)", false},
	{{UNIT_TIMEOUT, 0, NULL}, "timeout", "did not answer in time", false},
	{{UNIT_TIMEOUT, 2, ""}, "timeout", "did not answer in time", false},
	{{UNIT_NO_EXEC, 0, NULL}, "missing", "could not be executed", true},
	{{UNIT_NO_EXEC, 203, "/bin/scx_a"}, "missing", "could not be executed: /bin/scx_a", true},
	{{UNIT_REFUSED, 0, ""}, "refused", "could not be started", false},
	{{UNIT_REFUSED, 0, "Access denied"},
	 "refused",
	 "could not be started: Access denied",
	 false},
};

static void test_endings(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *text = unit_exit_describe(&cases[i].exit);

		assert_string_equal(text, cases[i].text);
		assert_string_equal(unit_exit_word(&cases[i].exit), cases[i].word);
		assert_int_equal(unit_exit_is_hopeless(&cases[i].exit), cases[i].is_hopeless);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_endings)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
