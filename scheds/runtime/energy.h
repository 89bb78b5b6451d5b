/* SPDX-License-Identifier: GPL-2.0-only */
/* How much power the machine is to spend, as the frequency driver or a profile service knows. */
#pragma once

#include <systemd/sd-event.h>

#include "lib/util.h"

enum energy {
	ENERGY_UNKNOWN,
	ENERGY_SAVE,
	ENERGY_RATHER_SAVE,
	ENERGY_BALANCED,
	ENERGY_SPEND,
};

struct energy_watch;

struct energy_events {
	/* out of the event loop */
	void (*changed)(void *userdata, enum energy energy);
};

/*
 * Watches until it is freed; what is in sysfs is looked for below @root_fd, which is kept open by
 * the caller. *ret_energy is what is known now. 0 or a negative errno.
 */
int energy_watch_new(struct energy_watch **ret, sd_event *event, int root_fd,
		     const struct energy_events *events, void *userdata, enum energy *ret_energy);
struct energy_watch *energy_watch_free(struct energy_watch *w);
DEFINE_CLEANUP(struct energy_watch *, energy_watch_free);
