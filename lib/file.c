// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "file.h"
#include "util.h"

/* sysfs attributes are at most a page long, but for lists of thousands of CPUs */
#define SYSFS_MAX (1 << 16)

/* most files are smaller */
#define FIRST_READ (1 << 14)

/* Reads to the end or until @size bytes are there; the number of bytes or a negative errno. */
static ssize_t read_full(int fd, char *buffer, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = read(fd, buffer + done, size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

/* The buffer grows with what is there: @max is a limit, and fstat() may tell too little. */
static int read_fd(int fd, size_t max, char **ret, size_t *ret_size)
{
	_cleanup_free_ char *buffer = NULL;
	size_t size = 0, room = FIRST_READ / 2;

	do {
		char *grown;
		ssize_t n;

		/* one byte more than allowed tells a file that is too big */
		room = room < max / 2 ? 2 * room : max + 1;
		grown = realloc(buffer, room + 1);
		if (!grown)
			return -ENOMEM;
		buffer = grown;
		n = read_full(fd, buffer + size, room - size);
		if (n < 0)
			return (int)n;
		size += (size_t)n;
		if (size > max)
			return -EFBIG;
	} while (size == room);
	buffer[size] = '\0';
	*ret = steal_ptr(buffer);
	*ret_size = size;
	return 0;
}

int read_file(int dir_fd, const char *path, size_t max, char **ret, size_t *ret_size)
{
	/* O_NONBLOCK: a FIFO without a writer must not hold us up */
	_cleanup_close_ int fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if ((size_t)st.st_size > max)
		return -EFBIG;
	return read_fd(fd, max, ret, ret_size);
}

int read_sysfs_line(int dir_fd, const char *path, char **ret)
{
	_cleanup_close_ int fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	_cleanup_free_ char *text = NULL;
	size_t size;
	int r;

	if (fd < 0)
		return -errno;
	r = read_fd(fd, SYSFS_MAX, &text, &size);
	if (r < 0)
		return r;
	text[strcspn(text, "\n")] = '\0';
	*ret = steal_ptr(text);
	return 0;
}

static int write_full(int fd, const char *data, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		size -= (size_t)n;
	}
	return 0;
}

/* Makes the name durable; a file system that cannot is none of the caller's business. */
static void sync_parent(int dir_fd, const char *path)
{
	const char *slash = strrchr(path, '/');
	_cleanup_free_ char *parent = strndup(path, slash ? (size_t)(slash - path) + 1 : 0);
	_cleanup_close_ int fd = -1;

	if (!parent)
		return;
	fd = openat(dir_fd, *parent ? parent : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		(void)fsync(fd);
}

/* @flush: what makes the data durable before they take the place of the old; NULL for nothing. */
static int replace_file(int dir_fd, const char *path, const char *data, size_t size,
			int (*flush)(int fd))
{
	_cleanup_free_ char *temporary = NULL;
	_cleanup_close_ int fd = -1;
	int r;

	if (asprintf(&temporary, "%s.new", path) < 0) {
		temporary = NULL;
		return -ENOMEM;
	}
	fd = openat(dir_fd, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return -errno;
	r = write_full(fd, data, size);
	if (r >= 0 && flush && flush(fd) < 0)
		r = -errno;
	if (r >= 0 && renameat(dir_fd, temporary, dir_fd, path) < 0)
		r = -errno;
	if (r < 0)
		(void)unlinkat(dir_fd, temporary, 0);
	return r;
}

int write_file(int dir_fd, const char *path, const char *data, size_t size)
{
	return replace_file(dir_fd, path, data, size, NULL);
}

int write_file_durably(int dir_fd, const char *path, const char *data, size_t size)
{
	int r = replace_file(dir_fd, path, data, size, fsync);

	if (r >= 0)
		sync_parent(dir_fd, path);
	return r;
}
