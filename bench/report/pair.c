// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <string.h>

#include "bench/report/pair.h"

unsigned pair_arm(const struct session *s, const char *label)
{
	unsigned i = 0;

	while (i < s->nr_arms && strcmp(s->arms[i].label, label) != 0)
		i++;
	return i;
}

size_t pair_workload(const struct session *s, const char *label)
{
	size_t i = 0;

	while (i < s->nr_workloads && strcmp(s->workloads[i].label, label) != 0)
		i++;
	return i;
}

const struct row *pair_row(const struct loaded *l, const char *workload, const struct row *like)
{
	for (size_t i = 0; i < l->analysis.nr_rows; i++) {
		const struct row *row = &l->analysis.rows[i];

		if (strcmp(l->session.workloads[row->workload].label, workload) == 0 &&
		    strcmp(row->metric, like->metric) == 0 && strcmp(row->unit, like->unit) == 0)
			return row;
	}
	return NULL;
}

int pair_make(const struct loaded *a, const struct loaded *b, unsigned arm, struct pair *ret)
{
	int r;

	ret->arm_a = arm;
	ret->arm_b = pair_arm(&b->session, a->session.arms[arm].label);
	if (ret->arm_b == b->session.nr_arms)
		return 0;
	ret->a = &ret->row_a->cells[arm];
	ret->b = &ret->row_b->cells[ret->arm_b];
	ret->comparison = (struct comparison){.ratio = NAN, .interval = {NAN, NAN}, .p = NAN};
	if (ret->a->nr == 0 || ret->b->nr == 0)
		return 1;
	r = compare_groups(ret->a->values, ret->a->nr, ret->b->values, ret->b->nr,
			   ret->row_a->better, &ret->comparison);
	return r < 0 ? r : 1;
}
