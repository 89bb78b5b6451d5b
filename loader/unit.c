// SPDX-License-Identifier: GPL-2.0-only
/*
 * The only place that talks to systemd. A unit goes through two phases: while its
 * start job runs, and after. Signals of systemd are taken as hints that something
 * changed; what is true is asked with GetAll(), so that an unexpected order of
 * signals cannot lead us astray:
 *
 *	StartTransientUnit -> JobRemoved -> GetAll: active   -> ready()
 *	                   PropertiesChanged -> GetAll: inactive, failed -> ended()
 *
 * The unit is referenced (AddRef), so it stays there to be asked how it ended;
 * UnrefUnit lets it go. If the loader dies, the reference dies with its connection
 * but the scheduler runs on; the next loader finds it with unit_clear().
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <systemd/sd-bus.h>

#include "lib/log.h"

#include "unit.h"
#include "unit_facts.h"
#include "unit_properties.h"

#define SYSTEMD "org.freedesktop.systemd1"
#define SYSTEMD_PATH "/org/freedesktop/systemd1"
#define MANAGER SYSTEMD ".Manager"
#define PROPERTIES "org.freedesktop.DBus.Properties"
#define UNIT_PATTERN "aios-scx_*.service"

enum phase {
	PHASE_NONE,
	PHASE_CLEARING,
	PHASE_STARTING, /* up to ready() */
	PHASE_ACTIVE,
};

struct unit {
	sd_bus *bus;
	sd_bus_slot *disconnected, *job_removed, *subscribe;
	sd_bus_slot *changed; /* PropertiesChanged of our unit */
	sd_bus_slot *request; /* the one request whose answer is waited for */
	sd_bus_slot *refresh; /* GetAll() under way */
	sd_bus_slot *stop;
	const struct unit_events *events;
	void *userdata;
	enum phase phase;
	bool is_stale; /* something changed while GetAll() was under way */
	char *name;    /* "aios-scx_simple.service" */
	char *path;
	char *job; /* whose end is waited for */
};

static void request_facts(struct unit *u);
static int request_list(struct unit *u);

static const char *error_text(sd_bus_message *m)
{
	const sd_bus_error *e = sd_bus_message_get_error(m);

	return e->message ?: e->name;
}

/* The unit and everything that waits for it are forgotten. */
static void forget(struct unit *u)
{
	u->changed = sd_bus_slot_unref(u->changed);
	u->request = sd_bus_slot_unref(u->request);
	u->refresh = sd_bus_slot_unref(u->refresh);
	u->stop = sd_bus_slot_unref(u->stop);
	u->phase = PHASE_NONE;
	u->is_stale = false;
	free(u->name);
	free(u->path);
	free(u->job);
	u->name = u->path = u->job = NULL;
}

static void end(struct unit *u, const struct unit_exit *e)
{
	if (u->name)
		(void)sd_bus_call_method_async(u->bus, NULL, SYSTEMD, SYSTEMD_PATH, MANAGER,
					       "UnrefUnit", NULL, NULL, "s", u->name);
	forget(u);
	u->events->ended(u->userdata, e);
}

static void judge(struct unit *u, const struct unit_facts *f)
{
	struct unit_exit e;

	if (u->job)
		return; /* still starting: the end of the job will bring us back */
	if (unit_is_gone(f->active_state)) {
		e = unit_facts_to_exit(f);
		end(u, &e);
	} else if (u->phase == PHASE_STARTING && strcmp(f->active_state, "active") == 0) {
		u->phase = PHASE_ACTIVE;
		u->events->ready(u->userdata);
	}
}

static int on_facts(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	struct unit_facts facts;
	struct unit *u = userdata;
	int r;

	u->refresh = sd_bus_slot_unref(u->refresh);
	if (u->is_stale) {
		request_facts(u);
		return 0;
	}
	if (sd_bus_message_is_method_error(m, NULL)) {
		end(u, &(struct unit_exit){UNIT_REFUSED, 0, error_text(m)});
		return 0;
	}
	r = unit_facts_read(m, &facts);
	if (r < 0)
		end(u, &(struct unit_exit){UNIT_REFUSED, 0, strerror(-r)});
	else
		judge(u, &facts);
	return 0;
}

