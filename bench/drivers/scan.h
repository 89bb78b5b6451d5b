/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How all drivers read what their programs print: line by line, each compared as a whole with a
 * pattern. A line that begins as the pattern does is the line that is meant, so one that goes on
 * otherwise - a garbled number, another unit - is an error and never passed over.
 *
 * In patterns
 *	%      is a number: digits, with or without a fraction; no sign, no exponent, and no
 *	       comma, so neither "nan" nor "1,234" is one
 *	$      is a name: letters, digits, '-' and '_'
 *	@      is digits that nobody wants
 *	blank  is one or more blanks
 *	*      at the end is anything
 * and all else is itself. Blanks at both ends of a line do not count.
 *
 * The first failure stays: whatever is called after it fails too, finds zeroes and adds nothing.
 * So drivers are written down without looking back, but for their loops.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "bench/json.h"
#include "bench/metric.h"
#include "bench/workload.h"

enum { SCAN_NUMBERS = 8, SCAN_NAME = 64 };

struct scan {
	/* what the last pattern that matched found: the numbers in their order, the last name */
	double numbers[SCAN_NUMBERS];
	char name[SCAN_NAME];

	/* the line at hand, without blanks at its ends; the first one is 1 */
	const char *line;
	size_t line_size;
	unsigned line_nr;

	/* for scan.c alone */
	const struct output *output;
	const char *stream; /* as messages call it */
	const char *next, *end;
	struct measurement measurement;
	int r;
	char *error;
};

/* Is the parse() of a driver: *ret is what @read has measured, if that did not fail. */
int scan_output(const struct output *o, void (*read)(struct scan *s), struct measurement *ret,
		char **ret_error);

enum scan_stream { SCAN_STDOUT, SCAN_STDERR };

/* Goes to the beginning of one of the two, as @read has to do first. */
void scan_begin(struct scan *s, enum scan_stream stream);
/* The same; and it must have lines, of text, the last of which has its end. */
void scan_begin_whole(struct scan *s, enum scan_stream stream);

/* All that follows return false after a failure. */

/* The next line that is not blank; false at the end. */
bool scan_next(struct scan *s);
/* The line at hand is the next one again. */
void scan_again(struct scan *s);
/* Whether the line at hand is what @pattern says. */
bool scan_matches(struct scan *s, const char *pattern);
/* Fails if not. */
bool scan_is(struct scan *s, const char *pattern);

/* Fails unless a line follows that begins as @pattern does and goes on so. Others are skipped. */
bool scan_find(struct scan *s, const char *pattern);
/* Goes to the last such line; stays where it is if there is none. */
bool scan_find_last(struct scan *s, const char *pattern);
/* Fails unless the next line that is not blank is so. */
bool scan_expect(struct scan *s, const char *pattern);
/* Fails if a line follows that is not blank. */
bool scan_end(struct scan *s);

/*
 * The JSON text that begins with the line @open, "{" or "[", and goes on to the end of the stream;
 * that line is then at hand. NULL after a failure.
 */
sd_json_variant *scan_json(struct scan *s, const char *open);
/* Fails if @r, of a reader of bench/json.h for that text, says so. */
bool scan_json_result(struct scan *s, int r, const struct json_error *e);

/* Adds a result. It must not be 0: that is a number that was rounded away, or no work done. */
bool scan_metric(struct scan *s, const char *name, const char *unit, enum better better,
		 double value);
/* Adds points of a distribution; none may be less than the one before. */
bool scan_distribution(struct scan *s, const char *name, const char *unit,
		       const struct quantile *points, size_t nr_points);

/* Fails: what is wrong, and the line at hand is the place. */
bool scan_error(struct scan *s, const char *format, ...) _printf_(2, 3);
/* The same with another line than the one at hand. */
bool scan_error_at(struct scan *s, unsigned line_nr, const char *format, ...) _printf_(3, 4);
/* Fails with -ENOMEM, or whatever else has no place in the output, if @r says so. */
bool scan_result(struct scan *s, int r);
