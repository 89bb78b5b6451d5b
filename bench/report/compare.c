// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verb compare: what became better or worse from one session to another, arm by arm. Nothing
 * else should have changed in between, so what else is different is said.
 */
#include "bench/report/output.h"
#include "bench/report/pair.h"
#include "bench/report/report_json.h"
#include "bench/verbs.h"

struct compare_conf {
	struct output_options output;
};

static const struct option_info compare_options[] = {
	OUTPUT_OPTIONS(struct compare_conf, output),
};

static int add_json(sd_json_variant **rows, const struct pair *p, const struct loaded *a)
{
	const struct comparison *c = &p->comparison;
	const struct row *row = p->row_a;

	return sd_json_variant_append_arraybo(
		rows,
		SD_JSON_BUILD_PAIR_STRING("workload", a->session.workloads[row->workload].label),
		SD_JSON_BUILD_PAIR_STRING("metric", row->metric),
		SD_JSON_BUILD_PAIR_STRING("unit", row->unit),
		SD_JSON_BUILD_PAIR_STRING("better", better_names[row->better]),
		SD_JSON_BUILD_PAIR_STRING("arm", a->session.arms[p->arm_a].label),
		SD_JSON_BUILD_PAIR_UNSIGNED("runs_a", p->a->nr),
		SD_JSON_BUILD_PAIR_UNSIGNED("runs_b", p->b->nr),
		JSON_PAIR_NUMBER("median_a", p->a->median),
		JSON_PAIR_NUMBER("median_b", p->b->median), JSON_PAIR_NUMBER("ratio", c->ratio),
		JSON_PAIR_NUMBER("low", c->interval.low),
		JSON_PAIR_NUMBER("high", c->interval.high), JSON_PAIR_NUMBER("p", c->p),
		SD_JSON_BUILD_PAIR_STRING("verdict", verdict_names[c->verdict]));
}

static int print_rows(const struct loaded *a, const struct loaded *b)
{
	_cleanup_json_ sd_json_variant *rows = NULL;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < a->analysis.nr_rows; i++) {
		const struct row *row = &a->analysis.rows[i];
		const char *workload = a->session.workloads[row->workload].label;
		struct pair pair = {.row_a = row, .row_b = pair_row(b, workload, row)};

		for (unsigned arm = 0; r >= 0 && pair.row_b && arm < a->session.nr_arms; arm++) {
			r = pair_make(a, b, arm, &pair);
			if (r > 0)
				r = add_json(&rows, &pair, a);
		}
	}
	return r < 0 ? r : json_print(rows);
}

static enum exit_status compare_run(const void *conf, char **words)
{
	const struct compare_conf *c = conf;
	_cleanup_loaded_ struct loaded a = {}, b = {};
	struct screen screen;
	int r;

	output_screen(&screen, &c->output);
	if (loaded_read(&a, words[0]) < 0 || loaded_read(&b, words[1]) < 0)
		return STATUS_FAILED;
	r = compare_conditions(&screen, &a, &b);
	if (r >= 0)
		r = c->output.json ? print_rows(&a, &b) : compare_text(stdout, &screen, &a, &b);
	return output_status(r, "a comparison");
}

const struct verb verb_compare = {
	.name = "compare",
	.help = "show what changed from one session to another",
	.arguments = " A B",
	.options = compare_options,
	.nr_options = ARRAY_SIZE(compare_options),
	.conf_size = sizeof(struct compare_conf),
	.min_words = 2,
	.max_words = 2,
	.run = compare_run,
};
