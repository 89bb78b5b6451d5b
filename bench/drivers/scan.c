// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bench/drivers/scan.h"
#include "lib/parse.h"

#define DIGITS "0123456789"
#define BLANKS " \t\r"
#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS "_-"

/* Of a line that a message quotes. */
enum { QUOTE = 120 };

/* --- failures */

_printf_(3, 0) static void set_error(struct scan *s, unsigned line_nr, const char *format,
				     va_list ap)
{
	_cleanup_free_ char *where = NULL, *what = NULL;

	if (s->r < 0)
		return;
	s->r = -EBADMSG;
	if (line_nr > 0 && asprintf(&where, ", line %u", line_nr) < 0)
		where = NULL;
	if (vasprintf(&what, format, ap) < 0)
		what = NULL;
	if (!what || (line_nr > 0 && !where) ||
	    asprintf(&s->error, "%s%s: %s", s->stream, where ?: "", what) < 0) {
		s->error = NULL;
		s->r = -ENOMEM;
	}
}

bool scan_error(struct scan *s, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	set_error(s, s->line_nr, format, ap);
	va_end(ap);
	return false;
}

bool scan_error_at(struct scan *s, unsigned line_nr, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	set_error(s, line_nr, format, ap);
	va_end(ap);
	return false;
}

bool scan_result(struct scan *s, int r)
{
	if (s->r >= 0 && r < 0)
		s->r = r;
	return s->r >= 0;
}

int scan_output(const struct output *o, void (*read)(struct scan *s), struct measurement *ret,
		char **ret_error)
{
	struct scan s = {.output = o};

	read(&s);
	if (s.r < 0) {
		measurement_finish(&s.measurement);
		*ret_error = s.error;
		return s.r;
	}
	*ret = s.measurement;
	return 0;
}

/* --- lines */

void scan_begin(struct scan *s, enum scan_stream stream)
{
	const struct output *o = s->output;

	s->stream = stream == SCAN_STDOUT ? "standard output" : "standard error";
	s->next = stream == SCAN_STDOUT ? o->out : o->err;
	s->end = s->next + (stream == SCAN_STDOUT ? o->out_size : o->err_size);
	s->line = s->next;
	s->line_size = 0;
	s->line_nr = 0;
}

/* Bytes at the beginning of @text that are in @set. */
static size_t span(const char *text, const char *end, const char *set)
{
	const char *at = text;

	while (at < end && *at && strchr(set, *at))
		at++;
	return (size_t)(at - text);
}

/* Also a blank one, and the last one without its end. */
static bool next_line(struct scan *s)
{
	const char *end;

	if (s->r < 0 || s->next == s->end)
		return false;
	end = memchr(s->next, '\n', (size_t)(s->end - s->next)) ?: s->end;
	s->line = s->next + span(s->next, end, BLANKS);
	s->next = end + (end < s->end);
	while (end > s->line && span(end - 1, end, BLANKS) == 1)
		end--;
	s->line_size = (size_t)(end - s->line);
	s->line_nr++;
	return true;
}

bool scan_next(struct scan *s)
{
	while (next_line(s))
		if (s->line_size > 0)
			return true;
	return false;
}

void scan_again(struct scan *s)
{
	s->next = s->line;
	s->line_nr--;
}

static int quoted(const struct scan *s)
{
	return s->line_size < QUOTE ? (int)s->line_size : QUOTE;
}

void scan_begin_whole(struct scan *s, enum scan_stream stream)
{
	scan_begin(s, stream);
	if (s->next == s->end)
		scan_error(s, "it is empty");
	while (next_line(s))
		if (memchr(s->line, '\0', s->line_size))
			scan_error(s, "it is no text, there is a NUL in it");
	if (s->r >= 0 && s->end[-1] != '\n')
		scan_error(s, "'%.*s' is cut off", quoted(s), s->line);
	scan_begin(s, stream);
}

/* --- patterns */

enum match {
	MATCH_NO,    /* another line */
	MATCH_BEGUN, /* the line that is meant: it is so up to the first number or name */
	MATCH_ALL,
};

static bool read_number(const char *text, size_t size, double *ret)
{
	char digits[SCAN_NAME];

	if (size >= sizeof(digits))
		return false;
	memcpy(digits, text, size);
	digits[size] = '\0';
	return parse_double(digits, ret) == 0;
}

static bool read_name(const char *text, size_t size, char ret[SCAN_NAME])
{
	if (size == 0 || size >= SCAN_NAME)
		return false;
	memcpy(ret, text, size);
	ret[size] = '\0';
	return true;
}

/* Bytes of the line, from @at on, that are what the character @c of a pattern says; 0: none. */
static size_t match_one(struct scan *s, char c, const char *at, const char *end, size_t *nr_numbers)
{
	size_t size;

	switch (c) {
	case '%':
		size = span(at, end, DIGITS ".");
		return *nr_numbers < SCAN_NUMBERS &&
				       read_number(at, size, &s->numbers[(*nr_numbers)++])
			       ? size
			       : 0;
	case '$':
		size = span(at, end, NAME_CHARACTERS);
		return read_name(at, size, s->name) ? size : 0;
	case '@':
		return span(at, end, DIGITS);
	case ' ':
		return span(at, end, BLANKS);
	default:
		return at < end && *at == c;
	}
}

