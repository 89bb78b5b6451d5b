/* SPDX-License-Identifier: GPL-2.0-only */
/* Units that an earlier loader has left: one that schedules may be taken over, all others are
 * stopped. */
#pragma once

#include <systemd/sd-bus.h>

#include "scheduler.h"

struct left_overs;

struct left_over_events {
	/* @unit schedules @spec: 0 to take it over, a negative errno to have it stopped */
	int (*found)(void *userdata, const char *unit, const struct sched_spec *spec);
	/* no other is left, or why they could not be stopped */
	void (*done)(void *userdata, const char *error);
};

/* Begins to look; @found comes for one unit at most, and @done once, both out of the event loop. */
int left_overs_new(struct left_overs **ret, sd_bus *bus, const struct left_over_events *events,
		   void *userdata);
struct left_overs *left_overs_free(struct left_overs *l);
DEFINE_CLEANUP(struct left_overs *, left_overs_free);
