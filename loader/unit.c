// SPDX-License-Identifier: GPL-2.0-only
/*
 * The only place that talks to systemd. Signals of systemd are taken as hints that
 * something changed; the state of a unit and how it has ended are asked for, so that
 * an unexpected order of signals cannot lead us astray:
 *
 *	StartTransientUnit -> JobRemoved: done                      -> loaded()
 *	KillUnit SIGUSR1   -> PropertiesChanged -> Get: active, ... -> changed()
 *	                      PropertiesChanged -> Get: inactive, failed
 *	                                        -> GetAll           -> ended()
 *
 * GetAll() is for the end alone: it takes sd-bus millions of instructions to go through
 * all that systemd has to say of a service, and whoever waits for us waits for that.
 *
 * There is a unit for each slot, aios-NAME.service; if both slots have the same
 * scheduler, the second is aios-NAME-2.service. A unit is referenced (AddRef), so
 * it stays there to be asked how it ended; UnrefUnit lets it go. If the loader
 * dies, the reference dies with its connection but the scheduler runs on, and the
 * next loader finds it (left_over.h) and adopts it.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/log.h"
#include "lib/peer.h"

#include "systemd.h"
#include "unit.h"
#include "unit_facts.h"
#include "unit_properties.h"

struct unit {
	struct units *units;
	unsigned slot;
	sd_bus_slot *changed; /* PropertiesChanged */
	sd_bus_slot *request; /* StartTransientUnit() or KillUnit() */
	sd_bus_slot *refresh; /* Get() or GetAll() under way */
	sd_bus_slot *stop;    /* StopUnit() under way */
	bool is_stale;        /* something changed while that was under way */
	bool is_loaded;       /* the start job is done */
	char *name;           /* "aios-scx_simple.service"; NULL: the slot is empty */
	char *path;
	char *job; /* whose end is waited for */
};

struct units {
	sd_bus *bus;
	sd_bus_slot *job_removed, *subscribe;
	const struct units_events *events;
	void *userdata;
	struct unit slots[NR_SLOTS];
};

static void request_state(struct unit *u);

/* The unit and everything that waits for it are forgotten. */
static void forget(struct unit *u)
{
	struct units *units = u->units;
	unsigned slot = u->slot;

	sd_bus_slot_unref(u->changed);
	sd_bus_slot_unref(u->request);
	sd_bus_slot_unref(u->refresh);
	sd_bus_slot_unref(u->stop);
	free(u->name);
	free(u->path);
	free(u->job);
	*u = (struct unit){.units = units, .slot = slot};
}

static void end(struct unit *u, const struct unit_exit *e)
{
	struct units *units = u->units;

	(void)sd_bus_call_method_async(units->bus, NULL, SYSTEMD, SYSTEMD_PATH, SYSTEMD_MANAGER,
				       "UnrefUnit", NULL, NULL, "s", u->name);
	forget(u);
	units->events->ended(units->userdata, u->slot, e);
}

static void refuse(struct unit *u, const char *text)
{
	end(u, &(struct unit_exit){UNIT_REFUSED, 0, text});
}

/* The start job has ended, well or not. */
static void finish_start(struct unit *u, const char *result)
{
	struct units *units = u->units;

	if (strcmp(result, "done") != 0) {
		request_state(u);
		return;
	}
	u->is_loaded = true;
	units->events->loaded(units->userdata, u->slot);
}

/* Takes the answer @m if it tells the state of now. */
static bool take_answer(struct unit *u, sd_bus_message *m)
{
	u->refresh = sd_bus_slot_unref(u->refresh);
	if (u->is_stale)
		request_state(u);
	else if (sd_bus_message_is_method_error(m, NULL))
		refuse(u, peer_error_text(m));
	else
		return true;
	return false;
}

static int on_facts(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	_cleanup_unit_facts_ struct unit_facts facts = {};
	struct unit *u = userdata;
	struct unit_exit e;
	int r;

	if (!take_answer(u, m))
		return 0;
	r = unit_facts_read(m, &facts);
	if (r < 0) {
		refuse(u, strerror(-r));
	} else if (unit_is_gone(facts.active_state)) {
		e = unit_facts_to_exit(&facts);
		end(u, &e);
	}
	return 0;
}

