/* SPDX-License-Identifier: GPL-2.0-only */
/* What systemd knows of a unit, and what that says about how it ended. */
#pragma once

#include <stdbool.h>

#include <systemd/sd-bus.h>

#include "scheduler.h"

/* Strings belong to the message they were read from. */
struct unit_facts {
	const char *active_state;
	const char *result;
	const char *status_text;
	int32_t exec_code;
	int32_t exec_status;
	/* NULL-terminated, owned */
	char **argv;
	char **environment;
};

/* Reads the reply of GetAll(). */
int unit_facts_read(sd_bus_message *m, struct unit_facts *ret);
void unit_facts_finish(struct unit_facts *f);
#define _cleanup_unit_facts_ _cleanup_(unit_facts_finish)

/* Of a unit that is gone. */
struct unit_exit unit_facts_to_exit(const struct unit_facts *f);

bool unit_is_gone(const char *active_state);