/* Asks how the unit is, and once more if it changes before the answer. */
static void request_facts(struct unit *u)
{
	int r;

	u->is_stale = u->refresh != NULL;
	if (u->is_stale)
		return;
	r = sd_bus_call_method_async(u->bus, &u->refresh, SYSTEMD, u->path, PROPERTIES, "GetAll",
				     on_facts, u, "s", "");
	if (r < 0)
		end(u, &(struct unit_exit){UNIT_REFUSED, 0, strerror(-r)});
}

static int on_changed(sd_bus_message *m _unused_, void *userdata, sd_bus_error *error _unused_)
{
	request_facts(userdata);
	return 0;
}

/* The job whose path the reply @m carries is the one to wait for. */
static int take_job(struct unit *u, sd_bus_message *m)
{
	const char *job;
	char *copy;
	int r;

	r = sd_bus_message_read(m, "o", &job);
	if (r < 0)
		return r;
	copy = strdup(job);
	if (!copy)
		return -ENOMEM;
	free(u->job);
	u->job = copy;
	return 0;
}

static int on_job_removed(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	struct unit *u = userdata;
	const char *job;

	if (!u->job || sd_bus_message_read(m, "uoss", NULL, &job, NULL, NULL) < 0 ||
	    strcmp(job, u->job) != 0)
		return 0;
	free(u->job);
	u->job = NULL;
	if (u->phase != PHASE_CLEARING) {
		request_facts(u);
		return 0;
	}
	if (request_list(u) < 0) {
		forget(u);
		u->events->cleared(u->userdata, "cannot list units");
	}
	return 0;
}

static int on_started(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	struct unit *u = userdata;
	int r;

	u->request = sd_bus_slot_unref(u->request);
	if (sd_bus_message_is_method_error(m, NULL)) {
		end(u, &(struct unit_exit){UNIT_REFUSED, 0, error_text(m)});
		return 0;
	}
	r = take_job(u, m);
	if (r < 0)
		end(u, &(struct unit_exit){UNIT_REFUSED, 0, strerror(-r)});
	return 0;
}

static int set_name(struct unit *u, const char *sched)
{
	if (asprintf(&u->name, "aios-%s.service", sched) < 0) {
		u->name = NULL;
		return -ENOMEM;
	}
	return sd_bus_path_encode(SYSTEMD_PATH "/unit", u->name, &u->path);
}

static int request_start(struct unit *u, const struct sched_spec *spec)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *m = NULL;
	int r;

	r = sd_bus_match_signal_async(u->bus, &u->changed, SYSTEMD, u->path, PROPERTIES,
				      "PropertiesChanged", on_changed, NULL, u);
	if (r < 0)
		return r;
	r = sd_bus_message_new_method_call(u->bus, &m, SYSTEMD, SYSTEMD_PATH, MANAGER,
					   "StartTransientUnit");
	if (r < 0)
		return r;
	r = sd_bus_message_append(m, "ss", u->name, "fail");
	if (r < 0)
		return r;
	r = unit_properties_append(m, spec);
	if (r < 0)
		return r;
	r = sd_bus_message_append(m, "a(sa(sv))", 0);
	if (r < 0)
		return r;
	return sd_bus_call_async(u->bus, &u->request, m, on_started, u, 0);
}

int unit_start(struct unit *u, const struct sched_spec *spec)
{
	int r;

	r = set_name(u, spec->name);
	if (r >= 0)
		r = request_start(u, spec);
	if (r < 0) {
		forget(u);
		return r;
	}
	u->phase = PHASE_STARTING;
	return 0;
}

static int on_stop(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	struct unit *u = userdata;

	u->stop = sd_bus_slot_unref(u->stop);
	if (sd_bus_message_is_method_error(m, NULL))
		log_warning("cannot stop %s: %s", u->name, error_text(m));
	/* a unit that is not there any more sends no signal */
	request_facts(u);
	return 0;
}

int unit_stop(struct unit *u)
{
	if (!u->name)
		return -ENOENT;
	if (u->stop)
		return 0;
	return sd_bus_call_method_async(u->bus, &u->stop, SYSTEMD, SYSTEMD_PATH, MANAGER,
					"StopUnit", on_stop, u, "ss", u->name, "replace");
}

static void finish_clear(struct unit *u, const char *error)
{
	forget(u);
	u->events->cleared(u->userdata, error);
}

