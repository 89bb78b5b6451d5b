/* SPDX-License-Identifier: GPL-2.0-only */
/* Work of a known size: turns of a loop that nothing but the CPU's speed can make faster. */
#pragma once

#include <stdint.h>

/* The loop; not to be inlined or left out. */
void spin(uint64_t turns);

/*
 * Turns that take a microsecond on this machine: the fastest of many short tries, in CPU
 * time of this thread, so that other load cannot make it slower. > 0.
 */
double spin_calibrate(void);
