/* SPDX-License-Identifier: GPL-2.0-only */
/* What cmocka wants included before itself, and what several tests need: files, printed text. */
#pragma once

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "lib/util.h"

/* Writes @dir/@name, with the directories in between. */
static inline void test_write(const char *dir, const char *name, const char *text)
{
	_cleanup_free_ char *path = NULL;
	FILE *f;

	assert_true(asprintf(&path, "%s/%s", dir, name) > 0);
	for (char *c = path + strlen(dir) + 1; (c = strchr(c, '/')); *c++ = '/') {
		*c = '\0';
		assert_true(mkdir(path, 0755) == 0 || errno == EEXIST);
	}
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

/* What @print writes, to be freed by the caller. */
static inline char *test_printed(void (*print)(FILE *f))
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	print(f);
	assert_int_equal(fclose(f), 0);
	return text;
}

/* A directory of its own for each test of a group, as its cmocka state. */
struct test_root {
	char *dir;
	int fd;
};

static inline int test_root_setup(void **state)
{
	struct test_root *root = calloc(1, sizeof(*root));
	const char *tmp = getenv("TMPDIR");

	assert_non_null(root);
	assert_true(asprintf(&root->dir, "%s/aios-test-XXXXXX", tmp ?: "/tmp") > 0);
	assert_non_null(mkdtemp(root->dir));
	root->fd = open(root->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(root->fd >= 0);
	*state = root;
	return 0;
}

static inline int test_root_teardown(void **state)
{
	struct test_root *root = *state;
	_cleanup_free_ char *command = NULL;

	assert_true(asprintf(&command, "rm -rf '%s'", root->dir) > 0);
	assert_int_equal(system(command), 0);
	closep(&root->fd);
	free(root->dir);
	free(root);
	return 0;
}

#define test_with_root(f) cmocka_unit_test_setup_teardown(f, test_root_setup, test_root_teardown)
