/* SPDX-License-Identifier: GPL-2.0-only */
/* What a session says: for each workload, metric and arm its median and how it compares. */
#pragma once

#include "bench/session.h"
#include "bench/statistics.h"

struct cell {
	size_t nr;                    /* runs that count */
	size_t nr_bad;                /* rounds that do not */
	double *values;               /* by round */
	double median;                /* NAN if nr is 0 */
	struct comparison comparison; /* with the baseline; of the baseline itself: verdict none */
};

struct row {
	unsigned workload;         /* index in the session */
	const char *metric, *unit; /* the session's */
	enum better better;
	double noise;       /* noise_floor() of the baseline; NAN if unknown */
	struct cell *cells; /* one for each arm */
};

struct analysis {
	const struct session *session;
	struct row *rows; /* by workload, then as the workload gives its metrics */
	size_t nr_rows;
};

/* 0 or -ENOMEM; the session must stay. */
int analysis_make(const struct session *s, struct analysis *ret);
void analysis_finish(struct analysis *a);
#define _cleanup_analysis_ _cleanup_(analysis_finish)

/*
 * Whether every interval of the judged metrics called @metric (NULL: of the first metric of each
 * workload) is within @percent of its ratio: what --until waits for. An interval of too few
 * runs for a verdict is not; arms without a ratio are left out, but there must be one with it.
 */
bool analysis_is_tight(const struct analysis *a, const char *metric, double percent);