static int on_state(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	struct unit *u = userdata;
	const char *state;
	int r;

	if (!take_answer(u, m))
		return 0;
	r = sd_bus_message_read(m, "v", "s", &state);
	if (r >= 0 && unit_is_gone(state))
		r = sd_bus_call_method_async(u->units->bus, &u->refresh, SYSTEMD, u->path,
					     DBUS_PROPERTIES, "GetAll", on_facts, u, "s", "");
	else if (r >= 0 && u->is_loaded)
		u->units->events->changed(u->units->userdata, u->slot);
	if (r < 0)
		refuse(u, strerror(-r));
	return 0;
}

/* Asks how the unit is, and once more if it changes before the answer. */
static void request_state(struct unit *u)
{
	int r;

	u->is_stale = u->refresh != NULL;
	if (u->is_stale)
		return;
	r = sd_bus_call_method_async(u->units->bus, &u->refresh, SYSTEMD, u->path, DBUS_PROPERTIES,
				     "Get", on_state, u, "ss", SYSTEMD_UNIT, "ActiveState");
	if (r < 0)
		refuse(u, strerror(-r));
}

static int on_changed(sd_bus_message *m _unused_, void *userdata, sd_bus_error *error _unused_)
{
	struct unit *u = userdata;

	/* the end of the start job says it all */
	bool is_starting = u->job || (u->request && !u->is_loaded);

	if (!is_starting)
		request_state(u);
	return 0;
}

static int on_job_removed(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	struct units *u = userdata;
	const char *job, *result;

	if (sd_bus_message_read(m, "uoss", NULL, &job, NULL, &result) < 0)
		return 0;
	for (unsigned i = 0; i < NR_SLOTS; i++)
		if (systemd_is_job(&u->slots[i].job, job))
			finish_start(&u->slots[i], result);
	return 0;
}

static int on_started(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	struct unit *u = userdata;
	int r;

	u->request = sd_bus_slot_unref(u->request);
	if (sd_bus_message_is_method_error(m, NULL)) {
		refuse(u, peer_error_text(m));
		return 0;
	}
	r = systemd_take_job(m, &u->job);
	if (r < 0)
		refuse(u, strerror(-r));
	return 0;
}

/* Watches a unit from now on. */
static int watch(struct unit *u, const char *name)
{
	int r;

	u->name = strdup(name);
	if (!u->name)
		return -ENOMEM;
	r = sd_bus_path_encode(SYSTEMD_PATH "/unit", u->name, &u->path);
	if (r < 0)
		return r;
	return sd_bus_match_signal_async(u->units->bus, &u->changed, SYSTEMD, u->path,
					 DBUS_PROPERTIES, "PropertiesChanged", on_changed, NULL, u);
}

static int name_unit(const struct unit *u, const char *sched, char **ret)
{
	const struct unit *other = &u->units->slots[u->slot == 0];

	if (asprintf(ret, UNIT_PREFIX "%s" UNIT_SUFFIX, sched) < 0)
		return -ENOMEM;
	if (!other->name || strcmp(other->name, *ret) != 0)
		return 0;
	free(*ret);
	return asprintf(ret, UNIT_PREFIX "%s" SECOND_SUFFIX, sched) < 0 ? -ENOMEM : 0;
}

static int request_start(struct unit *u, const struct sched_spec *spec, const char *dump_file)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *m = NULL;
	sd_bus *bus = u->units->bus;
	int r;

	r = sd_bus_message_new_method_call(bus, &m, SYSTEMD, SYSTEMD_PATH, SYSTEMD_MANAGER,
					   "StartTransientUnit");
	if (r < 0)
		return r;
	r = sd_bus_message_append(m, "ss", u->name, "fail");
	if (r < 0)
		return r;
	r = unit_properties_append(m, spec, dump_file);
	if (r < 0)
		return r;
	r = sd_bus_message_append(m, "a(sa(sv))", 0);
	if (r < 0)
		return r;
	return sd_bus_call_async(bus, &u->request, m, on_started, u, 0);
}