/* A pattern that begins with a number has no beginning to know the line by. */
static enum match match(struct scan *s, const char *pattern)
{
	const char *at = s->line, *end = at + s->line_size;
	bool is_known = false;
	size_t nr_numbers = 0, size;

	memset(s->numbers, 0, sizeof(s->numbers));
	s->name[0] = '\0';
	for (const char *p = pattern; *p; p++) {
		if (p[0] == '*' && !p[1])
			return MATCH_ALL;
		is_known = is_known || ((*p == '%' || *p == '$') && p > pattern);
		size = match_one(s, *p, at, end, &nr_numbers);
		if (size == 0)
			return is_known ? MATCH_BEGUN : MATCH_NO;
		at += size;
	}
	return at == end ? MATCH_ALL : MATCH_BEGUN;
}

bool scan_matches(struct scan *s, const char *pattern)
{
	return s->r >= 0 && match(s, pattern) == MATCH_ALL;
}

/* A pattern as people read it; NULL when out of memory. */
static char *describe(const char *pattern)
{
	static const char *const names[] = {
		['%'] = "NUMBER", ['$'] = "NAME", ['@'] = "DIGITS", ['*'] = "..."};
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	for (; *pattern; pattern++) {
		size_t c = (unsigned char)*pattern;
		bool is_special = c < ARRAY_SIZE(names) && names[c] && (c != '*' || !pattern[1]);

		(void)(is_special ? fputs(names[c], f) : fputc((int)c, f));
	}
	if (fclose(f) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

static bool not_so(struct scan *s, const char *pattern)
{
	_cleanup_free_ char *wanted = describe(pattern);

	return scan_result(s, wanted ? 0 : -ENOMEM) &&
	       scan_error(s, "'%.*s' is not '%s'", quoted(s), s->line, wanted);
}

static bool is_missing(struct scan *s, const char *pattern)
{
	_cleanup_free_ char *wanted = describe(pattern);

	return scan_result(s, wanted ? 0 : -ENOMEM) &&
	       scan_error(s, "no '%s' is %s", wanted, s->line_nr > 0 ? "after it" : "in it");
}

bool scan_is(struct scan *s, const char *pattern)
{
	return scan_matches(s, pattern) || not_so(s, pattern);
}

/* To the next line that begins so; false at the end. */
static bool go_to(struct scan *s, const char *pattern)
{
	while (scan_next(s)) {
		enum match m = match(s, pattern);

		if (m != MATCH_NO)
			return m == MATCH_ALL || not_so(s, pattern);
	}
	return false;
}

bool scan_find(struct scan *s, const char *pattern)
{
	unsigned from = s->line_nr;

	if (go_to(s, pattern))
		return true;
	s->line_nr = s->r < 0 ? s->line_nr : from;
	return is_missing(s, pattern);
}

bool scan_find_last(struct scan *s, const char *pattern)
{
	const char *next = s->next;
	unsigned line_nr = s->line_nr;

	while (go_to(s, pattern)) {
		next = s->next;
		line_nr = s->line_nr;
	}
	s->next = next;
	s->line_nr = line_nr;
	return s->r >= 0;
}

bool scan_expect(struct scan *s, const char *pattern)
{
	return scan_next(s) ? scan_is(s, pattern) : is_missing(s, pattern);
}

bool scan_end(struct scan *s)
{
	if (scan_next(s))
		return scan_error(s, "'%.*s' should not be there", quoted(s), s->line);
	return s->r >= 0;
}

/* --- JSON, results */

sd_json_variant *scan_json(struct scan *s, const char *open)
{
	sd_json_variant *v = NULL;
	unsigned line = 0, column = 0;
	int r;

	if (!scan_find(s, open))
		return NULL;
	r = sd_json_parse_with_source(s->line, s->stream, 0, &v, &line, &column);
	if (r == -ENOMEM)
		scan_result(s, r);
	else if (r < 0)
		scan_error_at(s, s->line_nr + (line ? line - 1 : 0),
			      "column %u: this is not JSON, or its end is missing", column);
	return v;
}

bool scan_json_result(struct scan *s, int r, const struct json_error *e)
{
	if (r == -EBADMSG)
		return scan_error_at(s, s->line_nr + (e->line ? e->line - 1 : 0), "%s%s%s", e->path,
				     *e->path ? " " : "it ", e->what);
	return scan_result(s, r);
}

/* Of adding something of that name. */
static bool add_result(struct scan *s, const char *name, int r)
{
	if (r == -EEXIST)
		return scan_error(s, "%s is there for the second time", name);
	if (r == -EDOM)
		return scan_error(s, "%s cannot be so", name);
	return scan_result(s, r);
}

bool scan_metric(struct scan *s, const char *name, const char *unit, enum better better,
		 double value)
{
	if (s->r < 0)
		return false;
	if (!(value > 0))
		return scan_error(s, "%s is %g, which is no result", name, value);
	return add_result(s, name, measurement_add(&s->measurement, name, unit, better, value));
}

bool scan_distribution(struct scan *s, const char *name, const char *unit,
		       const struct quantile *points, size_t nr_points)
{
	if (s->r < 0)
		return false;
	return add_result(s, name,
			  measurement_add_distribution(&s->measurement, name, unit, points,
						       nr_points));
}
