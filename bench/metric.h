/* SPDX-License-Identifier: GPL-2.0-only */
/* What one run of a workload gave: named numbers, and distributions of what it timed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <systemd/sd-json.h>

#include "bench/json.h"
#include "lib/util.h"

enum better {
	BETTER_LOWER,
	BETTER_HIGHER,
	BETTER_NONE, /* shown, never judged */
	NR_BETTER,
};

/* "lower", "higher", "none": in options and in files. */
extern const char *const better_names[NR_BETTER];
/* The one called @name, or -EINVAL. */
int better_from_name(const char *name);

struct metric {
	char *name; /* unique in its run: "wakeup_p99" */
	char *unit; /* as printed: "us", "1/s", "%", "" */
	enum better better;
	double value; /* finite */
};

/* A point of a distribution: a share @quantile (0 to 1) of all samples is at most @value. */
struct quantile {
	double quantile, value;
};

struct distribution {
	char *name; /* "wakeup" */
	char *unit;
	struct quantile *points; /* both members grow */
	size_t nr_points;
};

struct measurement {
	struct metric *metrics; /* in the order they were added */
	size_t nr_metrics;
	struct distribution *distributions;
	size_t nr_distributions;
};

void measurement_finish(struct measurement *m);
#define _cleanup_measurement_ _cleanup_(measurement_finish)

/* Copies what is given. -EEXIST: one has this name; -EDOM: @value is not finite; -ENOMEM. */
int measurement_add(struct measurement *m, const char *name, const char *unit, enum better better,
		    double value);
/* The same for a distribution; -EDOM: @points are none, not finite, not of 0 to 1, or go back. */
int measurement_add_distribution(struct measurement *m, const char *name, const char *unit,
				 const struct quantile *points, size_t nr_points);

/* NULL if there is none. */
const struct metric *measurement_find(const struct measurement *m, const char *name);

/*
 * {"metrics": [{"name", "unit", "better", "value"}],
 *  "distributions": [{"name", "unit", "points": [[quantile, value]]}]}
 * 0 or a negative errno; reading: -EBADMSG for what is no measurement, and in *e why.
 */
int measurement_to_json(const struct measurement *m, sd_json_variant **ret);
int measurement_from_json(sd_json_variant *v, struct measurement *ret, struct json_error *e);
