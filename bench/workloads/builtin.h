/* SPDX-License-Identifier: GPL-2.0-only */
/* The workloads aios-bench brings along. One is a file here, and one line in builtin.c. */
#pragma once

#include "bench/workload.h"

extern const struct builtin_workload workload_batch, workload_cxl, workload_fair, workload_forks,
	workload_frame, workload_gang, workload_pipe, workload_schbench, workload_wakeup;

/* NULL if there is none of this name. */
const struct builtin_workload *builtin_find(const char *name);
