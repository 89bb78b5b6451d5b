// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <string.h>

#include "bench/report/table.h"

#define GAP 2
#define HEADING_MIN 14 /* a heading is not split into narrower lines */

void table_finish(struct table *t)
{
	for (size_t i = 0; i < t->nr_cells; i++)
		free(t->cells[i].text);
	free(t->cells);
}

void table_add(struct table *t, enum tone tone, const char *format, ...)
{
	struct table_cell *cells = reallocarray(t->cells, t->nr_cells + 1, sizeof(*cells));
	va_list ap;
	char *text;
	int r;

	if (cells)
		t->cells = cells;
	va_start(ap, format);
	r = cells ? vasprintf(&text, format, ap) : -1;
	va_end(ap);
	if (r < 0)
		t->error = -ENOMEM;
	else
		t->cells[t->nr_cells++] = (struct table_cell){text, tone};
}

static size_t nr_rows(const struct table *t)
{
	return t->nr_cells / t->nr_columns;
}

static const struct table_cell *cell(const struct table *t, size_t row, size_t column)
{
	return &t->cells[row * t->nr_columns + column];
}

/* Of its widest line. */
static unsigned cell_width(const char *text)
{
	unsigned width = 0;

	for (size_t len; *text; text += len + (text[len] == '\n')) {
		unsigned line;

		len = strcspn(text, "\n");
		line = screen_width(text, len);
		width = line > width ? line : width;
	}
	return width;
}

/* A column is as wide as its cells, or as its heading if that is not too long; the first one at
 * most a third of the screen. */
static unsigned column_width(const struct table *t, const struct screen *s, size_t column)
{
	unsigned heading = cell_width(cell(t, 0, column)->text), width = 0;

	for (size_t row = 1; row < nr_rows(t); row++) {
		unsigned w = cell_width(cell(t, row, column)->text);

		width = w > width ? w : width;
	}
	if (heading > width)
		width = heading > HEADING_MIN && width < HEADING_MIN ? HEADING_MIN
			: heading > HEADING_MIN                      ? width
								     : heading;
	return column == 0 && width > s->columns / 3 ? s->columns / 3 : width;
}

static void print_cell(FILE *f, const struct screen *s, const char *line, size_t len,
		       unsigned width, enum tone tone)
{
	bool is_toned = tone != TONE_PLAIN && len > 0;

	(void)fprintf(f, "%s%.*s%s%*s", is_toned ? screen_tone(s, tone) : "", (int)len, line,
		      is_toned ? screen_tone(s, TONE_PLAIN) : "",
		      (int)(width - screen_width(line, len)), "");
}

/* The columns of a band: the first one, then @begin to @end. */
struct band {
	size_t begin, end;
	const unsigned *widths;
	const char **rests; /* of each column, what is still to be printed of its cell */
};

/* Whether anything is left to print from column @c on: no line ends in blanks. */
static bool has_rest(const struct band *b, size_t c)
{
	for (; c < b->end; c = c == 0 ? b->begin : c + 1)
		if (*b->rests[c])
			return true;
	return false;
}

static void print_row(FILE *f, const struct screen *s, const struct table *t, size_t row,
		      const struct band *b)
{
	for (size_t c = 0; c < t->nr_columns; c++)
		b->rests[c] = cell(t, row, c)->text;
	for (bool is_first = true; has_rest(b, 0); is_first = false) {
		for (size_t c = 0; has_rest(b, c); c = c == 0 ? b->begin : c + 1) {
			const char *line = b->rests[c];
			size_t len = *line ? screen_line(line, b->widths[c], &b->rests[c]) : 0;
			bool is_last = !has_rest(b, c == 0 ? b->begin : c + 1);

			print_cell(f, s, line, len,
				   is_last ? screen_width(line, len) : b->widths[c] + GAP,
				   is_first ? cell(t, row, c)->tone : TONE_WEAK);
			if (is_last)
				break;
		}
		(void)fputc('\n', f);
	}
}

int table_print(FILE *f, const struct screen *s, const struct table *t)
{
	_cleanup_free_ unsigned *widths = calloc(t->nr_columns, sizeof(*widths));
	_cleanup_free_ const char **rests = calloc(t->nr_columns, sizeof(*rests));
	struct band b = {.end = 1, .widths = widths, .rests = rests};

	if (!widths || !rests || t->error < 0)
		return -ENOMEM;
	for (size_t c = 0; c < t->nr_columns; c++)
		widths[c] = column_width(t, s, c);
	while (b.end < t->nr_columns) {
		unsigned width = widths[0];

		b.begin = b.end;
		do
			width += GAP + widths[b.end++];
		while (b.end < t->nr_columns && width + GAP + widths[b.end] <= s->columns);
		if (b.begin > 1)
			(void)fputc('\n', f);
		for (size_t row = 0; row < nr_rows(t); row++)
			print_row(f, s, t, row, &b);
	}
	return 0;
}
