/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How far we are, on stderr: a bar with the time that is left if that is a terminal, a line for
 * each run if it is not, nothing if nothing is wanted.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-event.h>

struct progress {
	enum { PROGRESS_NONE, PROGRESS_LINES, PROGRESS_BAR } kind;
	sd_event_source *tick;
	char *text;                 /* what is being done */
	unsigned nr_done, nr_total; /* runs */
	bool is_open_ended;         /* there may be more than nr_total */
	uint64_t began_us, last_done_us;
};

/* 0 or a negative errno. */
int progress_begin(struct progress *p, sd_event *event, bool is_quiet);
void progress_end(struct progress *p);
#define _cleanup_progress_ _cleanup_(progress_end)

/* Shows what begins, "round 3 of 10: hackbench under scx_simple". */
void progress_show(struct progress *p, const char *text);
/* It has ended; @result: "1.234 s", "ejected: runnable task stall". */
void progress_done(struct progress *p, const char *result);
/* Removes the bar, before something else is printed. */
void progress_clear(const struct progress *p);

/* "12 s", "3 min 20 s", "2 h 5 min": for people, into @buffer, which is returned. */
enum { PROGRESS_TIME_LEN = 32 };
const char *progress_time(uint64_t us, char buffer[PROGRESS_TIME_LEN]);
