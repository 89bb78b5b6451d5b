// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verb compare: what became better or worse from one session to another, arm by arm. Nothing
 * else should have changed in between, so what else is different is said.
 */
#include <math.h>
#include <string.h>

#include "bench/facts.h"
#include "bench/numbers.h"
#include "bench/output.h"
#include "bench/report_json.h"
#include "bench/report_text.h"
#include "bench/table.h"
#include "bench/verbs.h"
#include "lib/log.h"

struct compare_conf {
	struct output_options output;
};

static const struct option_info compare_options[] = {
	OUTPUT_OPTIONS(struct compare_conf, output),
};

/* The same arm of the same metric in both sessions. */
struct pair {
	const struct row *row_a, *row_b;
	const struct cell *a, *b;
	unsigned arm_a, arm_b;
	struct comparison comparison; /* if both have values */
};

static unsigned find_arm(const struct session *s, const char *label)
{
	unsigned i = 0;

	while (i < s->nr_arms && strcmp(s->arms[i].label, label) != 0)
		i++;
	return i;
}

static const struct row *find_row(const struct loaded *l, const char *workload,
				  const struct row *like)
{
	for (size_t i = 0; i < l->analysis.nr_rows; i++) {
		const struct row *row = &l->analysis.rows[i];

		if (strcmp(l->session.workloads[row->workload].label, workload) == 0 &&
		    strcmp(row->metric, like->metric) == 0 && strcmp(row->unit, like->unit) == 0)
			return row;
	}
	return NULL;
}

