// SPDX-License-Identifier: GPL-2.0-only
/*
 * A build. What counts is the time it takes, which whoever runs it measures anyway, so no number
 * is read here. But there are builds whose time says nothing though make is content: those that
 * had nothing to do, and those of which a part failed and nobody cared.
 */
#include <string.h>

#include "bench/drivers/driver.h"
#include "bench/drivers/scan.h"

static bool is_of_make(struct scan *s)
{
	return scan_matches(s, "make: *") || scan_matches(s, "make[@]: *");
}

static bool says_nothing_done(const struct scan *s)
{
	return memmem(s->line, s->line_size, "Nothing to be done for", 22) ||
	       memmem(s->line, s->line_size, "is up to date.", 14);
}

static void read_output(struct scan *s)
{
	unsigned idle_nr = 0;
	bool has_worked = false;

	scan_begin(s, SCAN_STDERR);
	while (scan_next(s))
		if (scan_matches(s, "make: *** *") || scan_matches(s, "make[@]: *** *"))
			scan_error(s, "'%.*s': this is no whole build", (int)s->line_size, s->line);
	scan_begin(s, SCAN_STDOUT);
	while (scan_next(s))
		if (!is_of_make(s))
			has_worked = true;
		else if (says_nothing_done(s))
			idle_nr = s->line_nr;
	if (idle_nr > 0 && !has_worked)
		scan_error_at(s, idle_nr, "there was nothing to build, its products must go first");
}

static int parse(const struct output *o, struct measurement *ret, char **ret_error)
{
	return scan_output(o, read_output, ret, ret_error);
}

const struct driver driver_make = {
	.name = "make",
	.summary = "the time of a build, of a kernel or of anything else",
	.program = "make",
	.package = "make",
	.needs = "what to build after it was cleaned, such as -C DIRECTORY clean all",
	.parse = parse,
};
