// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "lib/parse.h"
#include "lib/util.h"

#include "bench/counters.h"

/* Behind "cpuN" in /proc/schedstat, from 0. */
#define SCHEDSTAT_WAIT 7

static const uint64_t counter_configs[NR_COUNTERS] = {
	[COUNTER_SWITCHES] = PERF_COUNT_SW_CONTEXT_SWITCHES,
	[COUNTER_MIGRATIONS] = PERF_COUNT_SW_CPU_MIGRATIONS,
};

static int open_counter(uint64_t config, pid_t pid)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = config,
		.disabled = 1,
		.inherit = 1,
		.enable_on_exec = 1,
	};
	long fd = syscall(SYS_perf_event_open, &attr, pid, -1, -1, PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : (int)fd;
}

int counters_open(struct counters *c, pid_t pid)
{
	*c = (struct counters)COUNTERS_CLOSED;
	for (int i = 0; i < NR_COUNTERS; i++) {
		c->fds[i] = open_counter(counter_configs[i], pid);
		if (c->fds[i] < 0) {
			int r = c->fds[i];

			counters_close(c);
			return r;
		}
	}
	return 0;
}

int counters_read(const struct counters *c, uint64_t ret[NR_COUNTERS])
{
	for (int i = 0; i < NR_COUNTERS; i++) {
		ssize_t n = read(c->fds[i], &ret[i], sizeof(ret[i]));

		if (n != sizeof(ret[i]))
			return n < 0 ? -errno : -EPROTO;
	}
	return 0;
}

void counters_close(struct counters *c)
{
	for (int i = 0; i < NR_COUNTERS; i++) {
		closep(&c->fds[i]);
		c->fds[i] = -1;
	}
}

/* --- the machine */

/* Adds up the field @nr behind the first word in lines that begin with @prefix; how many. */
static int add_fields(int root_fd, const char *path, const char *prefix, unsigned nr, uint64_t *ret)
{
	_cleanup_close_ int fd = openat(root_fd, path, O_RDONLY | O_CLOEXEC);
	_cleanup_free_ char *line = NULL;
	uint64_t value, sum = 0;
	size_t size = 0;
	int n = 0;
	FILE *f;

	if (fd < 0 || !(f = fdopen(dup(fd), "re")))
		return -errno;
	while (n >= 0 && getline(&line, &size, f) > 0) {
		char *rest, *word = strtok_r(line, " \n", &rest);

		if (strncmp(word ?: "", prefix, strlen(prefix)) != 0)
			continue;
		for (unsigned i = 0; word && i <= nr; i++)
			word = strtok_r(NULL, " \n", &rest);
		n = word && parse_u64(word, 0, UINT64_MAX, &value) == 0 ? n + 1 : -EPROTO;
		sum += value;
	}
	(void)fclose(f);
	if (n > 0)
		*ret = sum;
	return n == 0 ? -EPROTO : n;
}

int machine_counts_read(int root_fd, struct machine_counts *ret)
{
	_cleanup_close_ int fd =
		openat(root_fd, root_fd == AT_FDCWD ? "/proc" : "proc", O_PATH | O_CLOEXEC);
	struct machine_counts m;
	int r;

	if (fd < 0)
		return -errno;
	r = add_fields(fd, "schedstat", "cpu", SCHEDSTAT_WAIT, &m.wait_ns);
	if (r >= 0)
		r = add_fields(fd, "stat", "ctxt", 0, &m.switches);
	if (r < 0)
		return r;
	*ret = m;
	return 0;
}
