/* SPDX-License-Identifier: GPL-2.0-only */
/* What the verbs that read sessions have in common: loading them, and how their output looks. */
#pragma once

#include "bench/analysis.h"
#include "bench/report/screen.h"
#include "lib/exit_status.h"
#include "lib/options.h"

/* A session and what it says. */
struct loaded {
	const char *path;
	struct session session;
	struct analysis analysis;
};

/* 0, or a negative errno after logging. The object must not move. */
int loaded_read(struct loaded *l, const char *path);
void loaded_finish(struct loaded *l);
#define _cleanup_loaded_ _cleanup_(loaded_finish)

struct output_options {
	uint8_t json;
	uint8_t colour; /* an enum of choices, 0: not given */
};

/* Standard output as the options want it; sets the encoding of the locale, too. */
void output_screen(struct screen *s, const struct output_options *o);

/*
 * Whether the file @path may be replaced: only one that is absent, empty or another @kind, which
 * begins with @begin (at most 63 bytes), never one that was given in the wrong place. 0, or a
 * negative errno after logging; @option: which the path was given with.
 */
int output_check_target(const char *option, const char *path, const char *begin, const char *kind);

/* The end of a verb: logs @r < 0 as what kept @what from being made. */
enum exit_status output_status(int r, const char *what);

// clang-format off
#define OUTPUT_OPTIONS(type, member)                                                               \
	{"json", 0, OPTION_FLAG, offsetof(type, member.json), NULL,                                \
	 "print rows as JSON: one for each workload, metric and arm"},                             \
	{"color", 0, OPTION_CHOICE, offsetof(type, member.colour), "WHEN",                         \
	 "when to use colour; auto on a terminal", .choices = "auto always never"}
// clang-format on
