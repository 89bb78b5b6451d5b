// SPDX-License-Identifier: GPL-2.0-only
#include <time.h>

#include "clock.h"

static uint64_t now_us(clockid_t clock)
{
	struct timespec now = {};

	(void)clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

uint64_t monotonic_us(void)
{
	return now_us(CLOCK_MONOTONIC);
}

uint64_t realtime_us(void)
{
	return now_us(CLOCK_REALTIME);
}
