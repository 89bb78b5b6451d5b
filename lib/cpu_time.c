// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <string.h>

#include "cpu_time.h"
#include "parse.h"
#include "util.h"

/* The columns after "cpu". What guests used follows them, but is part of the first two. */
enum { USER, NICE, SYSTEM, IDLE, IOWAIT, IRQ, SOFTIRQ, STEAL, NR_COLUMNS };

/* room for the first line: all columns with twenty digits */
#define LINE_MAX_LEN 256

static int read_columns(char *line, uint64_t columns[NR_COLUMNS])
{
	char *rest;
	char *word = strtok_r(line, " ", &rest);

	if (!word || strcmp(word, "cpu") != 0)
		return -EPROTO;
	for (unsigned i = 0; i < NR_COLUMNS; i++) {
		word = strtok_r(NULL, " \n", &rest);
		if (!word || parse_u64(word, 0, UINT64_MAX, &columns[i]) < 0)
			return -EPROTO;
	}
	return 0;
}

int cpu_time_read(int dir_fd, const char *path, struct cpu_time *ret)
{
	_cleanup_close_ int fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC);
	uint64_t columns[NR_COLUMNS], busy = 0;
	char line[LINE_MAX_LEN + 1];
	ssize_t n;
	int r;

	if (fd < 0)
		return -errno;
	/* the file is longer the more CPUs there are, but comes in one piece */
	n = read(fd, line, LINE_MAX_LEN);
	if (n < 0)
		return -errno;
	line[n] = '\0';
	r = read_columns(line, columns);
	if (r < 0)
		return r;
	for (unsigned i = 0; i < NR_COLUMNS; i++)
		if (i != IDLE && i != IOWAIT)
			busy += columns[i];
	ret->busy = busy;
	ret->total = busy + columns[IDLE] + columns[IOWAIT];
	return 0;
}

unsigned cpu_time_percent(const struct cpu_time *before, const struct cpu_time *now)
{
	uint64_t busy = now->busy - before->busy, total = now->total - before->total;

	/* the kernel's sums may step back a little when a CPU comes or goes */
	if (now->busy <= before->busy || now->total <= before->total)
		return 0;
	return busy >= total ? 100 : (unsigned)(busy * 100 / total);
}
