/* SPDX-License-Identifier: GPL-2.0-only */
/* The only place where numbers are read from text. Strict: no spaces, no rest, no overflow. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * Decimal digits only, @min <= value <= @max. Returns 0, -EINVAL for what is not
 * a number, -ERANGE for a number outside of the range; *ret untouched on failure.
 */
int parse_u64(const char *s, uint64_t min, uint64_t max, uint64_t *ret);

/* The same with a sign: "-3". */
int parse_s64(const char *s, int64_t min, int64_t max, int64_t *ret);

/*
 * Seconds with up to three decimals ("2", "0.25") as milliseconds; range and
 * errors as above.
 */
int parse_seconds_ms(const char *s, uint64_t min_ms, uint64_t max_ms, uint64_t *ret_ms);

/*
 * A decimal number with or without sign, decimals and exponent ("-1.5e3"); the point is a point
 * in every language. -EINVAL for all else, -ERANGE for what no double can hold.
 */
int parse_double(const char *s, double *ret);

/*
 * CPUs or nodes as the kernel lists them ("0-3,8"), but in any order: sets set[N]
 * for each N in @s and clears the others of its @nr (1 to INT_MAX) elements. Returns
 * how many it set, 0 for the empty list; -EINVAL for what is not a list or names a
 * number twice, -ERANGE for a number from @nr on. @set is of no use after a failure.
 */
int parse_cpu_list(const char *s, bool *set, unsigned nr);

/*
 * A mask of CPUs in hexadecimal, with or without "0x", with "_" and "," between digits as you like:
 * sets set[N] for each bit N and clears the others of its @nr elements. Returns how many it
 * set; -EINVAL for what is not a mask, -ERANGE for a bit from @nr on. @set is of no use after a
 * failure.
 */
int parse_cpu_mask(const char *s, bool *set, unsigned nr);