static int on_left_over_stopping(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	struct unit *u = userdata;

	u->request = sd_bus_slot_unref(u->request);
	if (sd_bus_message_is_method_error(m, NULL))
		finish_clear(u, error_text(m));
	else if (take_job(u, m) < 0)
		finish_clear(u, "cannot follow the job that stops a unit");
	return 0;
}

/* The next unit of the list that is not gone: 1 and its name, 0: none. */
static int next_left_over(sd_bus_message *m, const char **ret)
{
	const char *name, *active;
	int r;

	while ((r = sd_bus_message_read(m, "(ssssssouso)", &name, NULL, NULL, &active, NULL, NULL,
					NULL, NULL, NULL, NULL)) > 0)
		if (!unit_is_gone(active)) {
			*ret = name;
			return 1;
		}
	return r;
}

static int on_list(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	struct unit *u = userdata;
	const char *name;
	int r;

	u->request = sd_bus_slot_unref(u->request);
	if (sd_bus_message_is_method_error(m, NULL)) {
		finish_clear(u, error_text(m));
		return 0;
	}
	r = sd_bus_message_enter_container(m, 'a', "(ssssssouso)");
	if (r >= 0)
		r = next_left_over(m, &name);
	if (r > 0) {
		log_info("stopping %s, left over from an earlier run", name);
		r = sd_bus_call_method_async(u->bus, &u->request, SYSTEMD, SYSTEMD_PATH, MANAGER,
					     "StopUnit", on_left_over_stopping, u, "ss", name,
					     "replace");
		if (r >= 0)
			return 0;
	}
	finish_clear(u, r < 0 ? strerror(-r) : NULL);
	return 0;
}

static int request_list(struct unit *u)
{
	return sd_bus_call_method_async(u->bus, &u->request, SYSTEMD, SYSTEMD_PATH, MANAGER,
					"ListUnitsByPatterns", on_list, u, "asas", 0, 1,
					UNIT_PATTERN);
}

int unit_clear(struct unit *u)
{
	u->phase = PHASE_CLEARING;
	return request_list(u);
}

static int on_disconnected(sd_bus_message *m _unused_, void *userdata, sd_bus_error *error _unused_)
{
	struct unit *u = userdata;

	u->events->lost(u->userdata);
	return 0;
}

static int on_subscribed(sd_bus_message *m, void *userdata _unused_, sd_bus_error *error _unused_)
{
	if (sd_bus_message_is_method_error(m, NULL))
		log_debug("cannot subscribe to systemd's signals: %s", error_text(m));
	return 0;
}

/* systemd sends signals only while somebody has subscribed. */
static int subscribe(struct unit *u)
{
	int r;

	r = sd_bus_match_signal(u->bus, &u->disconnected, NULL, "/org/freedesktop/DBus/Local",
				"org.freedesktop.DBus.Local", "Disconnected", on_disconnected, u);
	if (r < 0)
		return r;
	r = sd_bus_match_signal_async(u->bus, &u->job_removed, SYSTEMD, SYSTEMD_PATH, MANAGER,
				      "JobRemoved", on_job_removed, NULL, u);
	if (r < 0)
		return r;
	return sd_bus_call_method_async(u->bus, &u->subscribe, SYSTEMD, SYSTEMD_PATH, MANAGER,
					"Subscribe", on_subscribed, u, NULL);
}

int unit_new(struct unit **ret, sd_event *event, const struct unit_events *events, void *userdata)
{
	_cleanup_unit_ struct unit *u = calloc(1, sizeof(*u));
	int r;

	if (!u)
		return -ENOMEM;
	u->events = events;
	u->userdata = userdata;
	r = sd_bus_open_system_with_description(&u->bus, "aios-loader");
	if (r < 0)
		return r;
	r = sd_bus_attach_event(u->bus, event, SD_EVENT_PRIORITY_NORMAL);
	if (r < 0)
		return r;
	r = subscribe(u);
	if (r < 0)
		return r;
	*ret = steal_ptr(u);
	return 0;
}

struct unit *unit_free(struct unit *u)
{
	if (!u)
		return NULL;
	forget(u);
	sd_bus_slot_unref(u->disconnected);
	sd_bus_slot_unref(u->job_removed);
	sd_bus_slot_unref(u->subscribe);
	sd_bus_flush_close_unref(u->bus);
	free(u);
	return NULL;
}
