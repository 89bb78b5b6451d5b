/* SPDX-License-Identifier: GPL-2.0-only */
/* Several metrics at once, as a table. */
#pragma once

#include <stddef.h>

#include "bench/metric.h"

struct result {
	const char *name, *unit;
	enum better better;
	double value;
};

/* 0 or the error of measurement_add(), after logging which of them it was. */
int results_add(struct measurement *m, const struct result *results, size_t nr);
