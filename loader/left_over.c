// SPDX-License-Identifier: GPL-2.0-only
/*
 * The list of units is asked for again and again, and the first one on it that is
 * neither gone nor taken is dealt with, until there is none.
 */
#include <string.h>

#include "lib/log.h"
#include "lib/notify.h"
#include "lib/peer.h"

#include "left_over.h"
#include "systemd.h"
#include "unit_facts.h"
#include "unit_properties.h"

#define UNIT_PATTERN UNIT_PREFIX "scx_*" UNIT_SUFFIX

struct left_overs {
	sd_bus *bus;
	sd_bus_slot *job_removed, *request;
	const struct left_over_events *events;
	void *userdata;
	char *name;  /* of the unit at hand */
	char *job;   /* that stops it */
	char *taken; /* name of the one that has been taken over */
};

static void request_list(struct left_overs *l);

static void finish(struct left_overs *l, const char *error)
{
	l->events->done(l->userdata, error);
}

static int on_stopping(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	struct left_overs *l = userdata;

	l->request = sd_bus_slot_unref(l->request);
	if (sd_bus_message_is_method_error(m, NULL))
		finish(l, peer_error_text(m));
	else if (systemd_take_job(m, &l->job) < 0)
		finish(l, "cannot follow the job that stops a unit");
	return 0;
}

static void stop(struct left_overs *l)
{
	int r;

	log_info("stopping %s, left over from an earlier run", l->name);
	r = sd_bus_call_method_async(l->bus, &l->request, SYSTEMD, SYSTEMD_PATH, SYSTEMD_MANAGER,
				     "StopUnit", on_stopping, l, "ss", l->name, "replace");
	if (r < 0)
		finish(l, strerror(-r));
}

/* "aios-scx_simple-2.service" -> "scx_simple" */
static char *sched_of(const char *unit)
{
	char *name = strdup(unit + strlen(UNIT_PREFIX));

	if (name)
		name[strcspn(name, "-.")] = '\0';
	return name;
}

/* A negative errno if it is not to go on. */
static int take(struct left_overs *l, const struct unit_facts *f)
{
	_cleanup_free_ char *sched = sched_of(l->name);
	_cleanup_spec_ struct sched_spec *spec = NULL;
	int r;

	if (!sched)
		return -ENOMEM;
	if (l->taken || strcmp(f->active_state, "active") != 0 ||
	    strcmp(f->status_text, NOTIFY_SCHEDULING) != 0)
		return -EBUSY;
	r = unit_properties_to_spec(sched, f, &spec);
	if (r >= 0)
		r = l->events->found(l->userdata, l->name, spec);
	if (r >= 0)
		l->taken = steal_ptr(l->name);
	return r;
}

static int on_facts(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	_cleanup_unit_facts_ struct unit_facts facts = {};
	struct left_overs *l = userdata;

	l->request = sd_bus_slot_unref(l->request);
	if (!sd_bus_message_is_method_error(m, NULL) && unit_facts_read(m, &facts) >= 0 &&
	    take(l, &facts) >= 0)
		request_list(l);
	else
		stop(l);
	return 0;
}

/* The next unit of the list that is to be dealt with: 1 and its name, 0: none. */
static int next_unit(const struct left_overs *l, sd_bus_message *m, const char **ret)
{
	const char *name, *active;
	int r;

	while ((r = sd_bus_message_read(m, "(ssssssouso)", &name, NULL, NULL, &active, NULL, NULL,
					NULL, NULL, NULL, NULL)) > 0)
		if (!unit_is_gone(active) && (!l->taken || strcmp(l->taken, name) != 0)) {
			*ret = name;
			return 1;
		}
	return r;
}

static int look_at(struct left_overs *l, const char *name)
{
	_cleanup_free_ char *path = NULL;
	int r;

	free(l->name);
	l->name = strdup(name);
	if (!l->name)
		return -ENOMEM;
	r = sd_bus_path_encode(SYSTEMD_PATH "/unit", name, &path);
	if (r < 0)
		return r;
	return sd_bus_call_method_async(l->bus, &l->request, SYSTEMD, path, DBUS_PROPERTIES,
					"GetAll", on_facts, l, "s", "");
}

static int on_list(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	struct left_overs *l = userdata;
	const char *name;
	int r;

	l->request = sd_bus_slot_unref(l->request);
	if (sd_bus_message_is_method_error(m, NULL)) {
		finish(l, peer_error_text(m));
		return 0;
	}
	r = sd_bus_message_enter_container(m, 'a', "(ssssssouso)");
	if (r >= 0)
		r = next_unit(l, m, &name);
	if (r == 0) {
		finish(l, NULL);
		return 0;
	}
	if (r > 0)
		r = look_at(l, name);
	if (r < 0)
		finish(l, strerror(-r));
	return 0;
}

static void request_list(struct left_overs *l)
{
	int r = sd_bus_call_method_async(l->bus, &l->request, SYSTEMD, SYSTEMD_PATH,
					 SYSTEMD_MANAGER, "ListUnitsByPatterns", on_list, l, "asas",
					 0, 1, UNIT_PATTERN);

	if (r < 0)
		finish(l, strerror(-r));
}

static int on_job_removed(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	struct left_overs *l = userdata;
	const char *job;

	if (sd_bus_message_read(m, "uoss", NULL, &job, NULL, NULL) >= 0 &&
	    systemd_is_job(&l->job, job))
		request_list(l);
	return 0;
}

/* Only now are jobs seen that end. */
static int on_watching(sd_bus_message *m _unused_, void *userdata, sd_bus_error *error _unused_)
{
	request_list(userdata);
	return 0;
}

int left_overs_new(struct left_overs **ret, sd_bus *bus, const struct left_over_events *events,
		   void *userdata)
{
	_cleanup_(left_overs_freep) struct left_overs *l = calloc(1, sizeof(*l));
	int r;

	if (!l)
		return -ENOMEM;
	*l = (struct left_overs){.bus = bus, .events = events, .userdata = userdata};
	r = sd_bus_match_signal_async(bus, &l->job_removed, SYSTEMD, SYSTEMD_PATH, SYSTEMD_MANAGER,
				      "JobRemoved", on_job_removed, on_watching, l);
	if (r < 0)
		return r;
	*ret = steal_ptr(l);
	return 0;
}

struct left_overs *left_overs_free(struct left_overs *l)
{
	if (!l)
		return NULL;
	sd_bus_slot_unref(l->job_removed);
	sd_bus_slot_unref(l->request);
	free(l->name);
	free(l->job);
	free(l->taken);
	free(l);
	return NULL;
}
