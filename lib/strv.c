// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "strv.h"

char **strv_free(char **l)
{
	strv_foreach(s, l)
		free(*s);
	free(l);
	return NULL;
}

size_t strv_len(char *const *l)
{
	size_t n = 0;

	strv_foreach(s, l)
		n++;
	return n;
}

int strv_extend(char ***l, const char *s)
{
	size_t n = strv_len(*l);
	_cleanup_free_ char *copy = strdup(s);
	char **grown;

	if (!copy)
		return -ENOMEM;
	grown = reallocarray(*l, n + 2, sizeof(char *));
	if (!grown)
		return -ENOMEM;
	grown[n] = steal_ptr(copy);
	grown[n + 1] = NULL;
	*l = grown;
	return 0;
}

int strv_copy(char *const *l, char ***ret)
{
	_cleanup_strv_ char **copy = NULL;

	if (l) {
		copy = calloc(1, sizeof(*copy));
		if (!copy)
			return -ENOMEM;
	}
	strv_foreach(s, l)
		if (strv_extend(&copy, *s) < 0)
			return -ENOMEM;
	*ret = steal_ptr(copy);
	return 0;
}

bool strv_equal(char *const *a, char *const *b)
{
	size_t n = strv_len(a);

	if (!a != !b || n != strv_len(b))
		return false;
	for (size_t i = 0; i < n; i++)
		if (strcmp(a[i], b[i]) != 0)
			return false;
	return true;
}

char *strv_join(char *const *l, const char *separator)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	strv_foreach(s, l)
		(void)fprintf(f, "%s%s", s == l ? "" : separator, *s);
	if (fclose(f) != 0)
		return NULL;
	return steal_ptr(text);
}
