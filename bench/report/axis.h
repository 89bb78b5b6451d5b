/* SPDX-License-Identifier: GPL-2.0-only */
/* What plots have in common: ranges of axes, and how an arm looks. */
#pragma once

#include <stdio.h>

#include "bench/session.h"

/* Of texts that would leave no room for the plot, only the beginning is shown. */
enum { PLOT_WIDTH = 480, PLOT_LABEL_COLUMNS = 20, PLOT_VALUE_COLUMNS = 16 };

/* The same for an arm in all plots. */
unsigned arm_colour(unsigned arm);
unsigned arm_shape(unsigned arm);
unsigned arm_dashes(unsigned arm);

/* Room below a plot for the names of all arms, in two columns. */
unsigned key_height(const struct session *s);

struct range {
	double low, high;
};

#define RANGE_EMPTY ((struct range){INFINITY, -INFINITY})

/* Ignores what is infinite or no number. */
void range_add(struct range *r, double x);

/* The value nearest to @x in the range, which is not empty. */
double range_clamp(const struct range *r, double x);

/* Whether equal steps would hide what is small: the axis has to be logarithmic. */
bool range_is_wide(const struct range *r);

/* Leaves a margin at both ends, as a share of the whole. */
void range_widen(struct range *r, double share);

/* Marks of @axis, 'x' or 'y': logarithmic, at 1, 2, 5, 10 or fewer. */
void print_log_tics(FILE *f, char axis, const struct range *r);

/* As the range wants it: those, or at most six at equal steps. */
void print_tics(FILE *f, char axis, const struct range *r);
