/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers that look random and are the same each time (splitmix64, S. Vigna). */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct prng {
	uint64_t state; /* any seed */
};

static inline uint64_t prng_next(struct prng *p)
{
	uint64_t z = p->state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

/* From 0 to @n - 1, @n up to 2^32. */
static inline size_t prng_below(struct prng *p, uint64_t n)
{
	return (size_t)(((prng_next(p) >> 32) * n) >> 32);
}
