/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A drawing by gnuplot, for the page. gnuplot is given no text from elsewhere: where one belongs,
 * the script has a mark as wide as the text, and the text takes its place in the SVG. Neither is it
 * given colours: the script has numbers of colours, which become the style sheet's --c1, --c2 ...
 */
#pragma once

#include <stdio.h>

#include "lib/util.h"

/* Numbers of colours. */
enum plot_colour {
	PLOT_TEXT = 1,
	PLOT_AXIS,
	PLOT_GRID,
	PLOT_NOISE,
	PLOT_BETTER,
	PLOT_WORSE,
	PLOT_SAME,
	PLOT_ARMS = 10, /* and NR_PLOT_ARMS - 1 behind it */
	NR_PLOT_ARMS = 10,
};

/* In a script: lc rgb PLOT_RGB, with the number as argument. */
#define PLOT_RGB "'#0101%02x'"

struct plot {
	FILE *script; /* what plot_begin() began, for the caller to go on with */
	char *text;   /* the script so far, after fflush() */
	size_t size;
	unsigned width, height;
	char **labels;
};

/* Whether there is a gnuplot that runs. 0, or errors as plot_draw() has them. */
int plot_check(void);

/* Room for @width x @height units, each about a point of the screen. 0 or -ENOMEM. */
int plot_begin(struct plot *p, unsigned width, unsigned height);
void plot_finish(struct plot *p);
#define _cleanup_plot_ _cleanup_(plot_finish)

/* Writes the mark of @text, in quotes; the text is cut to @columns. 0 or -ENOMEM. */
int plot_label(struct plot *p, const char *text, unsigned columns);

/*
 * Writes the drawing as an <svg> element to @page. @id tells it from all others of the page.
 * -ENOENT: there is no gnuplot; -EIO after logging what it complained of; -ENOMEM, errors of
 * memfd_create() and posix_spawn().
 */
int plot_draw(struct plot *p, FILE *page, unsigned id, const char *title);
