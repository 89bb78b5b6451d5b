/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel counts while a command runs: of the command, and of the whole machine. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

enum counter {
	COUNTER_SWITCHES,   /* context switches of the command and all it begets */
	COUNTER_MIGRATIONS, /* from CPU to CPU, likewise */
	NR_COUNTERS,
};

struct machine_counts {
	uint64_t wait_ns;  /* all tasks, of all CPUs: ready to run, and waiting */
	uint64_t switches; /* context switches */
};

/* Below @root_fd, which stands for /. 0; -ENOENT: the kernel does not count it; -EPROTO. */
int machine_counts_read(int root_fd, struct machine_counts *ret);

struct counters {
	int fds[NR_COUNTERS];
};

/*
 * Begins to count when the process @pid calls exec(). -EACCES or -EPERM: it is not permitted,
 * -ENOENT: the kernel cannot.
 */
int counters_open(struct counters *c, pid_t pid);
/* Of all that has run since, also of what is gone. 0 or a negative errno. */
int counters_read(const struct counters *c, uint64_t ret[NR_COUNTERS]);
void counters_close(struct counters *c);
#define _cleanup_counters_ _cleanup_(counters_close)
#define COUNTERS_CLOSED {.fds = {-1, -1}}
