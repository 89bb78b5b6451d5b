// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>

#include "lib/log.h"
#include "test.h"

/* What @level, logged with @max as the maximum, leaves on stderr. */
static char *logged(struct test_root *root, enum log_level level, enum log_level max)
{
	int fd = openat(root->fd, "out", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int saved = dup(STDERR_FILENO);
	char *text = calloc(1, 200);

	assert_true(fd >= 0 && saved >= 0 && text);
	assert_true(dup2(fd, STDERR_FILENO) >= 0);
	log_set_max_level(max);
	log_message(level, "cannot open %s", "x");
	log_set_max_level(LOG_LEVEL_INFO);
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
	assert_true(pread(fd, text, 199, 0) >= 0);
	closep(&fd);
	closep(&saved);
	return text;
}

static void test_terminal(void **state)
{
	_cleanup_free_ char *shown = NULL, *dropped = NULL;

	log_open("prog");
	shown = logged(*state, LOG_LEVEL_WARNING, LOG_LEVEL_WARNING);
	dropped = logged(*state, LOG_LEVEL_INFO, LOG_LEVEL_WARNING);
	assert_string_equal(shown, "prog: cannot open x\n");
	assert_string_equal(dropped, "");
}

static void test_errno(void **state _unused_)
{
	assert_int_equal(log_errno(-ENOENT, "cannot read\n%s: %m", "y"), -ENOENT);
	assert_string_equal(log_last_error(), "cannot read y: No such file or directory");
	log_warning("not an error");
	assert_string_equal(log_last_error(), "cannot read y: No such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_root(test_terminal),
		cmocka_unit_test(test_errno),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
