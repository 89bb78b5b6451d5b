/* SPDX-License-Identifier: GPL-2.0-only */
/* Collects what a reader reports: one line each, "error: ...", "warning: ..." or "info: ...". */
#pragma once

#include "lib/reader.h"
#include "test.h"

struct messages {
	struct reader reader;
	char *text;
	size_t size;
	FILE *f;
};

static inline void messages_add(void *userdata, enum log_level level, const char *text)
{
	static const char *const names[NR_LOG_LEVELS] = {"error", "warning", "info", "debug"};
	struct messages *m = userdata;

	(void)fprintf(m->f, "%s: %s\n", names[level], text);
}

/* @m must stay where it is: its reader points to it. */
static inline void messages_init(struct messages *m, int root_fd)
{
	*m = (struct messages){
		.reader = {.root_fd = root_fd, .report = messages_add, .userdata = m},
	};
	m->f = open_memstream(&m->text, &m->size);
	assert_non_null(m->f);
}

static inline const char *messages_text(struct messages *m)
{
	assert_int_equal(fflush(m->f), 0);
	return m->text;
}

static inline void messages_finish(struct messages *m)
{
	assert_int_equal(fclose(m->f), 0);
	free(m->text);
}
#define _cleanup_messages_ _cleanup_(messages_finish)
