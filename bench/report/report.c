// SPDX-License-Identifier: GPL-2.0-only
/* The verb report: sessions as text, as JSON or as a page. */
#include <fcntl.h>
#include <string.h>

#include "bench/report/output.h"
#include "bench/report/report_html.h"
#include "bench/report/report_json.h"
#include "bench/report/report_text.h"
#include "bench/verbs.h"
#include "lib/file.h"
#include "lib/log.h"

#define PAGE_BEGIN "<!DOCTYPE html>"

struct report_conf {
	struct output_options output;
	const char *html;
};

static const struct option_info report_options[] = {
	{"html", 0, OPTION_STRING, offsetof(struct report_conf, html), "FILE",
	 "make a page with plots instead of text; - for standard output", .excludes = "json"},
	OUTPUT_OPTIONS(struct report_conf, output),
};

static enum exit_status print_text(const struct report_conf *conf, char **paths)
{
	struct screen screen;

	output_screen(&screen, &conf->output);
	for (char **path = paths; *path; path++) {
		_cleanup_loaded_ struct loaded loaded = {};
		int r = loaded_read(&loaded, *path);

		if (r < 0)
			return STATUS_FAILED;
		if (path > paths)
			(void)fputc('\n', stdout);
		r = report_text(stdout, &screen, &loaded.analysis, *path);
		if (r < 0)
			return output_status(r, "a report");
	}
	return stdout_status();
}

static enum exit_status print_rows(char **paths)
{
	_cleanup_json_ sd_json_variant *rows = NULL;

	for (char **path = paths; *path; path++) {
		_cleanup_loaded_ struct loaded loaded = {};
		int r = loaded_read(&loaded, *path);

		if (r < 0)
			return STATUS_FAILED;
		r = report_json(&loaded.analysis, *path, &rows);
		if (r < 0)
			return output_status(r, "JSON");
	}
	return output_status(json_print(rows), "JSON");
}

/* After logging. */
static int print_page(FILE *f, char **paths)
{
	struct page page;
	int r = 0;

	page_begin(&page, f, "aios-bench report");
	if (page.plot_error == -ENOENT)
		log_warning(
			"the page has no plots: install gnuplot (package gnuplot-nox of Debian, "
			"gnuplot-minimal of Fedora)");
	else if (page.plot_error < 0)
		log_errno(page.plot_error, "the page has no plots: cannot run gnuplot: %m");
	for (char **path = paths; r >= 0 && *path; path++) {
		_cleanup_loaded_ struct loaded loaded = {};

		r = loaded_read(&loaded, *path);
		if (r < 0)
			return r;
		r = page_add_session(&page, &loaded.analysis, *path);
		if (r < 0)
			return log_errno(r, "cannot make a page of %s: %m", *path);
	}
	page_end(&page);
	return 0;
}

static enum exit_status make_page(const char *target, char **paths)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	FILE *f = NULL;
	int r;

	if (strcmp(target, "-") == 0)
		return print_page(stdout, paths) < 0 ? STATUS_FAILED : stdout_status();
	if (output_check_target("html", target, PAGE_BEGIN, "page") < 0)
		return STATUS_USAGE;
	f = open_memstream(&text, &size);
	if (!f)
		return output_status(-ENOMEM, "a page");
	r = print_page(f, paths);
	if (fclose(f) != 0)
		return output_status(-ENOMEM, "a page");
	if (r < 0)
		return STATUS_FAILED;
	r = write_file(AT_FDCWD, target, text, size);
	if (r < 0)
		log_errno(r, "cannot write %s: %m", target);
	return r < 0 ? STATUS_FAILED : STATUS_OK;
}

static enum exit_status report_run(const void *conf, char **words)
{
	const struct report_conf *c = conf;

	if (c->html)
		return make_page(c->html, words);
	return c->output.json ? print_rows(words) : print_text(c, words);
}

const struct verb verb_report = {
	.name = "report",
	.help = "show what sessions say",
	.arguments = " FILE...",
	.options = report_options,
	.nr_options = ARRAY_SIZE(report_options),
	.conf_size = sizeof(struct report_conf),
	.min_words = 1,
	.max_words = SIZE_MAX,
	.run = report_run,
};
