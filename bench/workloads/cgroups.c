// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes cannot live in a cgroup that has children with controllers, except in the root, so
 * ours hangs there: /sys/fs/cgroup/aios-bench-PID/0, 1, ... What a process of ours that was
 * killed has left behind is empty, because its children die with it, and is removed by the next.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/file.h"
#include "lib/log.h"
#include "lib/parse.h"
#include "lib/util.h"

#include "bench/workloads/cgroups.h"
#include "bench/workloads/clock.h"

#define CGROUP_ROOT "/sys/fs/cgroup"
#define PREFIX "aios-bench-"
#define SUBTREE "cgroup.subtree_control"
#define SUBTREE_MAX 4096

static int write_knob(int dir_fd, const char *dir, const char *knob, const char *value)
{
	_cleanup_close_ int fd = openat(dir_fd, knob, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		return log_errno(-errno, "cannot write '%s' to " CGROUP_ROOT "/%s%s: %m", value,
				 dir, knob);
	return 0;
}

/* Removes @dir_fd/@name with the cgroups in it, as far as they are empty. */
static void remove_cgroup(int dir_fd, const char *name)
{
	int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	for (struct dirent *d; dir && (d = readdir(dir));)
		if (d->d_type == DT_DIR && d->d_name[0] != '.')
			(void)unlinkat(fd, d->d_name, AT_REMOVEDIR);
	if (dir)
		(void)closedir(dir);
	(void)unlinkat(dir_fd, name, AT_REMOVEDIR);
}

static void remove_left_over(int root_fd)
{
	int fd = openat(root_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	uint64_t pid;

	for (struct dirent *d; dir && (d = readdir(dir));) {
		if (strncmp(d->d_name, PREFIX, strlen(PREFIX)) != 0 ||
		    parse_u64(d->d_name + strlen(PREFIX), 1, INT32_MAX, &pid) < 0)
			continue;
		if (kill((pid_t)pid, 0) < 0 && errno == ESRCH)
			remove_cgroup(root_fd, d->d_name);
	}
	if (dir)
		(void)closedir(dir);
}

/* Lets children of the root have the cpu controller. */
static int enable_cpu(struct cgroups *c)
{
	_cleanup_free_ char *controllers = NULL;
	int fd = openat(c->root_fd, SUBTREE, O_RDONLY | O_CLOEXEC), r;
	ssize_t n;

	if (fd < 0)
		return log_errno(-errno,
				 CGROUP_ROOT " has no " SUBTREE ", so it is not cgroup v2: %m");
	controllers = calloc(1, SUBTREE_MAX);
	n = controllers ? read(fd, controllers, SUBTREE_MAX - 1) : -1;
	(void)close(fd);
	if (n < 0)
		return log_errno(-errno, "cannot read " CGROUP_ROOT "/" SUBTREE ": %m");
	for (char *word = strtok(controllers, " \n"); word; word = strtok(NULL, " \n"))
		if (strcmp(word, "cpu") == 0)
			return 0;
	r = write_knob(c->root_fd, "", SUBTREE, "+cpu");
	c->enabled_cpu = r >= 0;
	return r;
}

static void fill_signals(sigset_t *set)
{
	(void)sigemptyset(set);
	(void)sigaddset(set, SIGINT);
	(void)sigaddset(set, SIGTERM);
	(void)sigaddset(set, SIGHUP);
}

int cgroups_init(struct cgroups *c)
{
	sigset_t set;
	int r;

	*c = (struct cgroups){.root_fd = open(CGROUP_ROOT, O_PATH | O_DIRECTORY | O_CLOEXEC)};
	if (c->root_fd < 0) {
		c->root_fd = 0;
		return log_errno(-errno, "cannot open " CGROUP_ROOT ": %m");
	}
	fill_signals(&set);
	(void)sigprocmask(SIG_BLOCK, &set, &c->mask);
	remove_left_over(c->root_fd);
	r = enable_cpu(c);
	if (r < 0)
		return r;
	(void)snprintf(c->name, sizeof(c->name), PREFIX "%d", (int)getpid());
	if (mkdirat(c->root_fd, c->name, 0755) < 0)
		return log_errno(-errno, "cannot make " CGROUP_ROOT "/%s: %m", c->name);
	c->dir_fd = openat(c->root_fd, c->name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (c->dir_fd < 0) {
		c->dir_fd = 0;
		return log_errno(-errno, "cannot open " CGROUP_ROOT "/%s: %m", c->name);
	}
	return write_knob(c->dir_fd, "aios-bench", SUBTREE, "+cpu");
}

void cgroups_finish(struct cgroups *c)
{
	if (c->root_fd <= 0)
		return;
	if (c->name[0])
		remove_cgroup(c->root_fd, c->name);
	if (c->enabled_cpu)
		(void)write_knob(c->root_fd, "", SUBTREE, "-cpu");
	if (c->dir_fd > 0)
		(void)close(c->dir_fd);
	(void)close(c->root_fd);
	(void)sigprocmask(SIG_SETMASK, &c->mask, NULL);
}

int cgroups_add(struct cgroups *c, pid_t pid, unsigned weight)
{
	char name[sizeof(c->name) + 24], number[16];
	_cleanup_close_ int fd = -1;
	int r;

	(void)snprintf(number, sizeof(number), "%u", c->nr);
	(void)snprintf(name, sizeof(name), "%s/%s/", c->name, number);
	if (mkdirat(c->dir_fd, number, 0755) < 0)
		return log_errno(-errno, "cannot make " CGROUP_ROOT "/%s: %m", name);
	c->nr++;
	fd = openat(c->dir_fd, number, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return log_errno(-errno, "cannot open " CGROUP_ROOT "/%s: %m", name);
	(void)snprintf(number, sizeof(number), "%u", weight);
	r = write_knob(fd, name, "cpu.weight", number);
	if (r < 0)
		return r;
	(void)snprintf(number, sizeof(number), "%d", (int)pid);
	return write_knob(fd, name, "cgroup.procs", number);
}

int cgroups_wait(uint64_t ns)
{
	sigset_t set;
	uint64_t now;

	fill_signals(&set);
	while ((now = clock_ns()) < ns) {
		const struct timespec rest = {.tv_sec = (time_t)((ns - now) / NS_PER_S),
					      .tv_nsec = (long)((ns - now) % NS_PER_S)};
		int number = sigtimedwait(&set, NULL, &rest);

		if (number > 0) {
			log_error("interrupted by signal %d", number);
			return -EINTR;
		}
	}
	return 0;
}
