/* SPDX-License-Identifier: GPL-2.0-only */
/* Schedulers and their arguments as people write them, and as they like to read them. */
#pragma once

#include <stdint.h>

#include "lib/strv.h"

/* The name of a scheduler's program, of one that may lack "scx_"; NULL when out of memory. */
char *sched_full_name(const char *name);

/* "Lavd" for "scx_lavd" or "lavd": as scxctl has always printed it. NULL when out of memory. */
char *sched_title(const char *name);

/* "Gaming". */
const char *mode_title(uint32_t mode);

/* "Lavd in Gaming mode", 'Lavd with arguments "-v"' if there are any; NULL when out of memory. */
char *sched_describe(const char *name, uint32_t mode, char *const *args);

/* supported schedulers: ["bpfland", "lavd"] */
char *sched_list(char *const *names);

/*
 * The words of "-v,--name 'a b'": commas separate, and what is between them is split and
 * unquoted as a shell does; quotes cannot span a comma. -EINVAL for a quote that is not closed
 * or a lonely backslash at the end, and *ret_len bytes at *ret_bad are the part that has it.
 */
int split_args(const char *list, char ***ret, const char **ret_bad, size_t *ret_len);
