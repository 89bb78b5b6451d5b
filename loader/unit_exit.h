/* SPDX-License-Identifier: GPL-2.0-only */
/* The end of a scheduler's unit in words, and whether another attempt can help. */
#pragma once

#include <stdbool.h>

#include "scheduler.h"

/* No further attempt can cure it: usage, kernel, no program. */
bool unit_exit_is_hopeless(const struct unit_exit *e);

/* "was ejected by the kernel: runnable task stall"; NULL when out of memory. */
char *unit_exit_describe(const struct unit_exit *e);

/* One word for a program: "ejected", "killed", "usage", ... */
const char *unit_exit_word(const struct unit_exit *e);
