// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdbool.h>

#include "parse.h"

/* Reads digits up to the first other character; *overflow stays set once it is. */
static uint64_t read_digits(const char **s, unsigned max_digits, bool *overflow)
{
	uint64_t value = 0;

	for (unsigned n = 0; **s >= '0' && **s <= '9' && n < max_digits; (*s)++, n++)
		*overflow |= __builtin_mul_overflow(value, 10, &value) ||
			     __builtin_add_overflow(value, (uint64_t)(**s - '0'), &value);
	return value;
}

static int check_range(uint64_t value, bool overflow, uint64_t min, uint64_t max, uint64_t *ret)
{
	if (overflow || value < min || value > max)
		return -ERANGE;
	*ret = value;
	return 0;
}

int parse_u64(const char *s, uint64_t min, uint64_t max, uint64_t *ret)
{
	const char *p = s;
	bool overflow = false;
	uint64_t value = read_digits(&p, ~0U, &overflow);

	if (p == s || *p)
		return -EINVAL;
	return check_range(value, overflow, min, max, ret);
}

int parse_seconds_ms(const char *s, uint64_t min_ms, uint64_t max_ms, uint64_t *ret_ms)
{
	const char *p = s, *fraction;
	bool overflow = false;
	uint64_t value = read_digits(&p, ~0U, &overflow), ms = 0;

	if (p == s)
		return -EINVAL;
	if (*p == '.') {
		fraction = ++p;
		ms = read_digits(&p, 3, &overflow);
		if (p == fraction)
			return -EINVAL;
		for (unsigned digits = (unsigned)(p - fraction); digits < 3; digits++)
			ms *= 10;
	}
	if (*p)
		return -EINVAL;
	overflow |= __builtin_mul_overflow(value, 1000, &value) ||
		    __builtin_add_overflow(value, ms, &value);
	return check_range(value, overflow, min_ms, max_ms, ret_ms);
}
