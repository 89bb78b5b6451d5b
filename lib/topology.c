// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysfs shows the topology as lists: the CPUs of a node, of a core, behind a cache.
 * The identifiers beside them (core_id, the cache's id) are left alone: some
 * architectures have none, and with a device tree core_id starts again at 0 in every
 * cluster, so that cores of different clusters would look like threads of one.
 *
 * CPUs are numbered in ascending order. Each takes the number of its core from the
 * nearest CPU below it that its list names, and if there is none it is the first of a
 * new core; LLCs likewise. Whatever the lists say, even if they contradict each
 * other, the numbers come out dense and the threads of a core form one ring.
 *
 * A CPU looks for its neighbours on its own node only: a cache that several nodes
 * share (sub-NUMA clustering) is one LLC in each of them.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "file.h"
#include "parse.h"
#include "topology.h"
#include "topology_speed.h"

#define CPU_DIR "sys/devices/system/cpu"
#define NODE_DIR "sys/devices/system/node"

enum {
	MAX_NODES = 1024, /* the kernel's own limit */
	MAX_PATH = 128,
};

/* The first that can be read counts. L3 and L2: index0 and index1 are the two L1 caches. */
static const char *const llc_lists[] = {
	"cache/index3/shared_cpu_list",
	"cache/index2/shared_cpu_list",
	"topology/package_cpus_list",
};

struct scan {
	int root_fd;
	struct topology *t;
	bool out_of_memory;          /* the one failure to read that has no default */
	bool set[TOPOLOGY_MAX_CPUS]; /* the list read last */
};

int topology_open_root(void)
{
	const char *prefix = getenv(TOPOLOGY_PREFIX_ENV);
	int fd = open(prefix && *prefix ? prefix : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

struct topology *topology_free(struct topology *t)
{
	if (t)
		free(t->cpus);
	free(t);
	return NULL;
}

/* As parse_cpu_list(), but any nonsense is -EINVAL. */
static int read_list(struct scan *s, const char *path, bool *set, unsigned nr)
{
	_cleanup_free_ char *text = NULL;
	int r = read_sysfs_line(s->root_fd, path, &text);

	if (r < 0) {
		s->out_of_memory |= r == -ENOMEM;
		return r;
	}
	r = parse_cpu_list(text, set, nr);
	return r < 0 ? -EINVAL : r;
}

/* The list @file of @cpu is in s->set; a list that leaves its own CPU out is not to be trusted. */
static bool read_siblings(struct scan *s, unsigned cpu, const char *file)
{
	char path[MAX_PATH];

	(void)snprintf(path, sizeof(path), CPU_DIR "/cpu%u/%s", cpu, file);
	return read_list(s, path, s->set, s->t->nr_cpu_ids) > 0 && s->set[cpu];
}

/* The highest number in s->set + 1. */
static unsigned count_ids(const struct scan *s)
{
	unsigned n = TOPOLOGY_MAX_CPUS;

	while (n > 0 && !s->set[n - 1])
		n--;
	return n;
}

/* The highest number of a directory cpuN + 1. */
static unsigned count_directories(const struct scan *s)
{
	int fd = openat(s->root_fd, CPU_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	unsigned nr = 0;
	struct dirent *entry;
	uint64_t cpu;

	if (!dir) {
		closep(&fd);
		return 0;
	}
	while ((entry = readdir(dir)))
		if (strncmp(entry->d_name, "cpu", 3) == 0 &&
		    parse_u64(entry->d_name + 3, nr, TOPOLOGY_MAX_CPUS - 1, &cpu) == 0)
			nr = (unsigned)cpu + 1;
	(void)closedir(dir);
	return nr;
}

static unsigned count_possible(struct scan *s)
{
	if (read_list(s, CPU_DIR "/possible", s->set, TOPOLOGY_MAX_CPUS) > 0)
		return count_ids(s);
	return count_directories(s);
}

static int read_online(struct scan *s)
{
	struct topology *t = s->t;
	unsigned nr_possible = count_possible(s), nr;
	int r = read_list(s, CPU_DIR "/online", s->set, TOPOLOGY_MAX_CPUS);

	if (r <= 0)
		return r < 0 ? r : -EINVAL;
	nr = count_ids(s);
	t->nr_online = (unsigned)r;
	t->nr_cpu_ids = nr > nr_possible ? nr : nr_possible;
	t->cpus = calloc(t->nr_cpu_ids, sizeof(*t->cpus));
	if (!t->cpus)
		return -ENOMEM;
	for (unsigned cpu = 0; cpu < nr; cpu++)
		t->cpus[cpu].online = s->set[cpu];
	return 0;
}

static void read_node(struct scan *s, unsigned node)
{
	struct topology *t = s->t;
	char path[MAX_PATH];

	t->nr_node_ids = node + 1;
	(void)snprintf(path, sizeof(path), NODE_DIR "/node%u/cpulist", node);
	if (read_list(s, path, s->set, t->nr_cpu_ids) <= 0)
		return;
	for (unsigned cpu = 0; cpu < t->nr_cpu_ids; cpu++)
		if (s->set[cpu])
			t->cpus[cpu].node = node;
}

static void read_nodes(struct scan *s)
{
	bool nodes[MAX_NODES];

	s->t->nr_node_ids = 1;
	if (read_list(s, NODE_DIR "/online", nodes, MAX_NODES) <= 0)
		return;
	for (unsigned node = 0; node < MAX_NODES; node++)
		if (nodes[node])
			read_node(s, node);
}

/*
 * The highest CPU below @cpu that is in s->set and on the same node; @cpu if there is
 * none. Some lists go on naming CPUs that went offline.
 */
static unsigned neighbour_below(const struct scan *s, unsigned cpu)
{
	const struct cpu_info *cpus = s->t->cpus;

	for (unsigned n = cpu; n-- > 0;)
		if (s->set[n] && cpus[n].online && cpus[n].node == cpus[cpu].node)
			return n;
	return cpu;
}

static void number_core(struct scan *s, unsigned cpu)
{
	struct topology *t = s->t;
	bool shown = read_siblings(s, cpu, "topology/core_cpus_list");
	unsigned below = shown ? neighbour_below(s, cpu) : cpu;

	if (below == cpu) {
		t->cpus[cpu].core = t->nr_cores++;
		t->cpus[cpu].next_thread = cpu;
		return;
	}
	t->cpus[cpu].core = t->cpus[below].core;
	t->cpus[cpu].next_thread = t->cpus[below].next_thread;
	t->cpus[below].next_thread = cpu;
	t->is_smt = true;
}

static void number_llc(struct scan *s, unsigned cpu)
{
	struct topology *t = s->t;
	unsigned below;
	size_t i = 0;

	while (i < ARRAY_SIZE(llc_lists) && !read_siblings(s, cpu, llc_lists[i]))
		i++;
	if (i == ARRAY_SIZE(llc_lists))
		memset(s->set, true, t->nr_cpu_ids * sizeof(*s->set));
	below = neighbour_below(s, cpu);
	t->cpus[cpu].llc = below == cpu ? t->nr_llcs++ : t->cpus[below].llc;
}

int topology_read(int root_fd, struct topology **ret)
{
	_cleanup_topology_ struct topology *t = calloc(1, sizeof(*t));
	_cleanup_free_ struct scan *s = calloc(1, sizeof(*s));
	int r;

	if (!t || !s)
		return -ENOMEM;
	s->root_fd = root_fd;
	s->t = t;
	r = read_online(s);
	if (r < 0)
		return r;
	read_nodes(s);
	for (unsigned cpu = 0; cpu < t->nr_cpu_ids; cpu++) {
		if (!t->cpus[cpu].online)
			continue;
		number_core(s, cpu);
		number_llc(s, cpu);
	}
	if (s->out_of_memory)
		return -ENOMEM;
	r = topology_rate(root_fd, t);
	if (r < 0)
		return r;
	*ret = steal_ptr(t);
	return 0;
}

int topology_new_uniform(unsigned nr_cpus, struct topology **ret)
{
	_cleanup_topology_ struct topology *t = calloc(1, sizeof(*t));

	if (!t)
		return -ENOMEM;
	t->cpus = calloc(nr_cpus, sizeof(*t->cpus));
	if (!t->cpus)
		return -ENOMEM;
	t->nr_cpu_ids = t->nr_online = t->nr_cores = nr_cpus;
	t->nr_llcs = t->nr_node_ids = 1;
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++)
		t->cpus[cpu] = (struct cpu_info){
			.online = true,
			.core = cpu,
			.next_thread = cpu,
			.capacity = 1024,
			.type = CPU_TYPE_BIG,
		};
	*ret = steal_ptr(t);
	return 0;
}
