// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
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

/* Sizes around those at which the buffer grows. */
static void test_large(void **state)
{
	static const size_t sizes[] = {16383, 16384, 16385, 32767, 32768, 32769, 100000};
	struct test_root *root = *state;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		_cleanup_free_ char *written = malloc(sizes[i] + 1), *text = NULL;
		size_t size;

		assert_non_null(written);
		for (size_t k = 0; k < sizes[i]; k++)
			written[k] = (char)('a' + k % 26);
		written[sizes[i]] = '\0';
		test_write(root->dir, "a", written);
		assert_int_equal(read_file(root->fd, "a", sizes[i], &text, &size), 0);
		assert_int_equal(size, sizes[i]);
		assert_string_equal(text, written);
		assert_int_equal(try(root, "a", sizes[i] - 1), -EFBIG);
	}
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

static int write_text(const struct test_root *root, const char *name, const char *text)
{
	int r = write_file(root->fd, name, text, strlen(text));

	assert_int_equal(write_file_durably(root->fd, name, text, strlen(text)), r);
	return r;
}

static void expect_file(const struct test_root *root, const char *name, const char *expected)
{
	_cleanup_free_ char *text = NULL;
	size_t size;

	assert_int_equal(read_file(root->fd, name, 100, &text, &size), 0);
	assert_int_equal(size, strlen(expected));
	assert_string_equal(text, expected);
}

static void expect_absent(const struct test_root *root, const char *name)
{
	assert_int_equal(faccessat(root->fd, name, F_OK, AT_SYMLINK_NOFOLLOW), -1);
	assert_int_equal(errno, ENOENT);
}

/* Who has the old file open goes on reading that. */
static void test_replace(void **state)
{
	struct test_root *root = *state;
	_cleanup_close_ int old = -1;
	char buffer[10] = "";
	struct stat st;

	test_write(root->dir, "dir/x", "");
	assert_int_equal(write_text(root, "dir/a", "a long old text\n"), 0);
	expect_file(root, "dir/a", "a long old text\n");
	old = openat(root->fd, "dir/a", O_RDONLY | O_CLOEXEC);
	assert_true(old >= 0);
	assert_int_equal(write_text(root, "dir/a", "new\n"), 0);
	expect_file(root, "dir/a", "new\n");
	assert_int_equal(read(old, buffer, 6), 6);
	assert_string_equal(buffer, "a long");
	expect_absent(root, "dir/a.new");
	assert_int_equal(fstatat(root->fd, "dir/a", &st, 0), 0);
	assert_int_equal(st.st_mode & 07133, 0);
	assert_int_equal(write_text(root, "empty", ""), 0);
	expect_file(root, "empty", "");
}

/* What an interrupted writer has left is no hindrance. */
static void test_write_left_over(void **state)
{
	struct test_root *root = *state;

	test_write(root->dir, "a.new", "a part of something long");
	assert_int_equal(write_text(root, "a", "new"), 0);
	expect_file(root, "a", "new");
	expect_absent(root, "a.new");
}

static void test_write_links(void **state)
{
	struct test_root *root = *state;

	test_write(root->dir, "precious", "precious");
	assert_int_equal(symlinkat("precious", root->fd, "a"), 0);
	assert_int_equal(write_text(root, "a", "new"), 0);
	expect_file(root, "a", "new");
	assert_int_equal(symlinkat("precious", root->fd, "b.new"), 0);
	assert_int_equal(write_text(root, "b", "new"), -ELOOP);
	expect_absent(root, "b");
	expect_file(root, "precious", "precious");
}

static void test_write_refused(void **state)
{
	struct test_root *root = *state;

	test_write(root->dir, "dir/x", "");
	assert_int_equal(write_text(root, "dir", "new"), -EISDIR);
	expect_absent(root, "dir.new");
	assert_int_equal(write_text(root, "absent/a", "new"), -ENOENT);
	assert_int_equal(write_text(root, "dir/x/a", "new"), -ENOTDIR);
	expect_file(root, "dir/x", "");
}

/* A limit on the size of files stands for a disk that is full. */
static void test_write_full_disk(void **state)
{
	struct test_root *root = *state;
	struct rlimit old, small;
	sighandler_t handler = signal(SIGXFSZ, SIG_IGN);
	int r;

	assert_int_equal(write_text(root, "a", "old"), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = (struct rlimit){4, old.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	r = write_text(root, "a", "12345678");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	(void)signal(SIGXFSZ, handler);
	assert_int_equal(r, -EFBIG);
	expect_file(root, "a", "old");
	expect_absent(root, "a.new");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_root(test_whole),
		test_with_root(test_empty),
		test_with_root(test_large),
		test_with_root(test_refused),
		test_with_root(test_fifo),
		test_with_root(test_sysfs_line),
		test_with_root(test_replace),
		test_with_root(test_write_left_over),
		test_with_root(test_write_links),
		test_with_root(test_write_refused),
		test_with_root(test_write_full_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
