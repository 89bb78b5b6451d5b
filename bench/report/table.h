/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tables for a terminal: cells of several lines, columns that are as wide as they must be, and as
 * many columns side by side as the screen is wide; the others follow below, each time behind the
 * first column.
 *
 * Cells are added row by row, the heading first. What goes wrong on the way is kept, and reported
 * by table_print(), so that nobody has to look in between.
 */
#pragma once

#include "bench/report/screen.h"

struct table_cell {
	char *text;
	enum tone tone; /* of its first line; the others are weak */
};

struct table {
	size_t nr_columns; /* to be set before the first cell */
	struct table_cell *cells;
	size_t nr_cells;
	int error;
};

void table_finish(struct table *t);
#define _cleanup_table_ _cleanup_(table_finish)

/* The text, after formatting, may have newlines, and is as screen_text() makes it apart from that.
 */
void table_add(struct table *t, enum tone tone, const char *format, ...) _printf_(3, 4);

/* 0 or -ENOMEM */
int table_print(FILE *f, const struct screen *s, const struct table *t);
