// SPDX-License-Identifier: GPL-2.0-only
/* The input is a file of assignments, whose values are then taken apart as flags. */
#include <stdint.h>
#include <string.h>

#include "lib/env_file.h"
#include "lib/strv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void split(const char *value)
{
	_cleanup_strv_ char **words = NULL;
	size_t len = 0;

	if (env_split_words(value, 16, &words) < 0)
		return;
	strv_foreach(word, words)
		len += strlen(*word);
	if (len > strlen(value) || strv_len(words) > 16)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = strndup((const char *)data, size);
	struct env_file f = {text, {1, 1}};
	struct toml_pos before = f.pos;
	struct env_assignment a;

	if (!text)
		abort();
	while (env_file_next(&f, &a)) {
		/* each stands behind the one before, and in the text */
		if (a.key_pos.line < before.line || a.value_pos.line < a.key_pos.line ||
		    a.key < text || a.value + strlen(a.value) > text + size)
			abort();
		before = a.value_pos;
		split(a.value);
	}
	return 0;
}
