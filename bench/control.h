/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Puts an arm in charge of the kernel, and says afterwards whether it was all the time.
 *
 *	control_begin() -> run something -> control_check() -> control_end()
 *
 * A scheduler's program is our child, so that it ends with us, however that comes.
 */
#pragma once

#include "bench/child.h"
#include "bench/session.h"
#include "lib/kernel.h"

enum {
	CONTROL_ATTACH_S = 60, /* from the start of its program to a scheduler in charge */
	CONTROL_DETACH_S = 20, /* from the word to end to the kernel's own in charge */
};

struct control {
	sd_event *event;
	int root_fd; /* stands for / */
	/* looked at while it waits; true: -ECANCELED */
	bool (*should_stop)(void *userdata);
	void *userdata;
	const struct arm *arm; /* in charge; NULL: none */
	struct child *child;   /* of its scheduler; NULL: the kernel's own */
	struct kernel_counters before;
};

/* Whether a run counts. */
struct finding {
	enum run_status status;
	char *reason; /* NULL if RUN_OK */
};

void finding_finish(struct finding *f);
#define _cleanup_finding_ _cleanup_(finding_finish)
/* Sets it to the first thing that is wrong. -ENOMEM, or 0. */
int finding_set(struct finding *f, enum run_status status, const char *format, ...) _printf_(3, 4);

/*
 * Starts the scheduler of @arm, which has to stay, and waits until it is in charge. RUN_OK,
 * RUN_NOT_ATTACHED or RUN_DISTURBED go to *f; a negative errno is not the scheduler's fault.
 */
int control_begin(struct control *c, const struct arm *arm, struct finding *f);

/* The scheduler's program has ended: what runs, runs in vain. */
bool control_is_lost(const struct control *c);

/* Sets *f if the arm has not been in charge since control_begin(). 0 or a negative errno. */
int control_check(struct control *c, struct finding *f);

/*
 * Ends the scheduler and waits until the kernel's own is in charge. *ret_output: the end of what
 * the scheduler has printed, NULL for the kernel's own; to be freed. -ETIMEDOUT: the kernel is not
 * free.
 */
int control_end(struct control *c, char **ret_output);
