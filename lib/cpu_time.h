/* SPDX-License-Identifier: GPL-2.0-only */
/* How busy the CPUs of the machine have been, as /proc/stat shows it. */
#pragma once

#include <stdint.h>

/* Ticks of all CPUs together since boot. */
struct cpu_time {
	uint64_t busy; /* not waiting for I/O either */
	uint64_t total;
};

/*
 * Reads the first line of the file @path, like /proc/stat, relative to the directory @dir_fd.
 * Errors of open() and read(); -EPROTO if it is something else.
 */
int cpu_time_read(int dir_fd, const char *path, struct cpu_time *ret);

/* How much of the time from @before to @now was busy, 0 to 100; 0 if there was none. */
unsigned cpu_time_percent(const struct cpu_time *before, const struct cpu_time *now);
