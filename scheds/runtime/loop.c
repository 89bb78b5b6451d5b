// SPDX-License-Identifier: GPL-2.0-only
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <time.h>

#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>

#include "lib/log.h"
#include "runtime/loop.h"

static const int end_signals[] = {SIGINT, SIGTERM, SIGHUP};

struct loop {
	const struct scx_program *program;
	struct scx_object *object;
	uint64_t stats_ms;
	uint64_t *stats;
};

void loop_block_signals(void)
{
	sigset_t set;

	(void)sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(end_signals); i++)
		(void)sigaddset(&set, end_signals[i]);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	/* a reader of statistics that goes away must not take the scheduler along */
	(void)signal(SIGPIPE, SIG_IGN);
}

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info,
		     void *userdata _unused_)
{
	log_debug("%s: detaching", strsignal((int)info->ssi_signo));
	return sd_event_exit(sd_event_source_get_event(source), LOOP_ASKED);
}

static int on_report(sd_event_source *source, int fd _unused_, uint32_t revents _unused_,
		     void *userdata)
{
	struct loop *loop = userdata;

	if (!object_report(loop->object))
		return 0;
	return sd_event_exit(sd_event_source_get_event(source), LOOP_ENDED);
}

static int on_stats(sd_event_source *source, uint64_t now _unused_, void *userdata)
{
	struct loop *loop = userdata;

	if (object_read_stats(loop->object, loop->stats) == 0)
		stats_print(stdout, loop->program->stats, loop->stats, loop->program->nr_stats);
	if (fflush(stdout) != 0) {
		log_warning("no more statistics: cannot write to standard output: %m");
		return sd_event_source_set_enabled(source, SD_EVENT_OFF);
	}
	return sd_event_source_set_time_relative(source, loop->stats_ms * 1000);
}

static int add_stats_timer(sd_event *event, struct loop *loop)
{
	_cleanup_(sd_event_source_unrefp) sd_event_source *source = NULL;
	int r;

	if (loop->stats_ms == 0)
		return 0;
	r = sd_event_add_time_relative(event, &source, CLOCK_MONOTONIC, loop->stats_ms * 1000, 0,
				       on_stats, loop);
	if (r < 0)
		return r;
	r = sd_event_source_set_enabled(source, SD_EVENT_ON);
	if (r < 0)
		return r;
	return sd_event_source_set_floating(source, true);
}

static int add_sources(sd_event *event, struct loop *loop)
{
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(end_signals); i++) {
		r = sd_event_add_signal(event, NULL, end_signals[i], on_signal, loop);
		if (r < 0)
			return r;
	}
	r = sd_event_add_io(event, NULL, object_report_fd(loop->object), EPOLLIN, on_report, loop);
	if (r < 0)
		return r;
	return add_stats_timer(event, loop);
}

int loop_run(const struct scx_program *program, struct scx_object *object, uint64_t stats_ms)
{
	_cleanup_(sd_event_unrefp) sd_event *event = NULL;
	_cleanup_free_ uint64_t *stats = calloc(program->nr_stats, sizeof(*stats));
	struct loop loop = {program, object, stats_ms, stats};
	int r;

	if (!stats)
		return -ENOMEM;
	r = sd_event_new(&event);
	if (r < 0)
		return r;
	r = add_sources(event, &loop);
	if (r < 0)
		return r;
	(void)sd_notify(0, "READY=1\nSTATUS=scheduling");
	return sd_event_loop(event);
}
