/* SPDX-License-Identifier: GPL-2.0-only */
/* Work of a known size: turns of a loop that nothing but the CPU's speed can make faster. */
#pragma once

#include <stdint.h>

/* The loop; not to be inlined or left out. */
void spin(uint64_t turns);

/*
 * Turns a CPU does in a microsecond when all CPUs this process may use are busy: what a CPU is
 * worth beside the load workloads make, with SMT, turbo modes and emulators that count
 * instructions. In CPU time of the threads that find out, so that other load matters little. > 0.
 */
double spin_calibrate(void);
