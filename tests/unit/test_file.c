// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <sys/stat.h>

#include "lib/file.h"
#include "test.h"

static int try(const struct test_root *root, const char *name, size_t max)
{
	_cleanup_free_ char *text = NULL;
	size_t size;

	return read_file(root->fd, name, max, &text, &size);
}

static void test_whole(void **state)
{
	struct test_root *root = *state;
	_cleanup_free_ char *text = NULL;
	size_t size;

	test_write(root->dir, "a", "one\ntwo\n");
	assert_int_equal(read_file(root->fd, "a", 8, &text, &size), 0);
	assert_int_equal(size, 8);
	assert_string_equal(text, "one\ntwo\n");
}

static void test_empty(void **state)
{
	struct test_root *root = *state;
	_cleanup_free_ char *text = NULL;
	size_t size;

	test_write(root->dir, "a", "");
	assert_int_equal(read_file(root->fd, "a", 8, &text, &size), 0);
	assert_int_equal(size, 0);
	assert_string_equal(text, "");
}

static void test_refused(void **state)
{
	struct test_root *root = *state;

	test_write(root->dir, "big", "123456789");
	test_write(root->dir, "dir/x", "");
	assert_int_equal(try(root, "big", 8), -EFBIG);
	assert_int_equal(try(root, "dir", 8), -EISDIR);
	assert_int_equal(try(root, "absent", 8), -ENOENT);
	assert_int_equal(try(root, "big/x", 8), -ENOTDIR);
	assert_int_equal(read_file(AT_FDCWD, "/dev/zero", 8, &(char *){NULL}, &(size_t){0}),
			 -EINVAL);
}

static void test_fifo(void **state)
{
	struct test_root *root = *state;
	_cleanup_free_ char *path = NULL;

	assert_true(asprintf(&path, "%s/fifo", root->dir) > 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(try(root, "fifo", 8), -EINVAL);
}

static void test_sysfs_line(void **state)
{
	struct test_root *root = *state;
	_cleanup_free_ char *line = NULL, *path = NULL, *empty = NULL;

	test_write(root->dir, "state", "enabled\nrest\n");
	assert_int_equal(read_sysfs_line(root->fd, "state", &line), 0);
	assert_string_equal(line, "enabled");
	assert_true(asprintf(&path, "%s/fifo", root->dir) > 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(read_sysfs_line(root->fd, "fifo", &empty), 0);
	assert_string_equal(empty, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_root(test_whole),      test_with_root(test_empty),
		test_with_root(test_refused),    test_with_root(test_fifo),
		test_with_root(test_sysfs_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
