/* SPDX-License-Identifier: GPL-2.0-only */
/* The primary domain as user space hands it over; see scx/domain.bpf.h. */
#pragma once

#include <scx/types.h>

#define SCX_PERF_BY_LOAD (~0U)

struct scx_domain_args {
	u32 is_all; /* every online CPU belongs to it */
	u32 perf;   /* speed the CPUs are asked for, 0 to 1024, or SCX_PERF_BY_LOAD */
};
