// SPDX-License-Identifier: GPL-2.0-only
#include "lib/log.h"

#include "bench/workloads/results.h"

int results_add(struct measurement *m, const struct result *results, size_t nr)
{
	int r;

	for (const struct result *x = results; x < results + nr; x++) {
		r = measurement_add(m, x->name, x->unit, x->better, x->value);
		if (r < 0)
			return log_errno(r, "cannot report %s = %g: %m", x->name, x->value);
	}
	return 0;
}
