/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernel-style integer names for headers that both compilers read. */
#pragma once

#ifdef __bpf__
#include <scx/kernel.bpf.h>
#else
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;
#endif
