/* SPDX-License-Identifier: GPL-2.0-only */
/* Two sessions, A and B, side by side: what has the same names in both is compared. */
#pragma once

#include "bench/report/output.h"
#include "bench/report/screen.h"

/* The same arm of the same metric in both. */
struct pair {
	const struct row *row_a, *row_b;
	const struct cell *a, *b;
	unsigned arm_a, arm_b;
	struct comparison comparison; /* NAN and no verdict if one has no value */
};

/* Index of what is called @label; the number of arms or workloads if there is none. */
unsigned pair_arm(const struct session *s, const char *label);
size_t pair_workload(const struct session *s, const char *label);

/* The row that is @like, of the workload called @workload; NULL if there is none. */
const struct row *pair_row(const struct loaded *l, const char *workload, const struct row *like);

/* Fills *ret, of which the rows are set, for @arm of A. > 0, 0 if B does not have it, -ENOMEM. */
int pair_make(const struct loaded *a, const struct loaded *b, unsigned arm, struct pair *ret);

/* The comparison as text. 0 or -ENOMEM. */
int compare_text(FILE *f, const struct screen *s, const struct loaded *a, const struct loaded *b);

/* Warns of what should be the same in both and is not: machines, commands. 0 or -ENOMEM. */
int compare_conditions(const struct screen *s, const struct loaded *a, const struct loaded *b);
