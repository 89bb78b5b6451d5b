// SPDX-License-Identifier: GPL-2.0-only
/*
 * The record has a line "CPU VALUE" for each CPU. Who has it locked is responsible for it: the
 * kernel takes the lock from a process that dies, however that happens, so a record that has lines
 * and can be locked is of somebody who is gone. It is complete before the first value is changed,
 * and emptied after the last one has been written back; it is never removed, so that all lock the
 * same file.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "lib/file.h"
#include "lib/log.h"
#include "lib/parse.h"
#include "runtime/idle_resume.h"

#define RECORD_DIR "run/scx/root"
#define RECORD RECORD_DIR "/idle_resume"
#define RECORD_MAX (1 << 20)

struct idle_resume {
	int root_fd;
	int record_fd;
};

static int write_value(int root_fd, unsigned cpu, const char *value)
{
	_cleanup_close_ int fd = -1;
	char path[96];

	(void)snprintf(path, sizeof(path), "sys/devices/system/cpu/cpu%u/power/%s", cpu,
		       "pm_qos_resume_latency_us");
	fd = openat(root_fd, path, O_WRONLY | O_CLOEXEC | O_TRUNC);
	if (fd < 0)
		return -errno;
	return write(fd, value, strlen(value)) < 0 ? -errno : 0;
}

static int read_value(int root_fd, unsigned cpu, char **ret)
{
	char path[96];

	(void)snprintf(path, sizeof(path), "sys/devices/system/cpu/cpu%u/power/%s", cpu,
		       "pm_qos_resume_latency_us");
	return read_sysfs_line(root_fd, path, ret);
}

static int open_record(int root_fd)
{
	static const char *const dirs[] = {"run/scx", RECORD_DIR};
	_cleanup_close_ int fd = -1;
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		if (mkdirat(root_fd, dirs[i], 0755) < 0 && errno != EEXIST)
			return -errno;
	fd = openat(root_fd, RECORD, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return -errno;
	r = fd;
	fd = -1;
	return r;
}

/* "0 32": writes 32 back to CPU 0. A last line without an end was not complete, so not in use. */
static int restore_line(int root_fd, char *line)
{
	char *blank = strchr(line, ' ');
	uint64_t cpu;

	if (!blank)
		return -EINVAL;
	*blank = '\0';
	if (parse_u64(line, 0, TOPOLOGY_MAX_CPUS - 1, &cpu) < 0)
		return -EINVAL;
	return write_value(root_fd, (unsigned)cpu, blank + 1);
}

/* How many CPUs the values of the record were written back to; the record is empty then. */
static int restore(int root_fd, int record_fd)
{
	_cleanup_free_ char *text = NULL;
	char *line, *end;
	struct stat st;
	ssize_t size;
	int nr = 0;

	if (fstat(record_fd, &st) < 0)
		return -errno;
	if (st.st_size == 0)
		return 0;
	if (st.st_size > RECORD_MAX)
		return -EFBIG;
	text = calloc(1, (size_t)st.st_size + 1);
	if (!text)
		return -ENOMEM;
	size = pread(record_fd, text, (size_t)st.st_size, 0);
	if (size < 0)
		return -errno;
	for (line = text; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		if (restore_line(root_fd, line) == 0)
			nr++;
	}
	return ftruncate(record_fd, 0) < 0 ? -errno : nr;
}

static int record(int root_fd, int record_fd, const struct topology *t)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return -ENOMEM;
	for (unsigned cpu = 0; cpu < t->nr_cpu_ids; cpu++) {
		_cleanup_free_ char *value = NULL;

		if (t->cpus[cpu].online && read_value(root_fd, cpu, &value) == 0)
			(void)fprintf(f, "%u %s\n", cpu, value);
	}
	if (fclose(f) != 0)
		return -ENOMEM;
	if (pwrite(record_fd, text, size, 0) != (ssize_t)size)
		return -EIO;
	return 0;
}

static void limit(int root_fd, const struct topology *t, const char *value)
{
	bool has_warned = false;

	for (unsigned cpu = 0; cpu < t->nr_cpu_ids; cpu++) {
		int r = t->cpus[cpu].online ? write_value(root_fd, cpu, value) : 0;

		if (r == 0 || has_warned)
			continue;
		log_warning("cannot limit how long CPU %u takes to leave an idle state: "
			    "pm_qos_resume_latency_us: %s",
			    cpu, strerror(-r));
		has_warned = true;
	}
}

int idle_resume_limit(int root_fd, const struct topology *t, uint64_t us, struct idle_resume **ret)
{
	_cleanup_(idle_resume_freep) struct idle_resume *i = calloc(1, sizeof(*i));
	char value[24];
	int r;

	if (!i)
		return -ENOMEM;
	i->root_fd = root_fd;
	i->record_fd = open_record(root_fd);
	if (i->record_fd < 0)
		return i->record_fd;
	r = restore(root_fd, i->record_fd);
	if (r >= 0)
		r = record(root_fd, i->record_fd, t);
	if (r < 0)
		return r;
	(void)snprintf(value, sizeof(value), "%llu", (unsigned long long)us);
	limit(root_fd, t, value);
	*ret = steal_ptr(i);
	return 0;
}

struct idle_resume *idle_resume_free(struct idle_resume *i)
{
	int r;

	if (!i)
		return NULL;
	if (i->record_fd >= 0) {
		r = restore(i->root_fd, i->record_fd);
		if (r < 0)
			log_warning(
				"cannot restore how long CPUs may take to leave idle states: %s",
				strerror(-r));
		(void)close(i->record_fd);
	}
	free(i);
	return NULL;
}

int idle_resume_recover(int root_fd)
{
	_cleanup_close_ int fd = -1;

	if (faccessat(root_fd, RECORD, F_OK, 0) < 0)
		return errno == ENOENT ? 0 : -errno;
	fd = open_record(root_fd);
	return fd < 0 ? fd : restore(root_fd, fd);
}
