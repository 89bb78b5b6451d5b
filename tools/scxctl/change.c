// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verbs that change something and are done. The loader answers when the kernel has what
 * was asked for, or with the reason why not; what is printed here has happened.
 */
#include <stdio.h>
#include <string.h>

#include "lib/exit_status.h"
#include "lib/loader_bus.h"
#include "lib/log.h"

#include "wish.h"
#include "words.h"

/* How start and switch differ. */
struct way {
	const char *by_mode, *by_args; /* method */
	const char *done;              /* in the past tense */
};

static const struct way start_way = {"StartScheduler", "StartSchedulerWithArgs", "started"};
static const struct way switch_way = {"SwitchScheduler", "SwitchSchedulerWithArgs", "switched to"};

static int call_by_args(const struct client *c, const char *method, const struct wish *w,
			sd_bus_error *error)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *m = NULL;
	int r = client_new_call(c, LOADER_INTERFACE, method, &m);

	if (r >= 0)
		r = sd_bus_message_append(m, "s", w->sched);
	if (r >= 0)
		r = sd_bus_message_append_strv(m, w->args);
	if (r < 0)
		return sd_bus_error_set_errno(error, r);
	return client_send(c, m, error, NULL);
}

/* True unless the loader says that the scheduler has no flags for this mode. */
static bool has_mode(const struct client *c, const struct wish *w)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	const uint32_t *modes;
	size_t size;

	if (client_call(c, LOADER_INTERFACE, "SchedulerModes", &error, &reply, "s", w->sched) < 0 ||
	    sd_bus_message_read_array(reply, 'u', (const void **)&modes, &size) < 0)
		return true;
	for (size_t i = 0; i < size / sizeof(*modes); i++)
		if (modes[i] == w->mode)
			return true;
	return false;
}

static void warn_mode(const struct client *c, const struct wish *w)
{
	_cleanup_free_ char *title = sched_title(w->sched);

	if (w->mode != MODE_AUTO && !has_mode(c, w))
		log_warning("%s has no configured arguments for %s mode; it runs with its own "
			    "defaults",
			    title ?: w->sched, mode_title(w->mode));
}

static enum status go(const struct client *c, const struct way *way, const struct wish *w)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	int r;

	if (w->args)
		r = call_by_args(c, way->by_args, w, &error);
	else
		r = client_call(c, LOADER_INTERFACE, way->by_mode, &error, NULL, "su", w->sched,
				w->mode);
	if (r < 0)
		return client_report(r, &error);
	if (!w->args)
		warn_mode(c, w);
	return wish_print(w, way->done);
}

/* Connects and reads what the loader says. */
static enum status open_both(struct client *c, struct view *view)
{
	enum status status = client_open(c, CLIENT_CHANGES);

	return status == SCXCTL_OK ? view_read_loader(view, c) : status;
}

enum status verb_start(const struct invocation *v)
{
	_cleanup_client_ struct client client = {};
	_cleanup_view_ struct view view = {};
	_cleanup_wish_ struct wish wish = {};
	enum status status;

	if (!v->arguments->sched) {
		log_error("no scheduler given; try 'scxctl start --help'");
		return SCXCTL_USAGE;
	}
	status = open_both(&client, &view);
	if (status == SCXCTL_OK && view.sched) {
		log_error("error: scx scheduler already running, use 'switch' instead of 'start'");
		return SCXCTL_FAILED;
	}
	if (status == SCXCTL_OK)
		status = wish_make(&wish, &view, v->arguments);
	/* the default's mode is for restore */
	if (!v->arguments->mode)
		wish.mode = MODE_AUTO;
	return status == SCXCTL_OK ? go(&client, &start_way, &wish) : status;
}

enum status verb_switch(const struct invocation *v)
{
	_cleanup_client_ struct client client = {};
	_cleanup_view_ struct view view = {};
	_cleanup_wish_ struct wish wish = {};
	enum status status;

	if (!v->arguments->sched && !v->arguments->mode) {
		log_error("neither scheduler nor mode given; try 'scxctl switch --help'");
		return SCXCTL_USAGE;
	}
	status = open_both(&client, &view);
	if (status == SCXCTL_OK && !view.sched) {
		log_error("error: no scx scheduler running, use 'start' instead of 'switch'");
		return SCXCTL_FAILED;
	}
	if (status == SCXCTL_OK)
		status = wish_make(&wish, &view, v->arguments);
	return status == SCXCTL_OK ? go(&client, &switch_way, &wish) : status;
}

/* A method without arguments, and what to print then. */
static enum status call_bare(const char *method, const char *done)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	_cleanup_client_ struct client client = {};
	enum status status = client_open(&client, CLIENT_STOPS);
	int r;

	if (status != SCXCTL_OK)
		return status;
	r = client_call(&client, LOADER_INTERFACE, method, &error, NULL, "");
	if (r < 0)
		return client_report(r, &error);
	(void)puts(done);
	return (enum status)stdout_status();
}

enum status verb_stop(const struct invocation *v _unused_)
{
	return call_bare("StopScheduler", "stopped");
}

enum status verb_restart(const struct invocation *v _unused_)
{
	return call_bare("RestartScheduler", "restarted");
}

static enum status restore(const struct client *c, const struct view *view)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	const struct wish wish = {.sched = view->default_sched, .mode = view->default_mode};
	int r = client_call(c, LOADER_INTERFACE, "RestoreDefault", &error, NULL, "");

	return r < 0 ? client_report(r, &error) : wish_print(&wish, "restored default scheduler");
}

enum status verb_restore(const struct invocation *v _unused_)
{
	_cleanup_client_ struct client client = {};
	_cleanup_view_ struct view view = {};
	enum status status = open_both(&client, &view);

	if (status != SCXCTL_OK)
		return status;
	if (view.default_sched)
		return restore(&client, &view);
	log_error("error: no default scheduler configured; set 'default_sched' in " AIOS_SYSCONFDIR
		  "/default.toml");
	return SCXCTL_FAILED;
}
