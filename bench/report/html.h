/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pieces of a page that is HTML and well-formed XML at once. Text from elsewhere goes through
 * html_text(), everything else is in the formats.
 */
#pragma once

#include <stdio.h>

#include "lib/util.h"

/*
 * Prints @text, or its first @len bytes, so that it is text and nothing else, in an element as in
 * an attribute; newline and tab stay, other control characters are shown as symbols.
 */
void html_text(FILE *f, const char *text);
void html_textn(FILE *f, const char *text, size_t len);

/* fprintf() in which every %s is given to html_text(), and there is no other conversion but %%. */
void html_print(FILE *f, const char *format, ...) _printf_(2, 3);

/* The head of the page up to <main>, with the style sheet; and its end. */
void html_begin(FILE *f, const char *title);
void html_end(FILE *f);
