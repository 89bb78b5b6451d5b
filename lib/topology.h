/* SPDX-License-Identifier: GPL-2.0-only */
/* CPUs, cores, last-level caches and NUMA nodes of the machine, as sysfs shows them. */
#pragma once

#include <stdbool.h>

#include "util.h"

/* Set in the environment, it is the directory that stands for / in topology_open_root(). */
#define TOPOLOGY_PREFIX_ENV "SCX_SYSFS_PREFIX"

/* CPU numbers end below it: several times what any architecture can be built for. */
#define TOPOLOGY_MAX_CPUS 65536

enum cpu_type {
	CPU_TYPE_LITTLE,
	CPU_TYPE_BIG,
	CPU_TYPE_TURBO, /* a big one that the firmware ranks highest */
};

/* The members below `online` mean something for online CPUs only. */
struct cpu_info {
	bool online;
	unsigned core;        /* 0 to nr_cores - 1, in the order of the first CPU */
	unsigned llc;         /* 0 to nr_llcs - 1, likewise */
	unsigned node;        /* the kernel's number of the NUMA node: may have holes */
	unsigned next_thread; /* next online CPU of its core, around in a ring; itself if alone */
	unsigned capacity;    /* 1 to 1024, which is that of the fastest CPU */
	enum cpu_type type;
};

struct topology {
	struct cpu_info *cpus; /* by CPU number; holes in the numbering are offline */
	unsigned nr_cpu_ids;   /* highest number of a CPU that may ever come + 1 */
	unsigned nr_online;
	unsigned nr_cores; /* the counts cover online CPUs only */
	unsigned nr_llcs;
	unsigned nr_node_ids; /* highest number of a node, with CPUs or without, + 1 */
	bool is_smt;          /* some core has more than one online CPU */
	bool is_hybrid;       /* the fastest CPU is at least 1.3 times as fast as the slowest */
};

/* A descriptor of the root directory, or of what TOPOLOGY_PREFIX_ENV names; or a negative errno. */
int topology_open_root(void);

/*
 * Reads the topology below the directory @root_fd. What a kernel, an architecture
 * or a container does not show, or shows as nonsense, has a default: one node 0, one
 * LLC per package (without packages: per node), a core for each CPU, capacity 1024.
 * Fails only if the list of online CPUs cannot be read (errors of read_sysfs_line(),
 * -EINVAL for nonsense in it or CPUs from TOPOLOGY_MAX_CPUS on) or memory runs out.
 */
int topology_read(int root_fd, struct topology **ret);

/* What to believe of a machine of @nr_cpus CPUs that shows nothing else. 0 or -ENOMEM. */
int topology_new_uniform(unsigned nr_cpus, struct topology **ret);

struct topology *topology_free(struct topology *t);
DEFINE_CLEANUP(struct topology *, topology_free);
#define _cleanup_topology_ _cleanup_(topology_freep)
