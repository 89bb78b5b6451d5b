// SPDX-License-Identifier: GPL-2.0-only
/*
 * All there is to say, in a table of lines. A line that has nothing to say is not printed.
 * Who schedules is the kernel's word; the rest is the loader's and systemd's.
 */
#include <stdio.h>
#include <string.h>

#include "lib/catalog.h"
#include "lib/exit_status.h"
#include "lib/log.h"
#include "lib/strv.h"

#include "print.h"
#include "view.h"
#include "words.h"

#define SYSTEMD "org.freedesktop.systemd1"

struct picture {
	const struct view *view;
	uint64_t since_us;   /* 0: not known */
	const char *missing; /* that the kernel lacks */
};

static const struct {
	const char *name, *text;
} sources[] = {
	{"boot", "the configuration"},
	{"user", "a user"},
	{"profile", "the power profile"},
	{"hold", "a hold"},
};

/* When systemd saw the scheduler's unit become active. */
static uint64_t active_since(sd_bus *bus, const char *unit)
{
	_cleanup_free_ char *path = NULL;
	uint64_t us = 0;

	if (!bus || !unit ||
	    sd_bus_path_encode("/org/freedesktop/systemd1/unit", unit, &path) < 0 ||
	    sd_bus_get_property_trivial(bus, SYSTEMD, path, SYSTEMD ".Unit", "ActiveEnterTimestamp",
					NULL, 't', &us) < 0)
		return 0;
	return us;
}

static const char *kernel_sched(const struct view *view)
{
	return kernel_state_is(&view->kernel, NULL) ? view->kernel.ops : NULL;
}

/* What the kernel runs is what the loader says it runs. */
static bool is_loaders(const struct view *view)
{
	return view->sched && kernel_state_is(&view->kernel, sched_ops_name(view->sched));
}

/* --- lines */

static void put_sched(FILE *f, const struct picture *p)
{
	const char *ops = kernel_sched(p->view);
	_cleanup_free_ char *text = NULL;

	if (p->missing)
		(void)fprintf(f, "none: %s", p->missing);
	else if (!ops)
		(void)fputs("none: the kernel's own is in use", f);
	else if (is_loaders(p->view))
		text = sched_describe(p->view->sched, p->view->mode, p->view->args);
	else
		text = sched_title(ops);
	if (text)
		(void)fputs(text, f);
	if (ops && !is_loaders(p->view))
		(void)fputs(", not started by aios-loader", f);
}

static void put_time(FILE *f, uint64_t us)
{
	_cleanup_free_ char *text = us ? time_text(us) : NULL;

	if (text)
		(void)fputs(text, f);
}

static void put_since(FILE *f, const struct picture *p)
{
	put_time(f, p->since_us);
}

static void put_string(FILE *f, const char *s)
{
	if (s)
		(void)fputs(s, f);
}

static void put_unit(FILE *f, const struct picture *p)
{
	put_string(f, p->view->unit);
}

static void put_source(FILE *f, const struct picture *p)
{
	for (size_t i = 0; p->view->sched && p->view->source && i < ARRAY_SIZE(sources); i++)
		if (strcmp(sources[i].name, p->view->source) == 0)
			(void)fputs(sources[i].text, f);
}

static void put_loader(FILE *f, const struct picture *p)
{
	const struct view *view = p->view;

	if (!view->has_loader)
		(void)fputs("not running", f);
	else if (view->is_own_loader)
		put_string(f, view->status ?: view->state);
	else
		(void)fputs("another program, which says no more", f);
}

static void put_restarts(FILE *f, const struct picture *p)
{
	if (p->view->nr_restarts)
		(void)fprintf(f, "%u", p->view->nr_restarts);
}

static void put_next_attempt(FILE *f, const struct picture *p)
{
	put_time(f, p->view->next_attempt_us);
}

static void put_failure(FILE *f, const struct picture *p)
{
	const struct view_exit *e = &p->view->last_exit;

	put_time(f, e->time_us);
	if (e->kind || e->reason)
		(void)fprintf(f, ": %s", e->reason ?: e->kind);
}

static void put_dump(FILE *f, const struct picture *p)
{
	put_string(f, p->view->last_exit.dump);
}

static void put_fallback(FILE *f, const struct picture *p)
{
	_cleanup_free_ char *title = p->view->fallback ? sched_title(p->view->fallback) : NULL;

	if (title)
		(void)fprintf(f, "%s, in place of what was asked for", title);
}

static void put_profile(FILE *f, const struct picture *p)
{
	if (p->view->profile && strcmp(p->view->profile, "none") != 0)
		put_string(f, p->view->profile);
}

static void put_files(FILE *f, const struct picture *p)
{
	strv_foreach(file, p->view->files)
		(void)fprintf(f, "%s%s", file == p->view->files ? "" : ", ", *file);
}

static void put_holds(FILE *f, const struct picture *p)
{
	for (size_t i = 0; i < p->view->nr_holds; i++) {
		const struct view_hold *h = &p->view->holds[i];
		_cleanup_free_ char *text = h->sched ? sched_describe(h->sched, h->mode, NULL)
						     : strdup("the kernel's own scheduler");

		(void)fprintf(f, "%s%s by %s: %s", i ? "; " : "", text ?: "",
			      h->app_id ?: "unknown", h->reason ?: "no reason given");
	}
}

