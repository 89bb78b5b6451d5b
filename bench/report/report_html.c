// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page of one or more sessions: what came out, workload by workload, then on what machine
 * and how it was measured. A reader who stops early has read what matters most.
 */
#include <string.h>

#include "bench/report/facts.h"
#include "bench/report/html.h"
#include "bench/report/leaders.h"
#include "bench/report/numbers.h"
#include "bench/report/plot.h"
#include "bench/report/report_html.h"
#include "lib/strv.h"

void page_begin(struct page *p, FILE *f, const char *title)
{
	*p = (struct page){.file = f, .plot_error = plot_check()};
	html_begin(f, title);
	html_print(f, "<h1>%s</h1>\n", title);
	if (p->plot_error < 0)
		html_print(f,
			   "<p class=\"note\" role=\"note\">There are no plots, only tables: %s. "
			   "With it, make the page again from the same files.</p>\n",
			   p->plot_error == -ENOENT
				   ? "gnuplot was not installed (package gnuplot-nox of Debian, "
				     "gnuplot-minimal of Fedora)"
				   : "gnuplot did not run");
}

void page_end(struct page *p)
{
	html_print(p->file, "<footer><p class=\"weak\">Made by aios-bench %s.</p></footer>\n",
		   AIOS_VERSION);
	html_end(p->file);
}

static int print_words(FILE *f, const char *before, char *const *words)
{
	_cleanup_free_ char *text = strv_join(words, " ");

	if (!text)
		return -ENOMEM;
	if (*text)
		html_print(f, "<p>%s<code>%s</code></p>\n", before, text);
	return 0;
}

static int print_summary(FILE *f, const struct session *s)
{
	size_t nr_lost = 0, nr_warm_up = 0;
	char counts[128];

	for (size_t i = 0; i < s->nr_runs; i++) {
		nr_lost += s->runs[i].status != RUN_OK;
		nr_warm_up += s->runs[i].status == RUN_OK && s->runs[i].round == 0;
	}
	(void)snprintf(counts, sizeof(counts),
		       "%zu runs, of which %zu were to warm up and %zu do not count", s->nr_runs,
		       nr_warm_up, nr_lost);
	html_print(f, "<p>Measured %s", NUMBER_DATE(s->began_us));
	if (s->ended_us)
		html_print(f, ", for %s",
			   NUMBER_DURATION((double)(s->ended_us - s->began_us) / 1e6));
	html_print(f, ": %s.</p>\n", counts);
	if (!s->ended_us || s->interrupted)
		html_print(f, "<p class=\"note\">The session was %s, so it is not complete.</p>\n",
			   s->ended_us ? "interrupted" : "cut off");
	return print_words(f, "Command: ", s->command);
}

static void print_contents(const struct page *p, const struct session *s)
{
	(void)fputs("<nav aria-label=\"Parts of this session\"><ul>\n", p->file);
	for (size_t i = 0; i < s->nr_workloads; i++) {
		(void)fprintf(p->file, "<li><a href=\"#s%uw%zu\">", p->nr_sessions, i);
		html_print(p->file, "%s</a></li>\n", s->workloads[i].label);
	}
	(void)fprintf(p->file,
		      "<li><a href=\"#s%um\">Machine</a></li>\n"
		      "<li><a href=\"#s%uh\">How it was measured</a></li>\n</ul></nav>\n",
		      p->nr_sessions, p->nr_sessions);
}

static void print_machine(const struct page *p, const struct facts *facts)
{
	FILE *f = p->file;

	(void)fprintf(f, "<h3 id=\"s%um\">Machine</h3>\n", p->nr_sessions);
	if (facts->nr == 0) {
		(void)fputs("<p>The file says nothing of the machine.</p>\n", f);
		return;
	}
	(void)fputs("<table>\n<caption>What was known of the machine when the session began"
		    "</caption>\n<thead><tr><th scope=\"col\">fact</th>"
		    "<th scope=\"col\">value</th></tr></thead>\n<tbody>\n",
		    f);
	for (size_t i = 0; i < facts->nr; i++)
		html_print(f, "<tr><th scope=\"row\">%s</th><td class=\"long\">%s</td></tr>\n",
			   facts->list[i].name, facts->list[i].value);
	(void)fputs("</tbody>\n</table>\n", f);
}

static int print_arms(const struct page *p, const struct session *s)
{
	FILE *f = p->file;

	(void)fputs("<table>\n<caption>What the kernel scheduled with</caption>\n<thead><tr>"
		    "<th scope=\"col\">arm</th><th scope=\"col\">scheduler</th>"
		    "<th scope=\"col\">options</th><th scope=\"col\">version</th></tr></thead>\n"
		    "<tbody>\n",
		    f);
	for (size_t i = 0; i < s->nr_arms; i++) {
		const struct arm *arm = &s->arms[i];
		_cleanup_free_ char *args = strv_join(arm->args, " ");

		if (!args)
			return -ENOMEM;
		html_print(f,
			   "<tr><th scope=\"row\">%s</th><td>%s</td><td><code>%s</code></td>"
			   "<td>%s</td></tr>\n",
			   arm->label, arm->sched ?: "the kernel's own", args, arm->version ?: "");
	}
	(void)fputs("</tbody>\n</table>\n", f);
	return 0;
}

/* Words that the tables and plots use, and what they stand on. */
static void print_method(const struct page *p, const struct session *s)
{
	FILE *f = p->file;

	(void)fprintf(f,
		      "<h3 id=\"s%uh\">How it was measured</h3>\n<ul>\n"
		      "<li>In each round every arm ran once, in an order that is balanced over "
		      "the rounds (seed %llu): what changes with time, as the temperature does, "
		      "hits all arms alike. Runs of round 0 only warm up.</li>\n"
		      "<li>A run counts only if the kernel had the same scheduler in charge before "
		      "and after it, and rejected no task meanwhile. Runs that do not count are "
		      "listed, and are in no number.</li>\n",
		      p->nr_sessions, (unsigned long long)s->seed);
	html_print(f,
		   "<li>A <em>ratio</em> is the median of an arm by the median of %s. Its "
		   "<em>95 %% interval</em> is that of a bootstrap over the runs of both.</li>\n"
		   "<li><em>better</em> and <em>worse</em> are said only if the interval does not "
		   "hold 1 and the rank sum test finds the runs different (p at most 0.01). "
		   "Otherwise <em>no difference is shown</em> (~), which does not say that there "
		   "is none; and sometimes there are too few runs to tell (?).</li>\n"
		   "<li><em>noise</em> is how far %s is from itself by chance: 95 %% of the "
		   "differences between two resamples of its own runs are smaller. It is the grey "
		   "band in the plots.</li>\n</ul>\n",
		   s->arms[0].label, s->arms[0].label);
}

int page_add_session(struct page *p, const struct analysis *a, const char *name)
{
	_cleanup_facts_ struct facts facts = {};
	const struct session *s = a->session;
	int r = facts_read(s->machine, &facts);

	p->nr_sessions++;
	html_print(p->file, "<h2>%s</h2>\n", name);
	if (r >= 0)
		r = print_summary(p->file, s);
	if (r < 0)
		return r;
	if (s->nr_workloads == 0) {
		(void)fputs("<p>Nothing was measured.</p>\n", p->file);
		print_machine(p, &facts);
		return 0;
	}
	print_contents(p, s);
	for (unsigned i = 0; r >= 0 && i < s->nr_workloads; i++)
		r = page_add_workload(p, a, i);
	if (r < 0)
		return r;
	print_machine(p, &facts);
	r = print_arms(p, s);
	print_method(p, s);
	return r;
}
