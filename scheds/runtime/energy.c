// SPDX-License-Identifier: GPL-2.0-only
/*
 * The frequency driver of CPU 0 is believed first: its preference between energy and performance,
 * or its governor, if they say anything. They cannot be waited for, so they are looked at once a
 * second. Where they say nothing the service is asked that keeps power profiles, and tells when
 * they change; it may be absent, come and go. The connection to the bus is made when it is needed
 * first, and again if it was lost.
 */
#include <string.h>

#include <systemd/sd-bus.h>

#include "lib/file.h"
#include "lib/log.h"
#include "lib/power_profile.h"
#include "runtime/energy.h"

#define PERIOD_US 1000000
#define POLICY "sys/devices/system/cpu/cpufreq/policy0/"

struct energy_watch {
	sd_event_source *timer;
	sd_bus *bus;
	struct power_watch *profiles;
	int root_fd;
	const struct energy_events *events;
	void *userdata;
	enum energy energy; /* as last told */
	enum energy by_service;
};

static const struct {
	const char *word;
	enum energy energy;
} words[] = {
	{"power", ENERGY_SAVE},
	{"powersave", ENERGY_SAVE},
	{"balance_power", ENERGY_RATHER_SAVE},
	{"balance_performance", ENERGY_BALANCED},
	{"performance", ENERGY_SPEND},
};

static enum energy read_energy(int root_fd, const char *path)
{
	_cleanup_free_ char *text = NULL;

	if (read_sysfs_line(root_fd, path, &text) < 0)
		return ENERGY_UNKNOWN;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(words[i].word, text) == 0)
			return words[i].energy;
	return ENERGY_UNKNOWN;
}

static enum energy energy_of_driver(int root_fd)
{
	enum energy e = read_energy(root_fd, POLICY "energy_performance_preference");

	return e != ENERGY_UNKNOWN ? e : read_energy(root_fd, POLICY "scaling_governor");
}

static enum energy energy_of_profile(enum power_profile p)
{
	static const enum energy by_profile[NR_POWER_PROFILES] = {
		[POWER_PROFILE_POWER_SAVER] = ENERGY_SAVE,
		[POWER_PROFILE_BALANCED] = ENERGY_BALANCED,
		[POWER_PROFILE_PERFORMANCE] = ENERGY_SPEND,
	};

	return by_profile[p];
}

static void judge(struct energy_watch *w)
{
	enum energy e = energy_of_driver(w->root_fd);

	if (e == ENERGY_UNKNOWN)
		e = w->by_service;
	if (e == w->energy)
		return;
	w->energy = e;
	w->events->changed(w->userdata, e);
}

static void on_profile(void *userdata, enum power_profile p)
{
	struct energy_watch *w = userdata;

	w->by_service = energy_of_profile(p);
	judge(w);
}

static void disconnect(struct energy_watch *w)
{
	w->profiles = power_watch_free(w->profiles);
	w->bus = sd_bus_close_unref(w->bus);
}

/* No bus is no reason to complain: the machine may have none. */
static void connect_to_bus(struct energy_watch *w)
{
	static const struct power_events events = {.changed = on_profile};
	sd_event *event = sd_event_source_get_event(w->timer);
	int r;

	if (w->bus && sd_bus_is_open(w->bus) > 0)
		return;
	disconnect(w);
	r = sd_bus_open_system(&w->bus);
	if (r >= 0)
		r = sd_bus_attach_event(w->bus, event, SD_EVENT_PRIORITY_NORMAL);
	if (r >= 0)
		r = power_watch_new(&w->profiles, w->bus, &events, w);
	if (r >= 0)
		return;
	disconnect(w);
	log_debug("no power profiles: cannot connect to the bus: %s", strerror(-r));
}

static void look(struct energy_watch *w)
{
	if (energy_of_driver(w->root_fd) == ENERGY_UNKNOWN)
		connect_to_bus(w);
}

static int on_timer(sd_event_source *source, uint64_t now _unused_, void *userdata)
{
	struct energy_watch *w = userdata;

	look(w);
	judge(w);
	return sd_event_source_set_time_relative(source, PERIOD_US);
}

int energy_watch_new(struct energy_watch **ret, sd_event *event, int root_fd,
		     const struct energy_events *events, void *userdata, enum energy *ret_energy)
{
	_cleanup_(energy_watch_freep) struct energy_watch *w = calloc(1, sizeof(*w));
	int r;

	if (!w)
		return -ENOMEM;
	w->root_fd = root_fd;
	w->events = events;
	w->userdata = userdata;
	w->energy = energy_of_driver(root_fd);
	r = sd_event_add_time_relative(event, &w->timer, CLOCK_MONOTONIC, PERIOD_US, 0, on_timer,
				       w);
	if (r < 0)
		return r;
	r = sd_event_source_set_enabled(w->timer, SD_EVENT_ON);
	if (r < 0)
		return r;
	look(w);
	*ret_energy = w->energy;
	*ret = steal_ptr(w);
	return 0;
}

struct energy_watch *energy_watch_free(struct energy_watch *w)
{
	if (!w)
		return NULL;
	disconnect(w);
	sd_event_source_disable_unref(w->timer);
	free(w);
	return NULL;
}