int unit_start(struct units *units, unsigned slot, const struct sched_spec *spec,
	       const char *dump_file)
{
	struct unit *u = &units->slots[slot];
	_cleanup_free_ char *name = NULL;
	int r;

	r = name_unit(u, spec->name, &name);
	if (r >= 0)
		r = watch(u, name);
	if (r >= 0)
		r = request_start(u, spec, dump_file);
	if (r < 0)
		forget(u);
	return r < 0 ? r : 0;
}

static int on_told(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	struct unit *u = userdata;

	u->request = sd_bus_slot_unref(u->request);
	if (!sd_bus_message_is_method_error(m, NULL))
		return 0;
	log_warning("cannot tell %s to attach: %s", u->name, peer_error_text(m));
	request_state(u);
	return 0;
}

int unit_attach(struct units *units, unsigned slot)
{
	struct unit *u = &units->slots[slot];

	return sd_bus_call_method_async(units->bus, &u->request, SYSTEMD, SYSTEMD_PATH,
					SYSTEMD_MANAGER, "KillUnit", on_told, u, "ssi", u->name,
					"main", SIGUSR1);
}

static int on_stop(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	struct unit *u = userdata;

	u->stop = sd_bus_slot_unref(u->stop);
	if (sd_bus_message_is_method_error(m, NULL))
		log_warning("cannot stop %s: %s", u->name, peer_error_text(m));
	/* a unit that is not there any more sends no signal */
	request_state(u);
	return 0;
}

int unit_stop(struct units *units, unsigned slot)
{
	struct unit *u = &units->slots[slot];

	if (!u->name)
		return -ENOENT;
	if (u->stop)
		return 0;
	return sd_bus_call_method_async(units->bus, &u->stop, SYSTEMD, SYSTEMD_PATH,
					SYSTEMD_MANAGER, "StopUnit", on_stop, u, "ss", u->name,
					"replace");
}

const char *unit_name(const struct units *u, unsigned slot)
{
	return u->slots[slot].name;
}

/* It is there already, and schedules. */
int unit_adopt(struct units *units, unsigned slot, const char *name)
{
	struct unit *u = &units->slots[slot];
	int r = watch(u, name);

	if (r >= 0)
		r = sd_bus_call_method_async(units->bus, NULL, SYSTEMD, SYSTEMD_PATH,
					     SYSTEMD_MANAGER, "RefUnit", NULL, NULL, "s", name);
	u->is_loaded = true;
	if (r < 0)
		forget(u);
	return r < 0 ? r : 0;
}

static int on_subscribed(sd_bus_message *m, void *userdata _unused_, sd_bus_error *error _unused_)
{
	if (sd_bus_message_is_method_error(m, NULL))
		log_debug("cannot subscribe to systemd's signals: %s", peer_error_text(m));
	return 0;
}

/* systemd sends signals only while somebody has subscribed. */
static int subscribe(struct units *u)
{
	int r;

	r = sd_bus_match_signal_async(u->bus, &u->job_removed, SYSTEMD, SYSTEMD_PATH,
				      SYSTEMD_MANAGER, "JobRemoved", on_job_removed, NULL, u);
	if (r < 0)
		return r;
	return sd_bus_call_method_async(u->bus, &u->subscribe, SYSTEMD, SYSTEMD_PATH,
					SYSTEMD_MANAGER, "Subscribe", on_subscribed, u, NULL);
}

int units_new(struct units **ret, sd_bus *bus, const struct units_events *events, void *userdata)
{
	_cleanup_units_ struct units *u = calloc(1, sizeof(*u));
	int r;

	if (!u)
		return -ENOMEM;
	u->bus = bus;
	u->events = events;
	u->userdata = userdata;
	for (unsigned i = 0; i < NR_SLOTS; i++)
		u->slots[i] = (struct unit){.units = u, .slot = i};
	r = subscribe(u);
	if (r < 0)
		return r;
	*ret = steal_ptr(u);
	return 0;
}

struct units *units_free(struct units *u)
{
	if (!u)
		return NULL;
	for (unsigned i = 0; i < NR_SLOTS; i++)
		forget(&u->slots[i]);
	sd_bus_slot_unref(u->job_removed);
	sd_bus_slot_unref(u->subscribe);
	free(u);
	return NULL;
}
