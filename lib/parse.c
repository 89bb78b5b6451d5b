// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <float.h>
#include <stdlib.h>
#include <string.h>

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

int parse_s64(const char *s, int64_t min, int64_t max, int64_t *ret)
{
	const bool negative = *s == '-';
	const uint64_t limit = (uint64_t)INT64_MAX + negative;
	uint64_t magnitude;
	int64_t value;
	int r = parse_u64(s + negative, 0, limit, &magnitude);

	if (r < 0)
		return r;
	value = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
	if (value < min || value > max)
		return -ERANGE;
	*ret = value;
	return 0;
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

/* Whether @s is what parse_double() takes. */
static bool is_decimal(const char *s)
{
	static const char digits[] = "0123456789";
	size_t n;

	s += *s == '+' || *s == '-';
	n = strspn(s, digits);
	s += n;
	if (*s == '.') {
		n += strspn(s + 1, digits);
		s += 1 + strspn(s + 1, digits);
	}
	if (n > 0 && (*s == 'e' || *s == 'E')) {
		s++;
		s += *s == '+' || *s == '-';
		n = strspn(s, digits);
		s += n;
	}
	return n > 0 && !*s;
}

/* No program here calls setlocale(), so strtod() knows the point only. */
int parse_double(const char *s, double *ret)
{
	double value;

	if (!is_decimal(s))
		return -EINVAL;
	value = strtod(s, NULL);
	if (value > DBL_MAX || value < -DBL_MAX)
		return -ERANGE;
	*ret = value;
	return 0;
}

/* "3", or "0-3" with the ends in order */
static int read_range(const char **s, uint64_t *ret_first, uint64_t *ret_last)
{
	const char *start = *s;
	bool overflow = false;

	*ret_first = *ret_last = read_digits(s, ~0U, &overflow);
	if (*s == start)
		return -EINVAL;
	if (**s == '-') {
		start = ++*s;
		*ret_last = read_digits(s, ~0U, &overflow);
		if (*s == start)
			return -EINVAL;
	}
	if (overflow)
		return -ERANGE;
	return *ret_last < *ret_first ? -EINVAL : 0;
}

int parse_cpu_list(const char *s, bool *set, unsigned nr)
{
	uint64_t first, last;
	int count = 0, r;

	memset(set, 0, nr * sizeof(*set));
	if (!*s)
		return 0;
	do {
		r = read_range(&s, &first, &last);
		if (r < 0)
			return r;
		if (last >= nr)
			return -ERANGE;
		for (; first <= last; first++, count++) {
			/* nobody writes that; refused, it keeps the work within @nr steps */
			if (set[first])
				return -EINVAL;
			set[first] = true;
		}
	} while (*s++ == ',');
	return s[-1] ? -EINVAL : count;
}

/* 0 to 15, or -1. */
static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *place = c ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;

	return place ? (int)(place - digits) : -1;
}

int parse_cpu_mask(const char *s, bool *set, unsigned nr)
{
	size_t bit = 0;
	int count = 0;

	memset(set, 0, nr * sizeof(*set));
	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
		s += 2;
	if (hex_digit(*s) < 0)
		return -EINVAL;
	for (const char *p = s + strlen(s); p-- > s;) {
		int digit = hex_digit(*p);

		if (digit < 0 && *p != '_' && *p != ',')
			return -EINVAL;
		if (digit < 0)
			continue;
		for (int i = 0; i < 4; i++, bit++) {
			if (!(digit >> i & 1))
				continue;
			if (bit >= nr)
				return -ERANGE;
			set[bit] = true;
			count++;
		}
	}
	return count;
}
