// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <string.h>

#include "file.h"
#include "kernel.h"
#include "parse.h"

#define SCHED_EXT_DIR "sys/kernel/sched_ext"

static const struct requirement {
	const char *path;
	const char *sentence;
} requirements[] = {
	{SCHED_EXT_DIR "/state", "this kernel has no sched_ext: it needs Linux 6.12 or newer "
				 "built with CONFIG_SCHED_CLASS_EXT"},
	{"sys/kernel/btf/vmlinux",
	 "this kernel has no type information in /sys/kernel/btf/vmlinux: "
	 "it must be built with CONFIG_DEBUG_INFO_BTF"},
};

static int open_root(int root_fd)
{
	return openat(root_fd, root_fd == AT_FDCWD ? "/" : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

void kernel_state_finish(struct kernel_state *s)
{
	free(s->state);
	free(s->ops);
	*s = (struct kernel_state){};
}

const char *kernel_missing(int root_fd)
{
	_cleanup_close_ int fd = open_root(root_fd);

	for (size_t i = 0; i < ARRAY_SIZE(requirements); i++)
		if (faccessat(fd, requirements[i].path, R_OK, 0) < 0)
			return requirements[i].sentence;
	return NULL;
}

int kernel_state_read(int root_fd, struct kernel_state *ret)
{
	_cleanup_kernel_state_ struct kernel_state s = {};
	_cleanup_close_ int fd = open_root(root_fd);
	int r;

	if (fd < 0)
		return -errno;
	r = read_sysfs_line(fd, SCHED_EXT_DIR "/state", &s.state);
	if (r < 0)
		return r;
	/* the directory root/ comes and goes with the scheduler; a read in between can say ENODEV
	 */
	r = read_sysfs_line(fd, SCHED_EXT_DIR "/root/ops", &s.ops);
	if (r < 0 && r != -ENOENT && r != -ENODEV)
		return r;
	*ret = s;
	s = (struct kernel_state){};
	return 0;
}

bool kernel_state_is(const struct kernel_state *s, const char *ops)
{
	if (!s->state || strcmp(s->state, "enabled") != 0 || !s->ops)
		return false;
	return !ops || strcmp(s->ops, ops) == 0;
}

static int read_number(int fd, const char *path, uint64_t *ret)
{
	_cleanup_free_ char *line = NULL;
	int r = read_sysfs_line(fd, path, &line);

	if (r < 0)
		return r;
	return parse_u64(line, 0, UINT64_MAX, ret) < 0 ? -EBADMSG : 0;
}

int kernel_counters_read(int root_fd, struct kernel_counters *ret)
{
	_cleanup_close_ int fd = open_root(root_fd);
	struct kernel_counters c;
	uint64_t switch_all;
	int r;

	if (fd < 0)
		return -errno;
	r = read_number(fd, SCHED_EXT_DIR "/enable_seq", &c.enable_seq);
	if (r >= 0)
		r = read_number(fd, SCHED_EXT_DIR "/nr_rejected", &c.nr_rejected);
	if (r >= 0)
		r = read_number(fd, SCHED_EXT_DIR "/switch_all", &switch_all);
	if (r < 0)
		return r;
	c.is_partial = !switch_all;
	*ret = c;
	return 0;
}
