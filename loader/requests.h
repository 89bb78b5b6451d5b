/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who wants what. The base is what boot, users and power profiles want, the latest
 * of them; holds go before it, the latest of them first. What counts is
 * requests_top().
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/mode.h"
#include "lib/util.h"

enum source {
	SOURCE_BOOT,    /* the configuration */
	SOURCE_USER,    /* a method call */
	SOURCE_PROFILE, /* a power profile: the mode only */
	SOURCE_HOLD,
	NR_SOURCES,
};

/* "boot", "user", ... */
extern const char *const source_names[NR_SOURCES];

struct request {
	enum source source;
	char *sched; /* "scx_simple"; NULL: none */
	enum mode mode;
	char **args; /* instead of the mode's flags; NULL: none */
};

struct hold {
	uint32_t cookie;
	struct request request;
	char *reason, *app_id; /* in the words of who holds it */
	char *owner;           /* its unique name on the bus */
};

enum { REQUESTS_MAX_HOLDS = 64 };

struct requests {
	struct request base;
	struct hold *holds; /* oldest first */
	size_t nr_holds;
	uint32_t last_cookie;
};

int request_copy(const struct request *from, struct request *to);
void request_finish(struct request *r);
#define _cleanup_request_ _cleanup_(request_finish)
bool request_equal(const struct request *a, const struct request *b);

void requests_finish(struct requests *r);
const struct request *requests_top(const struct requests *r);

/* The base is from now on a copy of @request. */
int requests_set_base(struct requests *r, const struct request *request);

/* The scheduler of the base in another mode; false if that is none, has arguments, or has it. */
bool requests_set_mode(struct requests *r, enum mode mode);

/*
 * A hold with copies of all that is given. -ENOSPC if there are REQUESTS_MAX_HOLDS.
 */
int requests_hold(struct requests *r, const struct request *request, const char *reason,
		  const char *app_id, const char *owner, uint32_t *ret_cookie);
/* -ENOENT if there is none with this cookie. */
int requests_release(struct requests *r, uint32_t cookie);
/* All holds that are newer than the one with this cookie. */
void requests_release_newer(struct requests *r, uint32_t cookie);
/* All holds of @owner; how many there were. */
unsigned requests_release_owner(struct requests *r, const char *owner);
