// SPDX-License-Identifier: GPL-2.0-only
/* The input is what a program printed, on both streams; every driver reads it. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "bench/workload.h"
#include "lib/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Numbers there are after a success, and after a failure a message and no number. */
static void check(int r, const struct measurement *m, const char *message)
{
	if (r < 0) {
		if (r != -EBADMSG || !message || m->nr_metrics > 0 || m->nr_distributions > 0)
			abort();
		return;
	}
	if (message)
		abort();
	for (size_t i = 0; i < m->nr_metrics; i++)
		if (!isfinite(m->metrics[i].value) || m->metrics[i].value < 0)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = malloc(size + 1);
	struct output o = {text, text, size, size};

	if (!text)
		abort();
	*(char *)mempcpy(text, data, size) = '\0';
	for (size_t i = 0; drivers[i]; i++) {
		_cleanup_free_ char *message = NULL;
		_cleanup_measurement_ struct measurement m = {};
		int r = drivers[i]->parse(&o, &m, &message);

		check(r, &m, message);
	}
	return 0;
}
