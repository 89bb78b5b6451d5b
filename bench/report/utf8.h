/* SPDX-License-Identifier: GPL-2.0-only */
/* UTF-8, whatever the locale says: what files bring is taken apart here before it is shown. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_BAD UINT32_MAX

/*
 * The character at @text, of which @len > 0 bytes are there, and how many bytes it has. UTF8_BAD,
 * and 1, for a byte that begins none: overlong forms and surrogates are none.
 */
uint32_t utf8_decode(const char *text, size_t len, size_t *ret_bytes);

/* Has no width or turns the direction of writing: could make a line read as another one. */
bool utf8_is_invisible(uint32_t c);
