// SPDX-License-Identifier: GPL-2.0-only
#include <langinfo.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <wchar.h>

#include "bench/report/screen.h"
#include "bench/report/utf8.h"

void screen_init(struct screen *s, FILE *f)
{
	struct winsize size = {};
	const char *term = getenv("TERM"), *no_colour = getenv("NO_COLOR");
	bool is_terminal = isatty(fileno(f));

	*s = (struct screen){
		.columns = SCREEN_COLUMNS,
		.is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
		.has_colour = is_terminal && term && strcmp(term, "dumb") != 0 &&
			      !(no_colour && *no_colour),
	};
	if (!is_terminal || ioctl(fileno(f), TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		return;
	s->columns = size.ws_col < SCREEN_MIN   ? SCREEN_MIN
		     : size.ws_col > SCREEN_MAX ? SCREEN_MAX
						: size.ws_col;
}

/* Columns of a character; 0 if it cannot be printed as it is. */
static unsigned columns_of(const struct screen *s, uint32_t c)
{
	int width;

	if (c < 0x80)
		return c >= ' ' && c <= '~';
	if (c == UTF8_BAD || !s->is_utf8 || utf8_is_invisible(c))
		return 0;
	width = wcwidth((wchar_t)c);
	return width > 0 ? (unsigned)width : 0;
}

char *screen_text(const struct screen *s, const char *text)
{
	_cleanup_free_ char *copy = NULL;
	size_t size, bytes;
	FILE *f = open_memstream(&copy, &size);

	if (!f)
		return NULL;
	for (size_t left = strlen(text); left > 0; text += bytes, left -= bytes) {
		uint32_t c = utf8_decode(text, left, &bytes);

		if (columns_of(s, c) > 0)
			(void)fwrite(text, 1, bytes, f);
		else if (bytes == 1)
			(void)fprintf(f, "\\x%02x", (unsigned char)*text);
		else
			(void)fprintf(f, "\\u{%x}", c);
	}
	return fclose(f) == 0 ? steal_ptr(copy) : NULL;
}

/* Columns and bytes of the character at @text, which is printable in any case. */
static unsigned character(const char *text, size_t len, size_t *ret_bytes)
{
	int width = wcwidth((wchar_t)utf8_decode(text, len, ret_bytes));

	return width > 0 ? (unsigned)width : 1;
}

unsigned screen_width(const char *text, size_t len)
{
	unsigned width = 0;
	size_t bytes;

	for (size_t i = 0; i < len; i += bytes)
		width += character(text + i, len - i, &bytes);
	return width;
}

size_t screen_line(const char *text, unsigned columns, const char **ret_next)
{
	size_t end = strcspn(text, "\n"), i = 0, blank = 0, bytes;
	unsigned width = 0;

	while (i < end) {
		width += character(text + i, end - i, &bytes);
		if (width > columns && i > 0)
			break;
		if (text[i] == ' ')
			blank = i;
		i += bytes;
	}
	if (i < end && text[i] != ' ' && blank > 0)
		i = blank;
	*ret_next = text + i + (text[i] == ' ' || text[i] == '\n');
	return i;
}

void screen_print(FILE *f, const struct screen *s, const char *text, unsigned column,
		  unsigned indent)
{
	do {
		const char *line = text;
		size_t len = *line ? screen_line(line, s->columns - column, &text) : 0;

		(void)fprintf(f, "%.*s\n", (int)len, line);
		column = indent;
		if (*text)
			(void)fprintf(f, "%*s", (int)indent, "");
	} while (*text);
}

const char *screen_tone(const struct screen *s, enum tone tone)
{
	static const char *const codes[NR_TONES] = {
		[TONE_PLAIN] = "\033[0m", [TONE_STRONG] = "\033[1m", [TONE_GOOD] = "\033[32m",
		[TONE_BAD] = "\033[31m",  [TONE_WEAK] = "\033[2m",
	};

	return s->has_colour ? codes[tone] : "";
}
