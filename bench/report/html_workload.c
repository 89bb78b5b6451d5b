// SPDX-License-Identifier: GPL-2.0-only
/*
 * A workload on the page: who is best, the table, the plots, the runs that do not count, and all
 * runs for those who want to calculate themselves.
 */
#include <math.h>
#include <string.h>

#include "bench/report/figures.h"
#include "bench/report/html.h"
#include "bench/report/leaders.h"
#include "bench/report/numbers.h"
#include "bench/report/report_html.h"
#include "lib/strv.h"

static int print_leaders(FILE *f, const struct analysis *a, unsigned workload)
{
	_cleanup_free_ char *lines = NULL;
	int r = leaders_text(a, workload, &lines);

	if (r < 0)
		return r;
	if (!*lines) {
		(void)fputs("<p>No difference between the arms is shown.</p>\n", f);
		return 0;
	}
	(void)fputs("<ul class=\"best\">\n", f);
	for (const char *line = lines; *line; line += strspn(line, "\n")) {
		size_t len = strcspn(line, "\n");

		(void)fputs("<li>", f);
		html_textn(f, line, len);
		(void)fputs("</li>\n", f);
		line += len;
	}
	(void)fputs("</ul>\n", f);
	return 0;
}

/* A table that may be wider than the screen: it scrolls alone, also by keys. */
static void begin_table(FILE *f, const char *caption, const char *label)
{
	html_print(f,
		   "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s, %s\">\n"
		   "<table>\n<caption><span>%s</span></caption>\n<thead><tr>",
		   caption, label, caption);
}

static void end_table(FILE *f)
{
	(void)fputs("</tbody>\n</table>\n</div>\n", f);
}

static void print_columns(FILE *f, const char *const *names, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		html_print(f, "<th scope=\"col\">%s</th>", names[i]);
}

static void print_baseline(FILE *f, const struct analysis *a, const struct row *row)
{
	if (row->cells[0].nr == 0)
		html_print(f, "<td class=\"worse\">no result<small>%s</small></td>",
			   absence_text(a->session, row->workload, 0));
	else
		html_print(f, "<td>%s\u00a0%s</td>", NUMBER_VALUE(row->cells[0].median), row->unit);
	html_print(f, "<td>%s</td>", isnan(row->noise) ? "" : NUMBER_PERCENT(row->noise));
}

static const char *verdict_class(enum verdict verdict)
{
	static const char *const classes[NR_VERDICTS] = {
		[VERDICT_NONE] = "weak",
		[VERDICT_SAME] = "weak",
		[VERDICT_BETTER] = "better",
		[VERDICT_WORSE] = "worse",
	};

	return classes[verdict];
}

static void print_cell(FILE *f, const struct analysis *a, const struct row *row, unsigned arm)
{
	const struct cell *cell = &row->cells[arm];
	const struct comparison *c = &cell->comparison;

	if (cell->nr == 0) {
		html_print(f, "<td class=\"worse\">no result<small>%s</small></td>",
			   absence_text(a->session, row->workload, arm));
		return;
	}
	html_print(f, "<td>%s\u00a0%s<small>", NUMBER_VALUE(cell->median), row->unit);
	if (!isnan(c->ratio))
		html_print(f, "%s (%s to %s)", NUMBER_RATIO(c->ratio),
			   NUMBER_RATIO(c->interval.low), NUMBER_RATIO(c->interval.high));
	html_print(f, "</small><span class=\"%s\">%s</span></td>", verdict_class(c->verdict),
		   verdict_text(c->verdict, row->better));
}

static void print_results(FILE *f, const struct analysis *a, unsigned workload)
{
	const struct session *s = a->session;

	begin_table(f, "Medians, and ratios to the baseline with their 95 % intervals",
		    s->workloads[workload].label);
	print_columns(f, (const char *const[]){"metric", s->arms[0].label, "noise"}, 3);
	for (size_t i = 1; i < s->nr_arms; i++)
		print_columns(f, (const char *const[]){s->arms[i].label}, 1);
	(void)fputs("</tr></thead>\n<tbody>\n", f);
	for (size_t i = 0; i < a->nr_rows; i++) {
		const struct row *row = &a->rows[i];

		if (row->workload != workload)
			continue;
		html_print(f, "<tr><th scope=\"row\">%s<small>%s</small></th>", row->metric,
			   better_text(row->better));
		print_baseline(f, a, row);
		for (unsigned arm = 1; arm < s->nr_arms; arm++)
			print_cell(f, a, row, arm);
		(void)fputs("</tr>\n", f);
	}
	end_table(f);
}

