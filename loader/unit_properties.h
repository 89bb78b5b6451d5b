/* SPDX-License-Identifier: GPL-2.0-only */
/* How a scheduler's unit is set up: what it is, and the sandbox it runs in. */
#pragma once

#include <systemd/sd-bus.h>

#include "scheduler.h"

/*
 * Appends the a(sv) of StartTransientUnit(). The scheduler stands by once it is
 * loaded, and leaves the kernel's debug dump in @dump_file if it is thrown out.
 */
int unit_properties_append(sd_bus_message *m, const struct sched_spec *spec, const char *dump_file);

/* What a unit that was set up like this runs; -EINVAL if it was not. */
struct unit_facts;
int unit_properties_to_spec(const char *name, const struct unit_facts *f, struct sched_spec **ret);
