// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "lib/clock.h"
#include "lib/util.h"

#include "bench/progress.h"

#define S_US UINT64_C(1000000)
#define BAR_WIDTH 20
#define MIN_COLUMNS 40
#define CLEAR_LINE "\r\033[K"

const char *progress_time(uint64_t us, char buffer[PROGRESS_TIME_LEN])
{
	unsigned s = (unsigned)((us + S_US / 2) / S_US);

	if (s < 60)
		(void)snprintf(buffer, PROGRESS_TIME_LEN, "%u s", s);
	else if (s < 3600)
		(void)snprintf(buffer, PROGRESS_TIME_LEN, "%u min %u s", s / 60, s % 60);
	else
		(void)snprintf(buffer, PROGRESS_TIME_LEN, "%u h %u min", s / 3600, s / 60 % 60);
	return buffer;
}

static unsigned columns(void)
{
	struct winsize w;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) < 0 || w.ws_col < MIN_COLUMNS)
		return 80;
	return w.ws_col;
}

/* All runs are taken to last as long as those that are done did on the average. */
static const char *time_left(const struct progress *p, char buffer[PROGRESS_TIME_LEN])
{
	unsigned nr_left = p->nr_total > p->nr_done ? p->nr_total - p->nr_done : 0;
	uint64_t left, since;

	if (p->nr_done == 0)
		return "?";
	left = (p->last_done_us - p->began_us) / p->nr_done * nr_left;
	since = monotonic_us() - p->last_done_us;
	return progress_time(left > since ? left - since : 0, buffer);
}

static void draw(const struct progress *p)
{
	unsigned filled = p->nr_total ? p->nr_done * BAR_WIDTH / p->nr_total : 0;
	char left[PROGRESS_TIME_LEN], line[256], bar[BAR_WIDTH + 1];

	memset(bar, '.', BAR_WIDTH);
	memset(bar, '#', filled < BAR_WIDTH ? filled : BAR_WIDTH);
	bar[BAR_WIDTH] = '\0';
	(void)snprintf(line, sizeof(line), "[%s] %s%s left; %s", bar,
		       p->is_open_ended ? "at least " : "", time_left(p, left), p->text ?: "");
	/* a line that is full would wrap */
	(void)fprintf(stderr, CLEAR_LINE "%.*s", (int)columns() - 1, line);
	(void)fflush(stderr);
}

static int on_tick(sd_event_source *source, uint64_t usec _unused_, void *userdata)
{
	draw(userdata);
	(void)sd_event_source_set_time_relative(source, S_US);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

int progress_begin(struct progress *p, sd_event *event, bool is_quiet)
{
	int r;

	p->began_us = monotonic_us();
	if (is_quiet) {
		p->kind = PROGRESS_NONE;
		return 0;
	}
	p->kind = isatty(STDERR_FILENO) ? PROGRESS_BAR : PROGRESS_LINES;
	if (p->kind == PROGRESS_LINES)
		return 0;
	r = sd_event_add_time_relative(event, &p->tick, CLOCK_MONOTONIC, S_US, 0, on_tick, p);
	return r < 0 ? r : 0;
}

void progress_end(struct progress *p)
{
	progress_clear(p);
	sd_event_source_disable_unref(p->tick);
	free(p->text);
	*p = (struct progress){};
}

void progress_show(struct progress *p, const char *text)
{
	free(p->text);
	p->text = strdup(text);
	if (p->kind == PROGRESS_BAR)
		draw(p);
}

void progress_done(struct progress *p, const char *result)
{
	p->nr_done++;
	p->last_done_us = monotonic_us();
	if (p->kind == PROGRESS_LINES)
		(void)fprintf(stderr, "%s: %s\n", p->text ?: "", result);
}

void progress_clear(const struct progress *p)
{
	if (p->kind == PROGRESS_BAR)
		(void)fputs(CLEAR_LINE, stderr);
}
