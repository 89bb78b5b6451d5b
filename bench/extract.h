/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers that the user finds in what a command of his own prints:
 *
 *	NAME[:UNIT]:lower|higher|none:regex:PATTERN   what the group of the POSIX extended regular
 *	                                              expression matches; ^ and $ are those of a
 *	                                              line, and the last match counts
 *	NAME[:UNIT]:lower|higher|none:json:PATH       a member of the JSON text: a.b[0].c
 */
#pragma once

#include <regex.h>

#include "bench/metric.h"
#include "bench/workload.h"

enum { EXTRACT_MAX_NAME = 64 };

struct extract {
	char *name, *unit;
	enum better better;
	/* how to find it: *ret, or *ret_error and -EBADMSG, or -ENOMEM */
	int (*find)(const struct extract *e, const struct output *o, double *ret, char **ret_error);
	regex_t regex;
	char *path;
};

/* 0, or -EINVAL after logging what is wrong and what is allowed, -ENOMEM. */
int extract_parse(const char *spec, struct extract *ret);
void extract_finish(struct extract *e);

/* Adds all of them; as parse() of struct driver. */
int extract_measure(const struct extract *extracts, size_t nr, const struct output *o,
		    struct measurement *ret, char **ret_error);
