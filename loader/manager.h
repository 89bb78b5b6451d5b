/* SPDX-License-Identifier: GPL-2.0-only */
/* The state machine: one scheduler that shall run, and what to do when it does not. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/exit_status.h"
#include "lib/kernel.h"

#include "scheduler.h"

enum manager_state {
	MANAGER_IDLE,        /* nothing runs, on purpose */
	MANAGER_CLEARING,    /* units of an earlier loader are being stopped */
	MANAGER_STARTING,    /* the unit's start job runs */
	MANAGER_RUNNING,     /* the kernel has it */
	MANAGER_STOPPING,    /* the unit's stop job runs */
	MANAGER_SETTLING,    /* the unit is gone, the kernel has not let go yet */
	MANAGER_BACKING_OFF, /* failed, waits for the next attempt */
	MANAGER_FAILED,      /* gave up */
};

enum {
	MANAGER_MAX_FAILURES = 5,  /* in a row, then give up */
	MANAGER_FIRST_DELAY_S = 1, /* before the next attempt, doubled each time ... */
	MANAGER_MAX_DELAY_S = 60,  /* ... up to this */
	MANAGER_STABLE_S = 300,    /* having run that long forgives earlier failures */
	MANAGER_SETTLE_MS = 50,    /* between looks at a kernel that is switching ... */
	MANAGER_MAX_SETTLE = 200,  /* ... which may take this many */
};

/*
 * The outside world. What takes time answers later through a function below;
 * a negative errno means that the request was not even sent, and no answer comes.
 */
struct manager_ops {
	/* answered by manager_units_cleared() */
	int (*clear_units)(void *userdata);
	/* can the program be executed at all? */
	int (*check_program)(void *userdata, const struct sched_spec *spec);
	/* answered by manager_unit_ready() or manager_unit_ended() */
	int (*start_unit)(void *userdata, const struct sched_spec *spec);
	/* answered by manager_unit_ended() */
	int (*stop_unit)(void *userdata);
	int (*read_kernel)(void *userdata, struct kernel_state *ret);
	uint64_t (*now_us)(void *userdata);
	/* one timer: manager_timer() after @delay_us; replaces one that is set */
	int (*set_timer)(void *userdata, uint64_t delay_us);
	/* the line for people changed; @is_ready: what was asked for is reached */
	void (*status)(void *userdata, const char *line, bool is_ready);
	/* nothing more will happen: leave with this status */
	void (*finished)(void *userdata, enum exit_status status);
};

struct manager {
	const struct manager_ops *ops;
	void *userdata;
	enum manager_state state;
	const struct sched_spec *spec; /* NULL: none wanted */
	bool is_stop_wanted;
	char *failure; /* why the unit that is being stopped is of no use */
	unsigned nr_failures;
	unsigned nr_settle;
	uint64_t running_since_us;
};

void manager_init(struct manager *m, const struct manager_ops *ops, void *userdata);
void manager_finish(struct manager *m);

/* @spec must outlive the manager; NULL: stay idle. */
void manager_start(struct manager *m, const struct sched_spec *spec);
/* Stop everything and finish. */
void manager_stop(struct manager *m);

/* Answers and events; @error NULL or why left-over units could not be stopped. */
void manager_units_cleared(struct manager *m, const char *error);
void manager_unit_ready(struct manager *m);
void manager_unit_ended(struct manager *m, const struct unit_exit *e);
void manager_timer(struct manager *m);
