// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lib/catalog.h"
#include "lib/mode.h"

#include "words.h"

/* Where a capital letter is not all there is to it. */
static const struct {
	const char *name, *title;
} titles[] = {
	{"p2dq", "P2DQ"},
};

char *sched_full_name(const char *name)
{
	char *full;

	return asprintf(&full, "scx_%s", sched_ops_name(name)) < 0 ? NULL : full;
}

char *sched_title(const char *name)
{
	const char *ops = sched_ops_name(name);
	char *title;

	for (size_t i = 0; i < ARRAY_SIZE(titles); i++)
		if (strcmp(titles[i].name, ops) == 0)
			return strdup(titles[i].title);
	title = strdup(ops);
	if (title)
		title[0] = (char)toupper((unsigned char)title[0]);
	return title;
}

const char *mode_title(uint32_t mode)
{
	return mode < NR_MODES ? mode_table[mode].name : "an unknown";
}

char *sched_describe(const char *name, uint32_t mode, char *const *args)
{
	_cleanup_free_ char *title = sched_title(name), *words = strv_join(args, " ");
	char *text;
	int n;

	if (!title || !words)
		return NULL;
	if (strv_len(args) > 0)
		n = asprintf(&text, "%s with arguments \"%s\"", title, words);
	else
		n = asprintf(&text, "%s in %s mode", title, mode_title(mode));
	return n < 0 ? NULL : text;
}

char *sched_list(char *const *names)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	(void)fputs("supported schedulers: [", f);
	strv_foreach(name, names)
		(void)fprintf(f, "%s\"%s\"", name == names ? "" : ", ", sched_ops_name(*name));
	(void)fputc(']', f);
	return fclose(f) == 0 ? steal_ptr(text) : NULL;
}

/* One part of the list, between commas, on its way to words. */
struct splitter {
	const char *next, *end;
	char quote; /* the one that is open, 0: none */
	char *word; /* as much as there is of it */
	size_t len;
	bool is_word; /* there is one, if only an empty one in quotes */
};

static void add_char(struct splitter *s, char c)
{
	s->word[s->len++] = c;
	s->is_word = true;
}

/* A backslash, and what it does to the character behind it. */
static int take_escape(struct splitter *s)
{
	char c;

	if (s->next == s->end)
		return -EINVAL;
	c = *s->next++;
	if (s->quote == '"' && !strchr("$`\"\\", c))
		add_char(s, '\\');
	add_char(s, c);
	return 0;
}

static int end_word(struct splitter *s, char ***words)
{
	if (!s->is_word)
		return 0;
	s->word[s->len] = '\0';
	s->len = 0;
	s->is_word = false;
	return strv_extend(words, s->word);
}

static int take_char(struct splitter *s, char ***words)
{
	char c = *s->next++;

	if (c == '\\' && s->quote != '\'')
		return take_escape(s);
	if (s->quote ? c == s->quote : c == '"' || c == '\'') {
		s->quote = s->quote ? '\0' : c;
		s->is_word = true;
		return 0;
	}
	if (!s->quote && isspace((unsigned char)c))
		return end_word(s, words);
	add_char(s, c);
	return 0;
}

static int split_part(const char *part, size_t len, char ***words)
{
	_cleanup_free_ char *word = malloc(len + 1);
	struct splitter s = {.next = part, .end = part + len, .word = word};
	int r = word ? 0 : -ENOMEM;

	while (r >= 0 && s.next < s.end)
		r = take_char(&s, words);
	if (r >= 0 && s.quote)
		r = -EINVAL;
	return r < 0 ? r : end_word(&s, words);
}

int split_args(const char *list, char ***ret, const char **ret_bad, size_t *ret_len)
{
	_cleanup_strv_ char **words = NULL;
	int r;

	for (;;) {
		size_t len = strcspn(list, ",");

		r = split_part(list, len, &words);
		if (r == -EINVAL) {
			*ret_bad = list;
			*ret_len = len;
		}
		if (r < 0)
			return r;
		if (!list[len])
			break;
		list += len + 1;
	}
	*ret = steal_ptr(words);
	return 0;
}
