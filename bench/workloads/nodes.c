// SPDX-License-Identifier: GPL-2.0-only
/*
 * The node is asked for by preference, not bound: a bound process is killed where the node has too
 * little, and a preference can be checked. libnuma would bring no more than these two system calls.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/mempolicy.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/file.h"
#include "lib/log.h"
#include "lib/parse.h"

#include "bench/workloads/crew.h"
#include "bench/workloads/nodes.h"

#define BITS (8 * sizeof(unsigned long))

int nodes_with_memory(int64_t *ret)
{
	_cleanup_free_ char *line = NULL;
	bool has[NODES_MAX];
	int nr = 0, r = read_sysfs_line(AT_FDCWD, "/sys/devices/system/node/has_memory", &line);

	if (r >= 0)
		r = parse_cpu_list(line, has, NODES_MAX);
	if (r < 0 && r != -ENOENT)
		return log_errno(r, "cannot tell which NUMA nodes have memory: %m");
	ret[0] = 0;
	if (r <= 0)
		return 1;
	for (int i = 0; i < NODES_MAX; i++)
		if (has[i])
			ret[nr++] = i;
	return nr;
}

static int prefer_node(void *memory, size_t size, unsigned node)
{
	unsigned long mask[NODES_MAX / BITS] = {};

	mask[node / BITS] = 1UL << (node % BITS);
	if (syscall(SYS_mbind, memory, size, MPOL_PREFERRED, mask, NODES_MAX + 1UL, 0) == 0)
		return 0;
	/* a kernel without NUMA */
	return errno == ENOSYS && node == 0 ? 0 : -errno;
}

/* Whether the page at @memory, which was touched, is on @node. */
static bool is_on_node(const void *memory, unsigned node)
{
	int where;

	if (syscall(SYS_get_mempolicy, &where, NULL, 0UL, memory, MPOL_F_NODE | MPOL_F_ADDR) < 0)
		return errno == ENOSYS;
	return where == (int)node;
}

static int fill(char *memory, size_t size, unsigned node)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), nr = size / page, nr_there = 0;
	int r = prefer_node(memory, size, node);

	if (r < 0)
		return log_errno(r, "cannot use memory of NUMA node %u: %m", node);
	(void)madvise(memory, size, MADV_HUGEPAGE);
	memset(memory, 1, size);
	for (size_t i = 0; i < nr; i++)
		nr_there += is_on_node(memory + i * page, node);
	if (nr_there < nr)
		return log_errno(-ENOMEM, "NUMA node %u has only %zu of %zu MiB to spare: %m", node,
				 nr_there * page >> 20, size >> 20);
	return 0;
}

int node_memory_new(unsigned node, size_t size, char **ret)
{
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int r;

	if (memory == MAP_FAILED)
		return log_errno(-errno, "cannot get %zu MiB of memory: %m", size >> 20);
	r = fill(memory, size, node);
	if (r < 0) {
		shared_free(memory, size);
		return r;
	}
	*ret = memory;
	return 0;
}
