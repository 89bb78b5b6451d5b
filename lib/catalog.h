/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The installed schedulers, each described by the file it brings to DATADIR/aios/scheds.
 * Only the name has to be there; texts that are not given are NULL.
 */
#pragma once

#include "reader.h"

#define CATALOG_DIR AIOS_DATADIR "/scheds"

struct sched_entry {
	char *file;                        /* path of its description */
	struct setting_string name;        /* "scx_simple", also of the program */
	struct setting_string description; /* in one line */
	struct setting_int production;     /* 1: for every day; 0: for tests, studies, trials */
	struct setting_strings use_cases;  /* what to choose it for */
	struct setting_string algorithm;   /* how it decides */
	struct setting_string characteristics;
	struct setting_string requirements; /* of kernel and machine, beyond sched_ext */
	struct setting_string limitations;  /* what not to choose it for */
	struct setting_string performance_profile;
	struct setting_flags flags[NR_MODES];
};

/* Sorted by name. */
struct catalog {
	struct sched_entry *entries;
	size_t nr_entries;
};

/*
 * Reads every description below r->root_fd. One that is broken is reported as a
 * warning and left out; no directory is no scheduler. Fails only if the directory
 * cannot be read or memory runs out.
 */
int catalog_load(struct catalog *c, struct reader *r);

/*
 * Adds the description @path below r->root_fd (AT_FDCWD: where it is, installed or not), after
 * all others; likewise if it is broken. 0 or -ENOMEM.
 */
int catalog_add_file(struct catalog *c, const char *path, struct reader *r);

void catalog_finish(struct catalog *c);
#define _cleanup_catalog_ _cleanup_(catalog_finish)

/*
 * Whether @name is one that a scheduler can have: "scx_" with small letters, digits
 * and "_". It becomes part of paths and of unit names.
 */
bool catalog_is_name(const char *name);

const struct sched_entry *catalog_find(const struct catalog *c, const char *name);

/* "scx_a, scx_b", or "none"; NULL when out of memory. */
char *catalog_names(const struct catalog *c);

/* 0 if the program of the scheduler @name below @root_fd can be executed, else why not. */
int sched_check_program(int root_fd, const char *name);

/* What the kernel calls it in root/ops: the name without "scx_". */
const char *sched_ops_name(const char *name);
