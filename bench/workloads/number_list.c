// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/log.h"
#include "lib/parse.h"

#include "bench/workloads/number_list.h"

int number_list_parse(const char *option, const char *list, int64_t low, int64_t high, int64_t *ret,
		      size_t max)
{
	const char *s = list;
	size_t nr = 0;

	do {
		int len = (int)strcspn(s, ",");
		char word[24];

		(void)snprintf(word, sizeof(word), "%.*s", len, s);
		if (nr == max) {
			log_error("--%s: '%s' has more than %zu numbers", option, list, max);
			return -EINVAL;
		}
		if (len >= (int)sizeof(word) || parse_s64(word, low, high, &ret[nr]) < 0) {
			log_error("--%s: '%.*s' is not a number from %" PRId64 " to %" PRId64,
				  option, len, s, low, high);
			return -EINVAL;
		}
		nr++;
		s += len;
	} while (*s++ == ',');
	return (int)nr;
}
