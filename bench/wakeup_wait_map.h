/* SPDX-License-Identifier: GPL-2.0-only */
/* The histogram in which BPF counts and from which user space reads. */
#pragma once

#include "bench/buckets.h"

#define WAKEUP_WAIT_BITS 40 /* who waits longer than 18 minutes has waited for 18 minutes */
#define WAKEUP_WAIT_MAX_NS ((1ULL << WAKEUP_WAIT_BITS) - 1)
#define WAKEUP_WAIT_BUCKETS NR_BUCKETS(WAKEUP_WAIT_BITS)
