// SPDX-License-Identifier: GPL-2.0-only
#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "bench/report/html.h"
#include "bench/report/html_style.h"
#include "bench/report/utf8.h"

static void print_ascii(FILE *f, char c)
{
	static const char *const escapes[128] = {
		['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;",
	};

	if (escapes[(unsigned char)c])
		(void)fputs(escapes[(unsigned char)c], f);
	else if (c == '\n' || c == '\t' || (c >= ' ' && c <= '~'))
		(void)fputc(c, f);
	else /* symbols for control characters, in the order of these */
		(void)fprintf(f, "&#x%x;", c == '\x7f' ? 0x2421 : 0x2400 + c);
}

void html_textn(FILE *f, const char *text, size_t len)
{
	size_t bytes;

	for (; len > 0; text += bytes, len -= bytes) {
		uint32_t c = utf8_decode(text, len, &bytes);

		if (c < 0x80)
			print_ascii(f, *text);
		else if (c == UTF8_BAD)
			(void)fputs("&#xfffd;", f);
		else if (utf8_is_invisible(c))
			(void)fprintf(f, "\\u{%x}", c);
		else
			(void)fwrite(text, 1, bytes, f);
	}
}

void html_text(FILE *f, const char *text)
{
	html_textn(f, text, strlen(text));
}

void html_print(FILE *f, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	for (const char *s = format; *s; s++) {
		if (*s != '%') {
			(void)fputc(*s, f);
			continue;
		}
		s++;
		assert(*s == 's' || *s == '%');
		if (*s == 's')
			html_text(f, va_arg(ap, const char *));
		else
			(void)fputc('%', f);
	}
	va_end(ap);
}

void html_begin(FILE *f, const char *title)
{
	html_print(f,
		   "<!DOCTYPE html>\n"
		   "<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n"
		   "<meta charset=\"utf-8\"/>\n"
		   /* should anything slip through as more than text, it cannot do anything */
		   "<meta http-equiv=\"Content-Security-Policy\" "
		   "content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n"
		   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
		   "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
		   "<title>%s</title>\n<style>\n",
		   title);
	(void)fputs(HTML_STYLE, f);
	(void)fputs("</style>\n</head>\n<body>\n<main>\n", f);
}

void html_end(FILE *f)
{
	(void)fputs("</main>\n</body>\n</html>\n", f);
}
