// SPDX-License-Identifier: GPL-2.0-only
#include "bench/drivers/driver.h"

const struct driver *const drivers[] = {
	&driver_cyclictest, &driver_hackbench,  &driver_llama_bench,
	&driver_make,       &driver_perf_sched, &driver_schbench,
	&driver_stress_ng,  &driver_sysbench,   NULL,
};
