/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading small files that somebody else wrote, without ever blocking on one. */
#pragma once

#include <stddef.h>

/*
 * Reads a whole regular file, relative to the directory @dir_fd (AT_FDCWD: the
 * working directory), into a new buffer that ends in NUL (not counted in *ret_size).
 * Errors: -EISDIR, -EINVAL for what is not a regular file (FIFO, device,
 * socket), -EFBIG above @max bytes, else of open() and read().
 */
int read_file(int dir_fd, const char *path, size_t max, char **ret, size_t *ret_size);

/*
 * First line of a sysfs file, without the newline. Errors: -EFBIG above 64 KiB, else
 * of open() and read().
 */
int read_sysfs_line(int dir_fd, const char *path, char **ret);
