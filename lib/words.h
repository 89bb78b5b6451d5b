/* SPDX-License-Identifier: GPL-2.0-only */
/* Texts as a shell splits and unquotes them. */
#pragma once

#include <stddef.h>

/*
 * Appends the words of the first @len bytes of @text to the list (strv.h) @words: blanks separate,
 * and quotes and backslashes are what they are to a shell. -EINVAL for a quote that is not closed
 * or a lonely backslash at the end, -ENOMEM; what was appended before stays.
 */
int words_split(const char *text, size_t len, char ***words);

/* Length of the first item of a list with commas between: to the first comma that is not quoted. */
size_t words_item(const char *list);
