/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text for a terminal: what comes from files is made harmless, widths are counted in columns,
 * and colour is an addition that nothing depends on.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "lib/util.h"

enum tone {
	TONE_PLAIN,
	TONE_STRONG, /* headings */
	TONE_GOOD,
	TONE_BAD,
	TONE_WEAK,
	NR_TONES,
};

struct screen {
	unsigned columns;
	bool is_utf8; /* the locale's, which must be set: setlocale(LC_CTYPE, "") */
	bool has_colour;
};

enum { SCREEN_COLUMNS = 80, SCREEN_MIN = 60, SCREEN_MAX = 240 };

/* What @f is: a terminal as wide as it says, anything else SCREEN_COLUMNS without colour. */
void screen_init(struct screen *s, FILE *f);

/*
 * A copy on one line in which all that is not printable, or not in the locale's encoding, is
 * written as \xNN or \u{NN}. To be freed; NULL when out of memory.
 */
char *screen_text(const struct screen *s, const char *text);

/* Columns of the first @len bytes of what screen_text() has made. */
unsigned screen_width(const char *text, size_t len);

/*
 * The bytes of @text, not "", that fit a line of @columns (at least 1), split at a blank if there
 * is one; *ret_next is where the next line begins. A newline ends a line.
 */
size_t screen_line(const char *text, unsigned columns, const char **ret_next);

/* Prints in lines, all but the first indented by @indent; the first begins in column @column. */
void screen_print(FILE *f, const struct screen *s, const char *text, unsigned column,
		  unsigned indent);

/* What switches @tone on or, with TONE_PLAIN, off; "" without colour. */
const char *screen_tone(const struct screen *s, enum tone tone);
