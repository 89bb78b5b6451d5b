/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The loader as a whole: what it knows, and what can be asked of it. Requests come
 * from the configuration, the bus and power profiles; what they amount to is one
 * wish at a time, for the manager.
 */
#pragma once

#include <systemd/sd-bus.h>

#include "lib/power_profile.h"

#include "config.h"
#include "manager.h"
#include "requests.h"
#include "unit.h"

struct service;

/* How the last unit that failed came to its end. */
struct last_exit {
	char *kind; /* NULL: none has */
	char *reason;
	char *dump;       /* path; NULL: none */
	uint64_t time_us; /* since 1970 */
};

struct loader {
	int root_fd;
	const char *root; /* in front of programs' paths: "" or absolute */
	const char *file; /* configuration instead of the administrator's; NULL: none */
	struct catalog catalog;
	struct config config;
	sd_event *event;
	sd_bus *bus;
	struct units *units;
	struct service *service;
	struct manager manager;
	struct requests requests;
	/* to go back to if what is being tried fails to load: what was wanted when all was well */
	bool has_undo;
	struct request undo_base;
	uint32_t undo_cookie; /* of the latest hold then */
	struct last_exit last_exit;
	enum power_profile profile;
	unsigned nr_starts;                      /* since the last request */
	uint64_t numbers[NR_SLOTS], next_number; /* of records */
};

/*
 * Requests. 0: what becomes of it is told to service_outcome(); a negative errno with
 * @error set: refused, and nothing has changed.
 */
int loader_start(struct loader *l, const struct request *r, sd_bus_error *error);
int loader_switch(struct loader *l, const struct request *r, sd_bus_error *error);
int loader_stop(struct loader *l, sd_bus_error *error);
int loader_restart(struct loader *l, sd_bus_error *error);
int loader_restore(struct loader *l, sd_bus_error *error);
int loader_hold(struct loader *l, const struct request *r, const char *reason, const char *app_id,
		const char *owner, uint32_t *ret_cookie, sd_bus_error *error);
int loader_release(struct loader *l, uint32_t cookie, sd_bus_error *error);

/* The one who held something has left the bus. */
void loader_release_owner(struct loader *l, const char *owner);

/* The power profile is another. */
void loader_set_profile(struct loader *l, enum power_profile p);

/* Reads the configuration again. 0: applied; -EINVAL: it has errors, the old one stays. */
int loader_reload(struct loader *l);

/* The first request: what an earlier loader was asked for, else what is configured. */
void loader_begin(struct loader *l);

/* For the manager; see struct manager_ops. */
void loader_record(struct loader *l, const struct failure *f);
void loader_stable(struct loader *l, const struct sched_spec *spec);
int loader_fallback(struct loader *l, unsigned i, struct sched_spec **ret);
void loader_outcome(struct loader *l, enum outcome outcome, const char *text);

/* The name of a scheduler in the kernel that is not ours; NULL: none. To be freed. */
char *loader_foreign(const struct loader *l);

/* Frees what it knows, as far as it has been filled in. */
void loader_finish(struct loader *l);

bool loader_is_installed(const struct loader *l, const char *sched);