/* One figure; the first failure ends all drawing. */
static int print_figure(struct page *p, struct plot *plot, const char *title, const char *text)
{
	int r;

	html_print(p->file, "<figure>\n<figcaption><b>%s</b>%s</figcaption>\n", title, text);
	r = plot_draw(plot, p->file, p->nr_plots++, title);
	if (r < 0) {
		p->plot_error = r;
		(void)fputs("<p>gnuplot failed to draw this and what follows.</p>\n", p->file);
	}
	(void)fputs("</figure>\n", p->file);
	return r == -ENOMEM ? r : 0;
}

static int print_ratios(struct page *p, const struct analysis *a, unsigned workload)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && p->plot_error == 0 && i < a->nr_rows; i++) {
		const struct row *row = &a->rows[i];
		_cleanup_plot_ struct plot plot = {};
		char text[64];

		if (row->workload != workload)
			continue;
		(void)snprintf(text, sizeof(text), "ratio to the baseline; %s",
			       better_text(row->better));
		r = figure_ratios(a, row, &plot);
		if (r > 0)
			r = print_figure(p, &plot, row->metric, text);
	}
	return r;
}

static int print_timeline(struct page *p, const struct analysis *a, unsigned workload)
{
	_cleanup_plot_ struct plot plot = {};
	const struct row *row = NULL;
	int r;

	for (size_t i = 0; !row && i < a->nr_rows; i++)
		if (a->rows[i].workload == workload)
			row = &a->rows[i];
	if (!row || p->plot_error < 0)
		return 0;
	r = figure_timeline(a->session, row, &plot);
	if (r <= 0)
		return r;
	return print_figure(p, &plot, row->metric,
			    "each run when it was made, to see drift; small: warm-up, a cross on "
			    "the axis: does not count");
}

/* Whether run @i is the first of its workload that has its @n-th distribution. */
static bool is_first_with(const struct session *s, size_t i, const char *name)
{
	for (size_t j = 0; j < i; j++)
		if (s->runs[j].workload == s->runs[i].workload)
			for (size_t k = 0; k < s->runs[j].measurement.nr_distributions; k++)
				if (strcmp(s->runs[j].measurement.distributions[k].name, name) == 0)
					return false;
	return true;
}

static int print_curves(struct page *p, const struct session *s, unsigned workload)
{
	int r = 0;

	for (size_t i = 0; i < s->nr_runs; i++) {
		const struct measurement *m = &s->runs[i].measurement;

		if (s->runs[i].workload != workload)
			continue;
		for (size_t k = 0; r >= 0 && k < m->nr_distributions; k++) {
			const char *name = m->distributions[k].name;
			_cleanup_plot_ struct plot plot = {};

			if (p->plot_error < 0 || !is_first_with(s, i, name))
				continue;
			r = figure_curves(s, workload, name, &plot);
			if (r > 0)
				r = print_figure(p, &plot, name,
						 "share of samples that took no longer; medians "
						 "of the runs");
		}
	}
	return r;
}

static int print_figures(struct page *p, const struct analysis *a, unsigned workload)
{
	int r;

	if (p->plot_error < 0)
		return 0;
	(void)fputs("<div class=\"plots\">\n", p->file);
	r = print_ratios(p, a, workload);
	if (r >= 0)
		r = print_curves(p, a->session, workload);
	if (r >= 0)
		r = print_timeline(p, a, workload);
	(void)fputs("</div>\n", p->file);
	return r;
}

static void print_output(FILE *f, const char *what, const char *text)
{
	if (text && *text)
		html_print(f,
			   "<details><summary>end of its output (%s)</summary>"
			   "<pre>%s</pre></details>",
			   what, text);
}

