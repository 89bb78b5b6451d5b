// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "strv.h"
#include "words.h"

/* A text on its way to words. */
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

int words_split(const char *text, size_t len, char ***words)
{
	_cleanup_free_ char *word = malloc(len + 1);
	struct splitter s = {.next = text, .end = text + len, .word = word};
	int r = word ? 0 : -ENOMEM;

	while (r >= 0 && s.next < s.end)
		r = take_char(&s, words);
	if (r >= 0 && s.quote)
		r = -EINVAL;
	return r < 0 ? r : end_word(&s, words);
}

size_t words_item(const char *list)
{
	char quote = '\0';
	size_t i;

	for (i = 0; list[i] && (quote || list[i] != ','); i++) {
		if (list[i] == '\\' && quote != '\'' && list[i + 1])
			i++;
		else if (quote ? list[i] == quote : list[i] == '"' || list[i] == '\'')
			quote = quote ? '\0' : list[i];
	}
	return i;
}
