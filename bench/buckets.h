/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a histogram counts a value, for user space and BPF.
 *
 * Below 256 each value has a bucket of its own; from there on each power of two has 256, told
 * apart by the eight bits after the leading one. A bucket is read back as its greatest value,
 * so that the share of a quantile is truly at or below it.
 */
#pragma once

enum { BUCKET_BITS = 8, BUCKET_STEPS = 1 << BUCKET_BITS };

/* So many hold all values below 2 ^ @bits. */
#define NR_BUCKETS(bits) (BUCKET_STEPS * ((bits) - BUCKET_BITS + 1))

static inline unsigned bucket_of(unsigned long long value)
{
	unsigned shift;

	if (value < BUCKET_STEPS)
		return (unsigned)value;
	shift = 63 - (unsigned)__builtin_clzll(value) - BUCKET_BITS;
	return shift * BUCKET_STEPS + (unsigned)(value >> shift);
}

static inline unsigned long long bucket_greatest(unsigned bucket)
{
	unsigned shift;

	if (bucket < 2 * BUCKET_STEPS)
		return bucket;
	shift = bucket / BUCKET_STEPS - 1;
	/* the last one of 64 bits ends at their greatest, where the first term is 0 */
	return ((unsigned long long)(bucket % BUCKET_STEPS + BUCKET_STEPS + 1) << shift) - 1;
}
