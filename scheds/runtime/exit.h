/* SPDX-License-Identifier: GPL-2.0-only */
/* What follows from the end of a scheduler. */
#pragma once

#include <stdint.h>
#include <stdio.h>

#include <scx/exit.h>

enum exit_action {
	EXIT_ACTION_END,     /* in good order: leave with status 0 */
	EXIT_ACTION_RESTART, /* the kernel asks to load it again */
	EXIT_ACTION_EJECTED,
};

enum exit_action exit_action(const struct scx_exit_report *report);

/* "runnable task stall (watchdog failed to check in for 30.000s)" in a new string, or NULL. */
char *exit_message(const struct scx_exit_report *report);

/* The kernel's debug dump between two rules; nothing if there is none. */
void exit_print_dump(FILE *f, const struct scx_exit_report *report);

/*
 * Keeps reason and dump in the file @path, which is there as a whole or as it was before. 0 or a
 * negative errno.
 */
int exit_save_dump(const char *path, const struct scx_exit_report *report);

/* How often a scheduler may be loaded again at the kernel's wish; CPUs come and go in rows. */
#define RESTART_LIMIT 100
#define RESTART_WINDOW_US (60 * 1000000ULL)

struct restart_budget {
	uint64_t window_start_us;
	unsigned nr_used;
};

/* Takes one restart at time @now_us; -EBUSY if the window's are used up. */
int restart_budget_take(struct restart_budget *budget, uint64_t now_us);
