/* SPDX-License-Identifier: GPL-2.0-only */
/* The state machine: what shall run, the units on the way there, and what to do when one fails. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/exit_status.h"
#include "lib/kernel.h"

#include "scheduler.h"

enum manager_state {
	MANAGER_IDLE,     /* nothing is wanted and nothing runs */
	MANAGER_STARTING, /* on the way to what is wanted; what ran before still may */
	MANAGER_RUNNING,  /* the kernel has what is wanted */
	MANAGER_STOPPING, /* on the way to nothing */
	MANAGER_WAITING,  /* failed; the next attempt is due at next_attempt_us */
	MANAGER_BLOCKED,  /* somebody else's scheduler is the kernel's */
	MANAGER_FAILED,   /* gave up, and nothing runs */
	NR_MANAGER_STATES,
};

/* "idle", "starting", ... */
extern const char *const manager_state_names[NR_MANAGER_STATES];

enum slot_state {
	SLOT_EMPTY,
	SLOT_LOADING,   /* the unit's start job runs */
	SLOT_LOADED,    /* stands by */
	SLOT_ATTACHING, /* has the word */
	SLOT_ATTACHED,  /* the kernel has it */
	SLOT_STOPPING,  /* the unit's stop job runs */
};

enum {
	MANAGER_MAX_BUDGET = 100, /* largest budget of failures in an hour */
	MANAGER_STABLE_S = 300,   /* having run that long, the next failure is the first in a row */
	MANAGER_SETTLE_MS = 10,   /* between looks at a kernel that is switching ... */
	MANAGER_MAX_SETTLE = 1000, /* ... which may take this many */
	MANAGER_ATTACH_S = 10,     /* from the word to the kernel's answer */
	MANAGER_DISAGREE_S = 10, /* kernel and unit may disagree that long: a restart takes some */
};

/* What became of the latest manager_want(), or of what ran since. */
enum outcome {
	OUTCOME_REACHED,  /* the kernel runs it, or runs nothing if that was wanted */
	OUTCOME_KEPT,     /* it failed to load, and what ran before goes on */
	OUTCOME_FAILED,   /* an attempt failed: see state for what comes */
	OUTCOME_RELEASED, /* it ended in good order without us: somebody wants it off */
};

/* Of a failed attempt or run, for the records. */
struct failure {
	const struct sched_spec *spec;
	const char *reason; /* "was ejected by the kernel: runnable task stall" */
	const struct unit_exit *exit;
	unsigned slot;
};

/*
 * The outside world. What takes time answers later through a function below; a
 * negative errno means that the request was not even sent, and no answer comes.
 */
struct manager_ops {
	/* can the program be executed at all? */
	int (*check_program)(void *userdata, const struct sched_spec *spec);
	/* answered by manager_unit_loaded() or manager_unit_ended() */
	int (*start_unit)(void *userdata, unsigned slot, const struct sched_spec *spec);
	/* answered by manager_unit_changed() or manager_unit_ended() */
	int (*attach_unit)(void *userdata, unsigned slot);
	/* answered by manager_unit_ended() */
	int (*stop_unit)(void *userdata, unsigned slot);
	int (*read_kernel)(void *userdata, struct kernel_state *ret);
	uint64_t (*now_us)(void *userdata);
	/* one timer: manager_timer() after @delay_us; replaces one that is set */
	int (*set_timer)(void *userdata, uint64_t delay_us);
	/* number @i of those to fall back to, *ret = NULL behind the last */
	int (*fallback)(void *userdata, unsigned i, struct sched_spec **ret);
	void (*failed)(void *userdata, const struct failure *f);
	/* @spec has run for MANAGER_STABLE_S */
	void (*stable)(void *userdata, const struct sched_spec *spec);
	void (*outcome)(void *userdata, enum outcome outcome, const char *text);
	/* the answer of one of the functions that show something may be another now */
	void (*changed)(void *userdata);
	/* nothing more will happen: leave with this status */
	void (*finished)(void *userdata, enum exit_status status);
};

/* How patient to be; see aios.toml(5). */
struct manager_patience {
	unsigned budget; /* failures within an hour, up to MANAGER_MAX_BUDGET */
	unsigned first_delay_s, max_delay_s;
};

struct slot {
	enum slot_state state;
	struct sched_spec *spec;
	char *failure;   /* why it is being stopped, if it is of no use */
	bool may_attach; /* it is being stopped, but has the word */
	bool is_away;    /* attached as far as its unit knows, but the kernel says otherwise */
};

struct manager {
	const struct manager_ops *ops;
	void *userdata;
	struct manager_patience patience;
	enum manager_state state;
	char *reason; /* of the last failure since something was wanted, NULL if there was none */
	struct sched_spec *target; /* NULL: nothing */
	struct slot slots[NR_SLOTS];
	struct slot *candidate; /* the one that has become or is to become the target */
	unsigned nr_fallback;   /* how many the target is down the chain; 0: as asked for */
	bool is_leaving;        /* finish once nothing runs */
	unsigned nr_in_row;
	uint64_t failures_us[MANAGER_MAX_BUDGET]; /* times of the last failures, oldest first */
	unsigned nr_failures;
	unsigned nr_settle;
	uint64_t running_since_us;
	uint64_t next_attempt_us;
	enum {
		TIMER_NONE,
		TIMER_SETTLE,
		TIMER_RETRY,
		TIMER_ATTACH,
		TIMER_STABLE,
		TIMER_DISAGREE
	} timer;
};

void manager_init(struct manager *m, const struct manager_ops *ops, void *userdata);
void manager_finish(struct manager *m);

/* A unit of an earlier loader runs @spec; takes it over if the kernel agrees, else stops it. */
void manager_adopt(struct manager *m, unsigned slot, const struct sched_spec *spec);

/* This shall run from now on, NULL: nothing. @again: also if it runs already. */
void manager_want(struct manager *m, const struct sched_spec *spec, bool again);
/* The same, but begins with the fallback chain, because of @reason. */
void manager_want_fallback(struct manager *m, const char *reason);
/* Stops everything and finishes. */
void manager_leave(struct manager *m);

/* Answers and events. */
void manager_unit_loaded(struct manager *m, unsigned slot);
void manager_unit_changed(struct manager *m, unsigned slot);
void manager_unit_ended(struct manager *m, unsigned slot, const struct unit_exit *e);
void manager_kernel_changed(struct manager *m);
void manager_timer(struct manager *m);

/* Something that is shown together with the manager's state is another. */
void manager_changed(struct manager *m);

/* The kernel's scheduler, if there is one, is ours or was a moment ago. */
bool manager_has_kernel(const struct manager *m);
/* What runs in the kernel as far as the manager has seen; NULL: nothing of ours. */
const struct sched_spec *manager_running(const struct manager *m);
/* The state as far as the kernel agrees: a scheduler it has let go of is not running. */
enum manager_state manager_shown_state(const struct manager *m);
/* One line for people; NULL when out of memory. */
char *manager_status(const struct manager *m);
