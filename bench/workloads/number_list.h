/* SPDX-License-Identifier: GPL-2.0-only */
/* Lists of numbers with commas between them, as options of workloads take them. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Reads @list into @ret, at most @max of them, each in the range @low to @high. How many there
 * are, or -EINVAL after logging what is wrong with which value of --@option.
 */
int number_list_parse(const char *option, const char *list, int64_t low, int64_t high, int64_t *ret,
		      size_t max);
