// SPDX-License-Identifier: GPL-2.0-only
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/util.h"

#include "bench/program.h"

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static bool is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

char *program_find(const char *name)
{
	const char *dir = getenv("PATH") ?: DEFAULT_PATH;
	size_t len;

	if (strchr(name, '/'))
		return is_program(name) ? strdup(name) : NULL;
	for (;; dir += len + 1) {
		_cleanup_free_ char *path = NULL;

		len = strcspn(dir, ":");
		if (asprintf(&path, "%.*s/%s", len ? (int)len : 1, len ? dir : ".", name) < 0)
			path = NULL;
		if (path && *name && is_program(path))
			return steal_ptr(path);
		if (!dir[len])
			return NULL;
	}
}
