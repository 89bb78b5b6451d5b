// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "bench/workloads/builtin.h"

const struct builtin_workload *const builtin_workloads[] = {
	&workload_schbench, &workload_frame, &workload_wakeup, &workload_gang, &workload_batch,
	&workload_forks,    &workload_fair,  &workload_pipe,   &workload_cxl,  NULL,
};

const struct builtin_workload *builtin_find(const char *name)
{
	for (const struct builtin_workload *const *w = builtin_workloads; *w; w++)
		if (strcmp((*w)->name, name) == 0)
			return *w;
	return NULL;
}
