/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What --help says, for programs:
 *
 *	{"program": "scx_simple", "summary": "...", "groups": [
 *		{"title": "Options", "options": [
 *			{"name": "slice-us", "letter": "s", "type": "integer",
 *			 "metavar": "US", "unit": "us", "default": 20000,
 *			 "range": [100, 1000000], "help": "..."}, ...
 *
 * The type is boolean for what takes no value, else integer, float (of seconds) or string.
 * The default is null where there is none: the option has no effect unless it is given. An
 * option may also have
 *	"repeatable"  true: it may be given again and again
 *	"choices"     all values there are
 *	"excludes"    names of options it cannot be given with
 *	"needs"       and of those of which one must be given with it
 */
#pragma once

#include <systemd/sd-json.h>

#include "options.h"

/* 0, or a negative errno when out of memory. */
int options_json(const struct command_line *cl, sd_json_variant **ret);
