/* SPDX-License-Identifier: GPL-2.0-only */
/* How much power the user wants to spend, as far as another service knows. */
#pragma once

#include <systemd/sd-bus.h>

#include "lib/util.h"

enum power_profile {
	POWER_PROFILE_NONE, /* nobody knows */
	/* of power-profiles-daemon or tuned-ppd */
	POWER_PROFILE_POWER_SAVER,
	POWER_PROFILE_BALANCED,
	POWER_PROFILE_PERFORMANCE,
	/* of UPower, where no profile is known */
	POWER_PROFILE_AC,
	POWER_PROFILE_BATTERY,
	NR_POWER_PROFILES,
};

/* "none", "power-saver", ... for configuration and messages; the first as the services say. */
extern const char *const power_profile_names[NR_POWER_PROFILES];

struct power_watch;

struct power_events {
	/* out of the event loop; at first the profile is POWER_PROFILE_NONE */
	void (*changed)(void *userdata, enum power_profile p);
};

int power_watch_new(struct power_watch **ret, sd_bus *bus, const struct power_events *events,
		    void *userdata);
struct power_watch *power_watch_free(struct power_watch *w);
DEFINE_CLEANUP(struct power_watch *, power_watch_free);
#define _cleanup_power_watch_ _cleanup_(power_watch_freep)
