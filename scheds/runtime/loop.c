// SPDX-License-Identifier: GPL-2.0-only
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <time.h>

#include <systemd/sd-daemon.h>

#include "lib/log.h"
#include "lib/notify.h"
#include "runtime/loop.h"
#include "runtime/sampler.h"
#include "runtime/server.h"

static const int end_signals[] = {SIGINT, SIGTERM, SIGHUP};

struct loop {
	struct scx_object *object;
	const struct loop_options *options;
	struct sampler *sampler; /* of the statistics on stdout */
};

static sigset_t signal_set(void)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGUSR1);
	for (size_t i = 0; i < ARRAY_SIZE(end_signals); i++)
		(void)sigaddset(&set, end_signals[i]);
	return set;
}

void loop_block_signals(void)
{
	sigset_t set = signal_set();

	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	/* a reader of statistics that goes away must not take the scheduler along */
	(void)signal(SIGPIPE, SIG_IGN);
}

bool loop_stand_by(void)
{
	sigset_t set = signal_set();
	int word;

	do
		word = sigwaitinfo(&set, NULL);
	while (word < 0); /* interrupted by a debugger, or a suspend */
	log_debug("%s: %s", strsignal(word), word == SIGUSR1 ? "attaching" : "ending");
	return word == SIGUSR1;
}

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
	log_debug("%s: ending", strsignal((int)info->ssi_signo));
	return sd_event_exit(sd_event_source_get_event(source), (int)(intptr_t)userdata);
}

int loop_add_signals(sd_event *event, int code)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(end_signals); i++)
		r = sd_event_add_signal(event, NULL, end_signals[i], on_signal,
					(void *)(intptr_t)code);
	return r;
}

static int on_report(sd_event_source *source, int fd _unused_, uint32_t revents _unused_,
		     void *userdata)
{
	struct loop *loop = userdata;

	if (!object_report(loop->object))
		return 0;
	return sd_event_exit(sd_event_source_get_event(source), LOOP_ENDED);
}

/*
 * A line of statistics is less than what a pipe with any room takes at once. An error counts as
 * room, too: writing tells which it is.
 */
static bool can_write(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};

	return poll(&p, 1, 0) != 0;
}

static int on_stats(sd_event_source *source, uint64_t now _unused_, void *userdata)
{
	struct loop *loop = userdata;
	int r = 0;

	/* nobody is waited for; what is left out now is in the next line */
	if (can_write(STDOUT_FILENO))
		r = sampler_print(loop->sampler, stdout, loop->options->json);
	if (r < 0)
		log_debug("cannot read the statistics: %s", strerror(-r));
	if (fflush(stdout) != 0) {
		log_warning("no more statistics: cannot write to standard output: %m");
		return sd_event_source_set_enabled(source, SD_EVENT_OFF);
	}
	return sd_event_source_set_time_relative(source, loop->options->stats_ms * 1000);
}

static int add_stats_timer(sd_event *event, struct loop *loop)
{
	_cleanup_(sd_event_source_unrefp) sd_event_source *source = NULL;
	int r;

	if (loop->options->stats_ms == 0)
		return 0;
	r = sd_event_add_time_relative(event, &source, CLOCK_MONOTONIC,
				       loop->options->stats_ms * 1000, 0, on_stats, loop);
	if (r < 0)
		return r;
	r = sd_event_source_set_enabled(source, SD_EVENT_ON);
	if (r < 0)
		return r;
	return sd_event_source_set_floating(source, true);
}

static int add_sources(sd_event *event, struct loop *loop)
{
	int r = loop_add_signals(event, LOOP_ASKED);

	if (r < 0)
		return r;
	r = sd_event_add_io(event, NULL, object_report_fd(loop->object), EPOLLIN, on_report, loop);
	if (r < 0)
		return r;
	return add_stats_timer(event, loop);
}

static int read_stats(void *userdata, uint64_t *values)
{
	return object_read_stats(userdata, values);
}

int loop_run(sd_event *event, const struct scx_program *program, struct scx_object *object,
	     const struct loop_options *options)
{
	const struct stats_source source = {program->name, program->stats, program->nr_stats,
					    read_stats, object};
	_cleanup_(sampler_freep) struct sampler *sampler = sampler_new(&source);
	_cleanup_(server_freep) struct server *server = NULL;
	struct loop loop = {object, options, sampler};
	int r;

	if (!sampler)
		return -ENOMEM;
	r = add_sources(event, &loop);
	if (r < 0)
		return r;
	/* statistics are no reason to end a scheduler */
	r = server_new(event, SERVER_PATH, &source, &server);
	if (r < 0)
		log_warning("no statistics for other programs at %s: %s", SERVER_PATH,
			    r == -EEXIST ? "it exists and is not a socket" : strerror(-r));
	(void)sd_notify(0, "READY=1\nSTATUS=" NOTIFY_SCHEDULING);
	return sd_event_loop(event);
}