static const struct line {
	const char *label;
	void (*put)(FILE *f, const struct picture *p);
} lines[] = {
	{"scheduler", put_sched},
	{"since", put_since},
	{"unit", put_unit},
	{"asked for by", put_source},
	{"held as", put_holds},
	{"loader", put_loader},
	{"restarts", put_restarts},
	{"next attempt", put_next_attempt},
	{"last failure", put_failure},
	{"its dump", put_dump},
	{"fallback", put_fallback},
	{"power profile", put_profile},
	{"configuration", put_files},
};

static int print_line(const struct line *line, const struct picture *p)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return -ENOMEM;
	line->put(f, p);
	if (fclose(f) != 0)
		return -ENOMEM;
	if (*text)
		(void)printf("%13s: %s\n", line->label, text);
	return SCXCTL_OK;
}

static enum status print_lines(const struct picture *p)
{
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (print_line(&lines[i], p) < 0)
			return report_no_memory();
	return (enum status)stdout_status();
}

/* --- JSON */

/* NULL, that is null, for what is not known. */
static int time_variant(uint64_t us, sd_json_variant **ret)
{
	return us ? sd_json_variant_new_unsigned(ret, us) : 0;
}

static int holds_variant(const struct view *view, sd_json_variant **ret)
{
	int r = sd_json_variant_new_array(ret, NULL, 0);

	for (size_t i = 0; r >= 0 && i < view->nr_holds; i++) {
		const struct view_hold *h = &view->holds[i];

		r = sd_json_variant_append_arraybo(
			ret, SD_JSON_BUILD_PAIR_UNSIGNED("cookie", h->cookie),
			SD_JSON_BUILD_PAIR_STRING("scheduler", h->sched),
			SD_JSON_BUILD_PAIR_STRING("mode", mode_title(h->mode)),
			SD_JSON_BUILD_PAIR_STRING("reason", h->reason),
			SD_JSON_BUILD_PAIR_STRING("application", h->app_id));
	}
	return r;
}

static int failure_variant(const struct view_exit *e, sd_json_variant **ret)
{
	if (!e->kind)
		return 0;
	return sd_json_buildo(ret, SD_JSON_BUILD_PAIR_STRING("kind", e->kind),
			      SD_JSON_BUILD_PAIR_STRING("reason", e->reason),
			      SD_JSON_BUILD_PAIR_UNSIGNED("time_us", e->time_us),
			      SD_JSON_BUILD_PAIR_STRING("dump", e->dump));
}

static int build_status(const struct picture *p, sd_json_variant **ret)
{
	_cleanup_json_ sd_json_variant *since = NULL, *next = NULL, *holds = NULL, *failure = NULL;
	const struct view *view = p->view;
	bool has_mode = view->sched && strv_len(view->args) == 0;
	int r = time_variant(p->since_us, &since);

	if (r >= 0)
		r = time_variant(view->next_attempt_us, &next);
	if (r >= 0)
		r = holds_variant(view, &holds);
	if (r >= 0)
		r = failure_variant(&view->last_exit, &failure);
	if (r < 0)
		return r;
	return sd_json_buildo(
		ret, SD_JSON_BUILD_PAIR_STRING("kernel_state", view->kernel.state),
		SD_JSON_BUILD_PAIR_STRING("kernel_scheduler", kernel_sched(view)),
		SD_JSON_BUILD_PAIR_BOOLEAN("loader", view->has_loader),
		SD_JSON_BUILD_PAIR_STRING("scheduler", view->sched),
		SD_JSON_BUILD_PAIR_STRING("mode", has_mode ? mode_title(view->mode) : NULL),
		SD_JSON_BUILD_PAIR_STRV("arguments", view->args),
		SD_JSON_BUILD_PAIR_VARIANT("since_us", since),
		SD_JSON_BUILD_PAIR_STRING("unit", view->unit),
		SD_JSON_BUILD_PAIR_STRING("source", view->source),
		SD_JSON_BUILD_PAIR_STRING("state", view->state),
		SD_JSON_BUILD_PAIR_STRING("status", view->status),
		SD_JSON_BUILD_PAIR_UNSIGNED("restarts", view->nr_restarts),
		SD_JSON_BUILD_PAIR_VARIANT("next_attempt_us", next),
		SD_JSON_BUILD_PAIR_VARIANT("last_failure", failure),
		SD_JSON_BUILD_PAIR_STRING("fallback", view->fallback),
		SD_JSON_BUILD_PAIR_STRING("foreign", view->foreign),
		SD_JSON_BUILD_PAIR_STRING("power_profile", view->profile),
		SD_JSON_BUILD_PAIR_VARIANT("holds", holds),
		SD_JSON_BUILD_PAIR_STRING("default_scheduler", view->default_sched),
		SD_JSON_BUILD_PAIR_STRING("default_mode",
					  view->has_loader ? mode_title(view->default_mode) : NULL),
		SD_JSON_BUILD_PAIR_STRV("configuration_files", view->files));
}

static enum status print_status_json(const struct picture *p)
{
	_cleanup_json_ sd_json_variant *v = NULL;

	return build_status(p, &v) < 0 ? report_no_memory() : print_json(v);
}

enum status verb_status(const struct invocation *v)
{
	_cleanup_client_ struct client client = {};
	_cleanup_view_ struct view view = {};
	enum status status = view_look(&view, &client, v);
	const struct picture picture = {
		.view = &view,
		.since_us = active_since(client.bus, view.unit),
		.missing = view.kernel.state ? NULL : kernel_missing(v->root_fd),
	};

	if (status != SCXCTL_OK)
		return status;
	status = v->arguments->json ? print_status_json(&picture) : print_lines(&picture);
	return status == SCXCTL_OK && !kernel_sched(&view) ? SCXCTL_NOTHING_RUNS : status;
}
