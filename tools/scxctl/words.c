// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lib/catalog.h"
#include "lib/mode.h"
#include "lib/words.h"

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

int split_args(const char *list, char ***ret, const char **ret_bad, size_t *ret_len)
{
	_cleanup_strv_ char **words = NULL;
	int r;

	for (;;) {
		size_t len = strcspn(list, ",");

		r = words_split(list, len, &words);
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