static void print_failure(FILE *f, const struct session *s, const struct run *r)
{
	const struct arm *arm = &s->arms[r->arm];
	char round[32], status[32];

	(void)snprintf(round, sizeof(round), r->round ? "%u" : "warm-up", r->round);
	(void)snprintf(status, sizeof(status), "%d", r->exit_status);
	html_print(f,
		   "<tr><th scope=\"row\">%s</th><td>%s</td><td class=\"worse\">%s</td>"
		   "<td class=\"long\">%s",
		   arm->label, round, run_status_names[r->status], r->reason ?: "");
	print_output(f, "scheduler", r->sched_output);
	print_output(f, "workload", r->workload_output);
	html_print(f, "</td><td>%s</td></tr>\n", status);
}

static void print_failures(FILE *f, const struct session *s, unsigned workload)
{
	bool is_first = true;

	for (size_t i = 0; i < s->nr_runs; i++) {
		const struct run *r = &s->runs[i];

		if (r->workload != workload || r->status == RUN_OK)
			continue;
		if (is_first) {
			begin_table(f, "Runs that do not count", s->workloads[workload].label);
			print_columns(f,
				      (const char *const[]){"arm", "round", "status", "reason",
							    "exit status"},
				      5);
			(void)fputs("</tr></thead>\n<tbody>\n", f);
		}
		is_first = false;
		print_failure(f, s, r);
	}
	if (!is_first)
		end_table(f);
}

static void print_run(FILE *f, const struct analysis *a, const struct run *r, size_t number)
{
	char text[96];

	(void)snprintf(text, sizeof(text), "%zu", number);
	html_print(f, "<tr><th scope=\"row\" class=\"number\">%s</th>", text);
	(void)snprintf(text, sizeof(text), "%u", r->round);
	html_print(f, "<td class=\"number\">%s</td><td>%s</td><td>%s</td>", text,
		   a->session->arms[r->arm].label, run_status_names[r->status]);
	(void)snprintf(text, sizeof(text), "%.1f", r->begin);
	html_print(f, "<td class=\"number\">%s</td>", text);
	for (size_t i = 0; i < a->nr_rows; i++) {
		const struct metric *m;

		if (a->rows[i].workload != r->workload)
			continue;
		m = measurement_find(&r->measurement, a->rows[i].metric);
		html_print(f, "<td class=\"number\">%s</td>", m ? NUMBER_VALUE(m->value) : "");
	}
	(void)fputs("</tr>\n", f);
}

/* Folded in: it is long, and few want it. */
static void print_runs(FILE *f, const struct analysis *a, unsigned workload)
{
	const struct session *s = a->session;

	(void)fputs("<details>\n<summary>All runs</summary>\n", f);
	begin_table(f, "Every run, in the order they were made; begin in seconds of the session",
		    s->workloads[workload].label);
	print_columns(f, (const char *const[]){"run", "round", "arm", "status", "begin"}, 5);
	for (size_t i = 0; i < a->nr_rows; i++)
		if (a->rows[i].workload == workload)
			html_print(f, "<th scope=\"col\">%s<small>%s</small></th>",
				   a->rows[i].metric, a->rows[i].unit);
	(void)fputs("</tr></thead>\n<tbody>\n", f);
	for (size_t i = 0; i < s->nr_runs; i++)
		if (s->runs[i].workload == workload)
			print_run(f, a, &s->runs[i], i + 1);
	end_table(f);
	(void)fputs("</details>\n", f);
}

int page_add_workload(struct page *p, const struct analysis *a, unsigned workload)
{
	const struct bench_workload *w = &a->session->workloads[workload];
	_cleanup_free_ char *command = strv_join(w->command, " ");
	int r;

	if (!command)
		return -ENOMEM;
	(void)fprintf(p->file, "<h3 id=\"s%uw%u\">", p->nr_sessions, workload);
	html_print(p->file, "%s</h3>\n<p class=\"weak\"><code>%s</code></p>\n", w->label, command);
	r = print_leaders(p->file, a, workload);
	if (r < 0)
		return r;
	print_results(p->file, a, workload);
	print_failures(p->file, a->session, workload);
	r = print_figures(p, a, workload);
	print_runs(p->file, a, workload);
	return r;
}