/* > 0 and *ret, 0 if @b does not have this arm, -ENOMEM. The rows are set. */
static int make_pair(const struct loaded *a, const struct loaded *b, unsigned arm, struct pair *ret)
{
	int r;

	ret->arm_a = arm;
	ret->arm_b = find_arm(&b->session, a->session.arms[arm].label);
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

/* How the machine is just now, not what it is. */
static bool is_fleeting(const char *name)
{
	static const char *const names[] = {"boot_id", "load", "time", "uptime"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* Facts of @a that are others in @b; with @is_back, only those that @a does not know. */
static void warn_facts(const struct facts *a, const struct facts *b, const char *const *paths)
{
	for (size_t i = 0; i < a->nr; i++) {
		const struct fact *f = &a->list[i];
		const char *other = facts_find(b, f->name);

		if (!is_fleeting(f->name) && strcmp(other ?: "", f->value) != 0)
			log_warning("the machines differ: %s is '%s' in %s and '%s' in %s", f->name,
				    f->value, paths[0], other ?: "unknown", paths[1]);
	}
	for (size_t i = 0; i < b->nr; i++)
		if (!is_fleeting(b->list[i].name) && !facts_find(a, b->list[i].name))
			log_warning("the machines differ: %s is 'unknown' in %s and '%s' in %s",
				    b->list[i].name, paths[0], b->list[i].value, paths[1]);
}

static int warn_machines(const struct loaded *a, const struct loaded *b)
{
	_cleanup_facts_ struct facts facts_a = {}, facts_b = {};
	int r = facts_read(a->session.machine, &facts_a);

	if (r >= 0)
		r = facts_read(b->session.machine, &facts_b);
	if (r >= 0)
		warn_facts(&facts_a, &facts_b, (const char *const[]){a->path, b->path});
	return r;
}

static void add_cell(struct table *t, const struct pair *p, const struct loaded *a,
		     const struct loaded *b)
{
	const struct comparison *c = &p->comparison;
	const char *mark = verdict_mark(c->verdict, p->row_a->better);

	if (p->a->nr == 0 || p->b->nr == 0) {
		bool is_a = p->a->nr == 0;

		table_add(t, TONE_BAD, "no result\n%s: %s", is_a ? "A" : "B",
			  absence_text(is_a ? &a->session : &b->session,
				       is_a ? p->row_a->workload : p->row_b->workload,
				       is_a ? p->arm_a : p->arm_b));
		return;
	}
	if (isnan(c->ratio))
		table_add(t, verdict_tone(c->verdict), "-%s\nno ratio\n%s > %s", mark,
			  NUMBER_VALUE(c->median_a), NUMBER_VALUE(c->median_b));
	else
		table_add(t, verdict_tone(c->verdict), "%s%s\n%s..%s\n%s > %s",
			  NUMBER_RATIO(c->ratio), mark, NUMBER_RATIO(c->interval.low),
			  NUMBER_RATIO(c->interval.high), NUMBER_VALUE(c->median_a),
			  NUMBER_VALUE(c->median_b));
}

/* A text that came with the session, as a cell. */
static int add_text(struct table *t, const struct screen *s, enum tone tone, const char *text,
		    const char *more)
{
	_cleanup_free_ char *clean = screen_text(s, text);

	if (!clean)
		return -ENOMEM;
	table_add(t, tone, "%s%s", clean, more);
	return 0;
}

static int add_heading(struct table *t, const struct screen *s, const struct loaded *a,
		       const struct loaded *b)
{
	int r = 0;

	table_add(t, TONE_STRONG, "%s", "");
	for (size_t i = 0; r >= 0 && i < a->session.nr_arms; i++) {
		const char *label = a->session.arms[i].label;

		if (find_arm(&b->session, label) < b->session.nr_arms)
			r = add_text(t, s, TONE_STRONG, label, "");
	}
	return r;
}

/* The row of a metric, if @b has it. > 0 if so. */
static int add_row(struct table *t, const struct screen *s, const struct loaded *a,
		   const struct loaded *b, const struct row *row)
{
	const char *workload = a->session.workloads[row->workload].label;
	struct pair pair = {.row_a = row, .row_b = find_row(b, workload, row)};
	char more[96];
	int r;

	if (!pair.row_b)
		return 0;
	(void)snprintf(more, sizeof(more), "\n  %s", better_text(row->better));
	r = add_text(t, s, TONE_PLAIN, row->metric, more);
	for (unsigned arm = 0; r >= 0 && arm < a->session.nr_arms; arm++) {
		r = make_pair(a, b, arm, &pair);
		if (r > 0)
			add_cell(t, &pair, a, b);
	}
	return r < 0 ? r : 1;
}

static size_t count_common_arms(const struct loaded *a, const struct loaded *b)
{
	size_t nr = 0;

	for (size_t i = 0; i < a->session.nr_arms; i++)
		nr += find_arm(&b->session, a->session.arms[i].label) < b->session.nr_arms;
	return nr;
}

/* > 0 if there was anything to compare. */
static int print_workload(const struct screen *s, const struct loaded *a, const struct loaded *b,
			  unsigned workload)
{
	_cleanup_table_ struct table t = {.nr_columns = 1 + count_common_arms(a, b)};
	_cleanup_free_ char *title = screen_text(s, a->session.workloads[workload].label);
	int r = title ? add_heading(&t, s, a, b) : -ENOMEM, nr = 0;

	for (size_t i = 0; r >= 0 && i < a->analysis.nr_rows; i++) {
		if (a->analysis.rows[i].workload != workload)
			continue;
		r = add_row(&t, s, a, b, &a->analysis.rows[i]);
		nr += r > 0;
	}
	if (r < 0 || nr == 0)
		return r < 0 ? r : 0;
	(void)printf("\n%s", screen_tone(s, TONE_STRONG));
	screen_print(stdout, s, title, 0, 2);
	(void)printf("%s\n", screen_tone(s, TONE_PLAIN));
	r = table_print(stdout, s, &t);
	return r < 0 ? r : 1;
}

static int print_side(const struct screen *s, const char *letter, const struct loaded *l)
{
	_cleanup_free_ char *name = NULL;

	if (asprintf(&name, "%s: %s", letter, l->path) < 0) {
		name = NULL;
		return -ENOMEM;
	}
	return report_heading(stdout, s, &l->session, name);
}

static int print_text(const struct output_options *o, const struct loaded *a,
		      const struct loaded *b)
{
	struct screen screen;
	int r, nr = 0;

	output_screen(&screen, o);
	r = print_side(&screen, "A", a);
	if (r >= 0)
		r = print_side(&screen, "B", b);
	for (unsigned i = 0; r >= 0 && i < a->session.nr_workloads; i++) {
		r = count_common_arms(a, b) ? print_workload(&screen, a, b, i) : 0;
		nr += r > 0;
	}
	if (r < 0)
		return r;
	if (nr == 0)
		(void)puts("\nThey have no metric of the same workload and arm in common.");
	else
		screen_print(stdout, &screen,
			     "\nRatios are medians of B to medians of A; below them their 95 % "
			     "intervals and the medians. ~ no difference shown. ? too few runs to "
			     "tell.",
			     0, 0);
	return 0;
}

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
		struct pair pair = {.row_a = row, .row_b = find_row(b, workload, row)};

		for (unsigned arm = 0; r >= 0 && pair.row_b && arm < a->session.nr_arms; arm++) {
			r = make_pair(a, b, arm, &pair);
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
	int r;

	if (loaded_read(&a, words[0]) < 0 || loaded_read(&b, words[1]) < 0)
		return STATUS_FAILED;
	r = warn_machines(&a, &b);
	if (r >= 0)
		r = c->output.json ? print_rows(&a, &b) : print_text(&c->output, &a, &b);
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
