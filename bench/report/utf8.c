// SPDX-License-Identifier: GPL-2.0-only
#include "bench/report/utf8.h"
#include "lib/util.h"

uint32_t utf8_decode(const char *text, size_t len, size_t *ret_bytes)
{
	static const struct form {
		uint8_t mask, mark;
		uint32_t min; /* what is smaller has a shorter form */
	} forms[] = {
		{0x80, 0x00, 0},
		{0xe0, 0xc0, 0x80},
		{0xf0, 0xe0, 0x800},
		{0xf8, 0xf0, 0x10000},
	};
	const uint8_t *s = (const uint8_t *)text;
	size_t more = 0;
	uint32_t c;

	*ret_bytes = 1;
	while (more < ARRAY_SIZE(forms) && (s[0] & forms[more].mask) != forms[more].mark)
		more++;
	if (more == ARRAY_SIZE(forms) || more >= len)
		return UTF8_BAD;
	c = s[0] & (uint8_t)~forms[more].mask;
	for (size_t i = 1; i <= more; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return UTF8_BAD;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < forms[more].min || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return UTF8_BAD;
	*ret_bytes = more + 1;
	return c;
}

bool utf8_is_invisible(uint32_t c)
{
	static const struct range {
		uint32_t first, last;
	} ranges[] = {
		{0x0000, 0x001f}, {0x007f, 0x009f}, {0x00ad, 0x00ad},   {0x061c, 0x061c},
		{0x115f, 0x1160}, {0x180b, 0x180f}, {0x200b, 0x200f},   {0x2028, 0x202e},
		{0x2060, 0x206f}, {0x3164, 0x3164}, {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},
		{0xfff0, 0xfffb}, {0xfffe, 0xffff}, {0xe0000, 0xe0fff},
	};

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}
