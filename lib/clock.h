/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdint.h>

/* Microseconds on CLOCK_MONOTONIC. */
uint64_t monotonic_us(void);

/* Microseconds since 1970. */
uint64_t realtime_us(void);
