// SPDX-License-Identifier: GPL-2.0-only
/*
 * Three services may know, and the first that does is believed: power-profiles-daemon (or
 * tuned-ppd, which takes its names) by its present name, by its older one, and UPower. Of
 * each we want one property. Signals are hints that it may have changed: its value is always
 * asked for, so there is one way in which it is read.
 *
 * To ask must not start a service that nobody else wanted. As long as a service that runs
 * has not answered, those behind it are not believed: the machine would go through the modes
 * of each of them at every start.
 *
 * tuned-ppd says "unknown" where the administrator chose a profile of tuned that is none of
 * the three; that says nothing, as if it were absent.
 */
#include <stdbool.h>
#include <string.h>

#include "lib/log.h"

#include "peer.h"
#include "power_profile.h"

const char *const power_profile_names[NR_POWER_PROFILES] = {
	[POWER_PROFILE_NONE] = "none",
	[POWER_PROFILE_POWER_SAVER] = "power-saver",
	[POWER_PROFILE_BALANCED] = "balanced",
	[POWER_PROFILE_PERFORMANCE] = "performance",
	[POWER_PROFILE_AC] = "ac",
	[POWER_PROFILE_BATTERY] = "battery",
};

/* They take the reply of Get(); an enum power_profile or a negative errno. */
static int read_active_profile(sd_bus_message *m)
{
	const char *name;
	int r;

	r = sd_bus_message_read(m, "v", "s", &name);
	if (r < 0)
		return r;
	for (int p = POWER_PROFILE_POWER_SAVER; p <= POWER_PROFILE_PERFORMANCE; p++)
		if (strcmp(name, power_profile_names[p]) == 0)
			return p;
	return POWER_PROFILE_NONE;
}

static int read_on_battery(sd_bus_message *m)
{
	int on_battery, r;

	r = sd_bus_message_read(m, "v", "b", &on_battery);
	if (r < 0)
		return r;
	return on_battery ? POWER_PROFILE_BATTERY : POWER_PROFILE_AC;
}

/* In order of preference. The interface is called like the service. */
static const struct service {
	const char *name;
	const char *path;
	const char *property;
	int (*read)(sd_bus_message *m);
} services[] = {
	{"org.freedesktop.UPower.PowerProfiles", "/org/freedesktop/UPower/PowerProfiles",
	 "ActiveProfile", read_active_profile},
	{"net.hadess.PowerProfiles", "/net/hadess/PowerProfiles", "ActiveProfile",
	 read_active_profile},
	{"org.freedesktop.UPower", "/org/freedesktop/UPower", "OnBattery", read_on_battery},
};

/* What one service says. */
struct source {
	struct power_watch *watch;
	const struct service *service;
	sd_bus_slot *owner, *changed;
	sd_bus_slot *request;
	bool is_known; /* it is absent, or has answered since it came */
	enum power_profile profile;
};

struct power_watch {
	sd_bus *bus;
	const struct power_events *events;
	void *userdata;
	enum power_profile profile; /* as last told */
	struct source sources[ARRAY_SIZE(services)];
};

static void judge(struct power_watch *w)
{
	enum power_profile p = POWER_PROFILE_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(services) && p == POWER_PROFILE_NONE; i++) {
		if (!w->sources[i].is_known)
			return;
		p = w->sources[i].profile;
	}
	if (p == w->profile)
		return;
	w->profile = p;
	w->events->changed(w->userdata, p);
}

static void set_profile(struct source *s, enum power_profile p)
{
	s->request = sd_bus_slot_unref(s->request);
	s->is_known = true;
	s->profile = p;
	judge(s->watch);
}

static int on_property(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	struct source *s = userdata;
	int r = 0;

	if (!sd_bus_message_is_method_error(m, NULL)) {
		r = s->service->read(m);
		if (r < 0)
			log_debug("cannot read %s of %s: %s", s->service->property,
				  s->service->name, strerror(-r));
	} else if (!peer_is_absent(m)) {
		log_debug("cannot get %s of %s: %s", s->service->property, s->service->name,
			  peer_error_text(m));
	}
	set_profile(s, r < 0 ? POWER_PROFILE_NONE : r);
	return 0;
}

/* An answer that is still on its way is not waited for: it may be older than the change. */
static int request_property(struct source *s)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *m = NULL;
	int r;

	s->request = sd_bus_slot_unref(s->request);
	r = sd_bus_message_new_method_call(s->watch->bus, &m, s->service->name, s->service->path,
					   DBUS_PROPERTIES, "Get");
	if (r < 0)
		return r;
	r = sd_bus_message_set_auto_start(m, false);
	if (r < 0)
		return r;
	r = sd_bus_message_append(m, "ss", s->service->name, s->service->property);
	if (r < 0)
		return r;
	return sd_bus_call_async(s->watch->bus, &s->request, m, on_property, s, 0);
}

static void update(struct source *s)
{
	int r = request_property(s);

	if (r < 0) {
		log_debug("cannot ask %s: %s", s->service->name, strerror(-r));
		set_profile(s, POWER_PROFILE_NONE);
	}
}

static int on_changed(sd_bus_message *m _unused_, void *userdata, sd_bus_error *error _unused_)
{
	update(userdata);
	return 0;
}

static int on_owner(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	struct source *s = userdata;

	if (peer_has_come(m)) {
		s->is_known = false;
		update(s);
	} else {
		set_profile(s, POWER_PROFILE_NONE);
	}
	return 0;
}

static int source_init(struct source *s, struct power_watch *w, const struct service *service)
{
	int r;

	s->watch = w;
	s->service = service;
	r = peer_watch(w->bus, &s->owner, service->name, on_owner, s);
	if (r < 0)
		return r;
	r = sd_bus_match_signal_async(w->bus, &s->changed, service->name, service->path,
				      DBUS_PROPERTIES, "PropertiesChanged", on_changed, NULL, s);
	if (r < 0)
		return r;
	return request_property(s);
}

int power_watch_new(struct power_watch **ret, sd_bus *bus, const struct power_events *events,
		    void *userdata)
{
	_cleanup_power_watch_ struct power_watch *w = calloc(1, sizeof(*w));
	int r;

	if (!w)
		return -ENOMEM;
	w->bus = sd_bus_ref(bus);
	w->events = events;
	w->userdata = userdata;
	for (size_t i = 0; i < ARRAY_SIZE(services); i++) {
		r = source_init(&w->sources[i], w, &services[i]);
		if (r < 0)
			return r;
	}
	*ret = steal_ptr(w);
	return 0;
}

struct power_watch *power_watch_free(struct power_watch *w)
{
	if (!w)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(services); i++) {
		sd_bus_slot_unref(w->sources[i].owner);
		sd_bus_slot_unref(w->sources[i].changed);
		sd_bus_slot_unref(w->sources[i].request);
	}
	sd_bus_unref(w->bus);
	free(w);
	return NULL;
}
