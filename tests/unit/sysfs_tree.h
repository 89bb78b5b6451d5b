/* SPDX-License-Identifier: GPL-2.0-only */
/* Trees of sysfs below a test's own root, from the text tests/data/topology/README.md describes. */
#pragma once

#include "lib/file.h"
#include "test.h"

#define SYSFS "sys/devices/system"
#define SYSFS_TREE_MAX (1 << 20)

/* Makes the directories that lead to @path. */
static inline void make_parents(int root_fd, char *path)
{
	for (char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		assert_true(mkdirat(root_fd, path, 0755) == 0 || errno == EEXIST);
		*slash = '/';
	}
}

/* The path of @file below the root, as a new string, with the directories made. */
static inline char *place(const struct test_root *root, const char *file)
{
	char *path;

	assert_true(asprintf(&path, SYSFS "/%s", file) > 0);
	make_parents(root->fd, path);
	return path;
}

static inline void write_value(const struct test_root *root, const char *file, const char *value)
{
	_cleanup_free_ char *path = place(root, file);
	_cleanup_close_ int fd =
		openat(root->fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_true(dprintf(fd, "%s\n", value) > 0);
}

/* Lines of "PATH: VALUE"; @text is cut up. */
static inline void unpack(const struct test_root *root, char *text)
{
	char *line, *colon;

	while ((line = strsep(&text, "\n"))) {
		if (*line == '\0' || *line == '#')
			continue;
		colon = strchr(line, ':');
		assert_non_null(colon);
		*colon++ = '\0';
		write_value(root, line, *colon == ' ' ? colon + 1 : colon);
	}
}

/* The recorded tree @name. */
static inline void unpack_recorded(const struct test_root *root, const char *name)
{
	_cleanup_free_ char *path = NULL, *text = NULL;
	size_t size;

	assert_true(asprintf(&path, "%s/topology/%s.sysfs", getenv("AIOS_TEST_DATA"), name) > 0);
	assert_int_equal(read_file(AT_FDCWD, path, SYSFS_TREE_MAX, &text, &size), 0);
	unpack(root, text);
}
