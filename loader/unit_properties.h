/* SPDX-License-Identifier: GPL-2.0-only */
/* How a scheduler's unit is set up: what it is, and the sandbox it runs in. */
#pragma once

#include <systemd/sd-bus.h>

#include "scheduler.h"

/* Appends the a(sv) of StartTransientUnit(). */
int unit_properties_append(sd_bus_message *m, const struct sched_spec *spec);
