/* SPDX-License-Identifier: GPL-2.0-only */
/* What is drawn of a session, each with one plot. */
#pragma once

#include "bench/analysis.h"
#include "bench/report/plot.h"

/*
 * Each prepares @ret and returns > 0, or 0 if there is nothing to draw, or -ENOMEM. @ret is to be
 * finished in any case.
 */

/* The ratios of a row: a bar from 1 for each arm, its interval, and the noise of the baseline. */
int figure_ratios(const struct analysis *a, const struct row *row, struct plot *ret);

/* The distribution called @name of each arm, the median of its runs: values, logarithmic, by shares
 * of samples, as nines. */
int figure_curves(const struct session *s, unsigned workload, const char *name, struct plot *ret);

/* The metric of @row of each run by when it was made. */
int figure_timeline(const struct session *s, const struct row *row, struct plot *ret);
