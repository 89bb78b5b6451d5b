// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "lib/exit_status.h"
#include "lib/log.h"

#include "print.h"
#include "wish.h"
#include "words.h"

static enum status refuse_sched(const struct view *view, const char *name)
{
	_cleanup_free_ char *list = sched_list(view->supported);

	log_error("error: invalid value '%s' for '--sched <SCHED>'; %s", name, list ?: "");
	return SCXCTL_FAILED;
}

static bool is_supported(const struct view *view, const char *sched)
{
	strv_foreach(name, view->supported)
		if (strcmp(*name, sched) == 0)
			return true;
	return false;
}

static enum status choose_sched(struct wish *wish, const struct view *view,
				const struct arguments *a)
{
	const char *unsaid = view->sched ?: view->default_sched;

	if (!a->sched && !unsaid) {
		log_error("no scheduler runs and none is configured; name one with --sched");
		return SCXCTL_FAILED;
	}
	wish->sched = a->sched ? sched_full_name(a->sched) : strdup(unsaid);
	if (!wish->sched)
		return report_no_memory();
	return a->sched && !is_supported(view, wish->sched) ? refuse_sched(view, a->sched)
							    : SCXCTL_OK;
}

static uint32_t choose_mode(const char *sched, const struct view *view, const struct arguments *a)
{
	if (a->mode)
		return a->mode - 1U;
	if (view->sched)
		return strcmp(sched, view->sched) == 0 ? view->mode : MODE_AUTO;
	if (view->default_sched && strcmp(sched, view->default_sched) == 0)
		return view->default_mode;
	return MODE_AUTO;
}

static enum status choose_args(struct wish *wish, const char *list)
{
	const char *bad;
	size_t len;
	int r = split_args(list, &wish->args, &bad, &len);

	if (r == -EINVAL) {
		log_error("error: invalid value for '--args <ARGS>': no closing quote in '%.*s'; "
			  "quotes cannot span a comma",
			  (int)len, bad);
		return SCXCTL_USAGE;
	}
	if (r < 0)
		return report_no_memory();
	if (wish->args)
		return SCXCTL_OK;
	log_error("error: '--args <ARGS>' expanded to no arguments; leave it out to run a "
		  "scheduler with its own defaults");
	return SCXCTL_USAGE;
}

enum status wish_make(struct wish *wish, const struct view *view, const struct arguments *a)
{
	enum status status = choose_sched(wish, view, a);

	if (status != SCXCTL_OK)
		return status;
	wish->mode = choose_mode(wish->sched, view, a);
	return a->args ? choose_args(wish, a->args) : SCXCTL_OK;
}

void wish_finish(struct wish *w)
{
	free(w->sched);
	strv_free(w->args);
	*w = (struct wish){};
}

enum status wish_print(const struct wish *w, const char *word)
{
	_cleanup_free_ char *text = sched_describe(w->sched, w->mode, w->args);

	if (!text)
		return report_no_memory();
	(void)printf("%s %s\n", word, text);
	return (enum status)stdout_status();
}
