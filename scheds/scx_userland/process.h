/* SPDX-License-Identifier: GPL-2.0-only */
/* How a process must be that schedules the others, and itself. */
#pragma once

#include <stdint.h>

#include <bpf/libbpf.h>

/*
 * Makes this process one that does not wait for any task it schedules: to be called before the
 * scheduler is attached and after everything is allocated. 0 or -ENOMEM.
 */
int process_prepare(void);

/* Takes that back, for the time in which the scheduler is not attached. */
void process_relax(void);

/* Puts @value of @size bytes into the task storage of this process, which tells it from others. */
int process_mark(const struct bpf_map *storage, const void *value, size_t size);

/* Page faults of this process so far. */
uint64_t process_faults(void);
