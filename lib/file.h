/* SPDX-License-Identifier: GPL-2.0-only */
/* Small files: reading what somebody else wrote, without ever blocking on it; replacing our own. */
#pragma once

#include <stddef.h>

/* Where @root_fd is looked at: the absolute @path without its slash. */
static inline const char *below_root(const char *path)
{
	return path[0] == '/' ? path + 1 : path;
}

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

/*
 * Replaces the file as a whole, so that nobody ever sees a part of it; mode 0644 less the
 * umask. Errors of open(), write() and rename().
 */
int write_file(int dir_fd, const char *path, const char *data, size_t size);
/*
 * The same, and it stays replaced if the machine hangs the next moment. That waits for the
 * disk. Errors of fsync(), too.
 */
int write_file_durably(int dir_fd, const char *path, const char *data, size_t size);
