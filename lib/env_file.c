// SPDX-License-Identifier: GPL-2.0-only
/*
 * What comes out of a value is never longer than what went in, so values are
 * written over the text they are read from, and nothing is allocated.
 *
 * A value is any number of quoted parts and then, up to the end of the line, one
 * without quotes; blanks around each part do not count. Within the last part
 * quotes are ordinary characters. A backslash takes the meaning from the next
 * character, and joins lines; in double quotes only before those that have one.
 */
#include <string.h>

#include "env_file.h"
#include "strv.h"

#define BLANKS " \t"
#define NEWLINES "\n\r"
/* what a backslash escapes in double quotes */
#define SPECIAL "\"\\`$"

static bool is_one_of(char c, const char *set)
{
	return c && strchr(set, c);
}

/* Steps over a character and returns it; stays at the end of the text. */
static char take(struct env_file *f)
{
	char c = *f->at;

	if (!c)
		return c;
	f->at++;
	f->pos.column++;
	if (c == '\n')
		f->pos = (struct toml_pos){f->pos.line + 1, 1};
	return c;
}

static void skip(struct env_file *f, const char *set)
{
	while (is_one_of(*f->at, set))
		(void)take(f);
}

static void skip_line(struct env_file *f)
{
	while (*f->at && !is_one_of(*f->at, NEWLINES))
		(void)take(f);
}

/* Up to the "=": false if the line has none. */
static bool take_key(struct env_file *f, struct env_assignment *a)
{
	char *start = f->at, *end = start;

	a->key = start;
	a->key_pos = f->pos;
	while (*f->at && *f->at != '=' && !is_one_of(*f->at, NEWLINES))
		if (!is_one_of(take(f), BLANKS))
			end = f->at;
	if (take(f) != '=')
		return false;
	*end = '\0';
	return true;
}

static char *take_single(struct env_file *f, char *out)
{
	char c;

	while ((c = take(f)) && c != '\'')
		*out++ = c;
	return out;
}

static char *take_double(struct env_file *f, char *out)
{
	char c;

	while ((c = take(f)) && c != '"') {
		if (c == '\\' && *f->at == '\n') {
			(void)take(f);
			continue;
		}
		if (c == '\\' && is_one_of(*f->at, SPECIAL))
			c = take(f);
		*out++ = c;
	}
	return out;
}

/* To the end of the line, without the blanks there. */
static char *take_plain(struct env_file *f, char *out)
{
	char *end = out;

	while (*f->at && !is_one_of(*f->at, NEWLINES)) {
		char c = take(f);
		bool is_escaped = c == '\\';

		if (is_escaped)
			c = take(f);
		if (!c || (is_escaped && is_one_of(c, NEWLINES)))
			continue;
		*out++ = c;
		if (is_escaped || !is_one_of(c, BLANKS))
			end = out;
	}
	return end;
}

static void take_value(struct env_file *f, struct env_assignment *a)
{
	char *out;

	skip(f, BLANKS);
	a->value_pos = f->pos;
	a->value = out = f->at;
	for (;; skip(f, BLANKS)) {
		if (*f->at != '\'' && *f->at != '"')
			break;
		out = take(f) == '"' ? take_double(f, out) : take_single(f, out);
	}
	out = take_plain(f, out);
	(void)take(f);
	*out = '\0';
}

bool env_file_next(struct env_file *f, struct env_assignment *ret)
{
	for (skip(f, BLANKS NEWLINES); *f->at; skip(f, BLANKS NEWLINES)) {
		if (is_one_of(*f->at, "#;")) {
			skip_line(f);
			continue;
		}
		if (take_key(f, ret)) {
			take_value(f, ret);
			return true;
		}
	}
	return false;
}

/* Copies a quoted part without its quotes and steps over it. */
static int unquote(const char **text, char **out)
{
	const char *s = *text;
	char quote = *s++;

	while (*s && *s != quote) {
		if (quote == '"' && *s == '\\' && is_one_of(s[1], SPECIAL))
			s++;
		*(*out)++ = *s++;
	}
	if (!*s)
		return -EINVAL;
	*text = s + 1;
	return 0;
}

static int take_word(const char **text, char *out)
{
	const char *s = *text;

	while (*s && !is_one_of(*s, BLANKS NEWLINES)) {
		if (*s == '\'' || *s == '"') {
			int r = unquote(&s, &out);

			if (r < 0)
				return r;
			continue;
		}
		if (*s == '\\' && *++s == '\0')
			return -EINVAL;
		*out++ = *s++;
	}
	*out = '\0';
	*text = s;
	return 0;
}

int env_split_words(const char *text, size_t max, char ***ret)
{
	_cleanup_free_ char *word = malloc(strlen(text) + 1);
	_cleanup_strv_ char **words = NULL;

	if (!word)
		return -ENOMEM;
	for (size_t n = 0; *(text += strspn(text, BLANKS NEWLINES)); n++) {
		int r = take_word(&text, word);

		if (r < 0)
			return r;
		if (n == max)
			return -E2BIG;
		r = strv_extend(&words, word);
		if (r < 0)
			return r;
	}
	*ret = steal_ptr(words);
	return 0;
}
