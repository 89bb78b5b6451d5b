/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "bench/child.h"

/*
 * How @c has ended, in its own words if it has said so: "ejected by the kernel: runnable task
 * stall", "exit status 2: unknown option '-x'", "was killed by signal 9 (Killed)". @name is that
 * of the program, which its messages may begin with. NULL when out of memory.
 */
char *last_words(const struct child *c, const char *name);
