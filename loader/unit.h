/* SPDX-License-Identifier: GPL-2.0-only */
/* Schedulers in transient systemd units of their own, reached over D-Bus without ever blocking. */
#pragma once

#include <systemd/sd-bus.h>

#include "lib/util.h"

#include "scheduler.h"

struct units;

/* Answers; each of them comes out of the event loop, never out of the request. */
struct units_events {
	/* it stands by */
	void (*loaded)(void *userdata, unsigned slot);
	/* something about it is different */
	void (*changed)(void *userdata, unsigned slot);
	/* it is gone; comes once for each unit_start() */
	void (*ended)(void *userdata, unsigned slot, const struct unit_exit *e);
};

/* @bus must outlive it. */
int units_new(struct units **ret, sd_bus *bus, const struct units_events *events, void *userdata);
struct units *units_free(struct units *u);
DEFINE_CLEANUP(struct units *, units_free);
#define _cleanup_units_ _cleanup_(units_freep)

/* The unit @name, which schedules already, is from now on the one in @slot. */
int unit_adopt(struct units *u, unsigned slot, const char *name);

/* @dump_file: where the kernel's debug dump goes if it is thrown out */
int unit_start(struct units *u, unsigned slot, const struct sched_spec *spec,
	       const char *dump_file);
int unit_attach(struct units *u, unsigned slot);
int unit_stop(struct units *u, unsigned slot);

/* "aios-scx_simple.service", NULL for an empty slot */
const char *unit_name(const struct units *u, unsigned slot);
