// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <stdio.h>

#include "bench/report/report_json.h"

int json_build_number(sd_json_variant **ret, const char *name _unused_, void *x)
{
	double value = *(const double *)x;

	return isfinite(value) ? sd_json_variant_new_real(ret, value)
			       : sd_json_variant_new_null(ret);
}

/* {"ejected": 2}: runs of an arm that do not count, by status; round 0 is not looked at. */
static int count_lost(const struct session *s, unsigned workload, unsigned arm,
		      sd_json_variant **ret)
{
	int r = sd_json_variant_new_object(ret, NULL, 0);

	for (unsigned status = RUN_OK + 1; r >= 0 && status < NR_RUN_STATUSES; status++) {
		size_t nr = session_count(s, workload, arm, status);

		if (nr > 0)
			r = sd_json_variant_set_field_unsigned(ret, run_status_names[status], nr);
	}
	return r;
}

static int add_cell(const struct analysis *a, const struct row *row, unsigned arm, const char *name,
		    sd_json_variant **rows)
{
	_cleanup_json_ sd_json_variant *lost = NULL;
	const struct session *s = a->session;
	const struct cell *cell = &row->cells[arm];
	struct comparison c = cell->comparison;
	int r = count_lost(s, row->workload, arm, &lost);

	if (r < 0)
		return r;
	if (arm == 0 || cell->nr == 0)
		c = (struct comparison){.ratio = NAN, .interval = {NAN, NAN}, .p = NAN};
	return sd_json_variant_append_arraybo(
		rows, JSON_PAIR_TEXT("file", name),
		SD_JSON_BUILD_PAIR_STRING("workload", s->workloads[row->workload].label),
		SD_JSON_BUILD_PAIR_STRING("metric", row->metric),
		SD_JSON_BUILD_PAIR_STRING("unit", row->unit),
		SD_JSON_BUILD_PAIR_STRING("better", better_names[row->better]),
		SD_JSON_BUILD_PAIR_STRING("arm", s->arms[arm].label),
		SD_JSON_BUILD_PAIR_UNSIGNED("runs", cell->nr),
		SD_JSON_BUILD_PAIR_VARIANT("lost", lost), JSON_PAIR_NUMBER("median", cell->median),
		JSON_PAIR_NUMBER("noise", row->noise), JSON_PAIR_NUMBER("ratio", c.ratio),
		JSON_PAIR_NUMBER("low", c.interval.low), JSON_PAIR_NUMBER("high", c.interval.high),
		JSON_PAIR_NUMBER("p", c.p),
		SD_JSON_BUILD_PAIR_STRING("verdict", verdict_names[c.verdict]));
}

int report_json(const struct analysis *a, const char *name, sd_json_variant **rows)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < a->nr_rows; i++)
		for (unsigned arm = 0; r >= 0 && arm < a->session->nr_arms; arm++)
			r = add_cell(a, &a->rows[i], arm, name, rows);
	return r;
}

int json_print(sd_json_variant *v)
{
	if (!v)
		return puts("[]") < 0 ? -EIO : 0;
	return sd_json_variant_dump(v, SD_JSON_FORMAT_PRETTY_AUTO | SD_JSON_FORMAT_NEWLINE, stdout,
				    NULL);
}
