// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "lib/log.h"
#include "lib/strv.h"
#include "lib/words.h"

#include "bench/items.h"

int items_for_each(const char *list, const char *what,
		   int (*add)(void *userdata, char *const *words), void *userdata)
{
	for (;;) {
		_cleanup_strv_ char **words = NULL;
		size_t len = words_item(list);
		int r = words_split(list, len, &words);

		if (r == -EINVAL)
			log_error("%s '%.*s' has a quote that is not closed, or ends in a "
				  "backslash",
				  what, (int)len, list);
		else if (r < 0)
			return log_errno(r, "%m");
		else if (!words)
			log_error("a %s is empty in the list", what);
		if (r < 0 || !words)
			return -EINVAL;
		r = add(userdata, words);
		if (r < 0)
			return r;
		if (!list[len])
			return 0;
		list += len + 1;
	}
}
