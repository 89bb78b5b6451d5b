/* SPDX-License-Identifier: GPL-2.0-only */
/* All that the loader and the kernel say of themselves at one moment. */
#pragma once

#include <stdbool.h>

#include "lib/kernel.h"
#include "lib/mode.h"

#include "client.h"

struct view_hold {
	uint32_t cookie;
	char *sched;
	uint32_t mode;
	char *reason, *app_id;
};

struct view_exit {
	char *kind, *reason, *dump;
	uint64_t time_us;
};

/* Strings are NULL where there is nothing to say. Times are microseconds since 1970, 0: none. */
struct view {
	bool has_loader;    /* if not, all that is the loader's is empty */
	bool is_own_loader; /* it is aios-loader, not another program of its name */
	char *sched;        /* "scx_simple" */
	uint32_t mode;
	char **args; /* instead of the mode's, NULL or empty: none */
	char **supported;
	char *default_sched;
	uint32_t default_mode;
	struct view_hold *holds; /* oldest first */
	size_t nr_holds;
	char *state, *status, *source, *fallback, *foreign, *profile, *unit;
	struct view_exit last_exit;
	uint32_t nr_restarts;
	uint64_t next_attempt_us;
	char **files;
	struct kernel_state kernel;
};

/* Fills @view, which is zero, with what the loader says; what is in the way is logged. */
enum status view_read_loader(struct view *view, const struct client *c);
/*
 * Opens @c and reads kernel and loader, for verbs that do without the loader: that there is
 * none on the bus, or no bus, is has_loader = false and SCXCTL_OK.
 */
enum status view_look(struct view *view, struct client *c, const struct invocation *v);
void view_finish(struct view *view);
#define _cleanup_view_ _cleanup_(view_finish)
