// SPDX-License-Identifier: GPL-2.0-only
/* Ties the manager to the event loop, the unit, the kernel and systemd; decides nothing. */
#include <fcntl.h>
#include <signal.h>
#include <time.h>

#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>

#include "lib/clock.h"
#include "lib/log.h"

#include "daemon.h"
#include "manager.h"
#include "unit.h"

/* longer than any single step: start timeout of a unit, longest delay */
#define STEP_US "150000000"

struct daemon {
	sd_event *event;
	sd_event_source *timer;
	struct unit *unit;
	struct manager manager;
	int root_fd;
	enum exit_status status;
};

static void daemon_exit(struct daemon *d, enum exit_status status)
{
	d->status = status;
	(void)sd_event_exit(d->event, 0);
}

static int clear_units(void *userdata)
{
	struct daemon *d = userdata;

	return unit_clear(d->unit);
}

static int check_program(void *userdata _unused_, const struct sched_spec *spec)
{
	return access(spec->argv[0], X_OK) < 0 ? -errno : 0;
}

static int start_unit(void *userdata, const struct sched_spec *spec)
{
	struct daemon *d = userdata;

	return unit_start(d->unit, spec);
}

static int stop_unit(void *userdata)
{
	struct daemon *d = userdata;

	return unit_stop(d->unit);
}

static int read_kernel(void *userdata, struct kernel_state *ret)
{
	struct daemon *d = userdata;

	return kernel_state_read(d->root_fd, ret);
}

static uint64_t now_us(void *userdata _unused_)
{
	return monotonic_us();
}

static int on_timer(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata)
{
	struct daemon *d = userdata;

	manager_timer(&d->manager);
	return 0;
}

static int set_timer(void *userdata, uint64_t delay_us)
{
	struct daemon *d = userdata;

	d->timer = sd_event_source_disable_unref(d->timer);
	return sd_event_add_time_relative(d->event, &d->timer, CLOCK_MONOTONIC, delay_us, 10000,
					  on_timer, d);
}

static void status(void *userdata _unused_, const char *line, bool is_ready)
{
	(void)sd_notifyf(0, "STATUS=%s\n%s", line,
			 is_ready ? "READY=1" : "EXTEND_TIMEOUT_USEC=" STEP_US);
}

static void finished(void *userdata, enum exit_status exit_status)
{
	daemon_exit(userdata, exit_status);
}

static const struct manager_ops manager_ops = {
	.clear_units = clear_units,
	.check_program = check_program,
	.start_unit = start_unit,
	.stop_unit = stop_unit,
	.read_kernel = read_kernel,
	.now_us = now_us,
	.set_timer = set_timer,
	.status = status,
	.finished = finished,
};

static void on_cleared(void *userdata, const char *error)
{
	struct daemon *d = userdata;

	manager_units_cleared(&d->manager, error);
}

static void on_ready(void *userdata)
{
	struct daemon *d = userdata;

	manager_unit_ready(&d->manager);
}

static void on_ended(void *userdata, const struct unit_exit *e)
{
	struct daemon *d = userdata;

	manager_unit_ended(&d->manager, e);
}

static void on_lost(void *userdata)
{
	log_error("lost the connection to systemd");
	daemon_exit(userdata, STATUS_AGAIN);
}

static const struct unit_events unit_events = {
	.cleared = on_cleared,
	.ready = on_ready,
	.ended = on_ended,
	.lost = on_lost,
};

static int on_signal(sd_event_source *source _unused_, const struct signalfd_siginfo *info _unused_,
		     void *userdata)
{
	struct daemon *d = userdata;

	(void)sd_notify(0, "STOPPING=1\nSTATUS=stopping");
	manager_stop(&d->manager);
	return 0;
}

static int daemon_init(struct daemon *d)
{
	int r;

	r = sd_event_new(&d->event);
	if (r < 0)
		return log_errno(r, "cannot set up an event loop: %m");
	r = sd_event_add_signal(d->event, NULL, SIGTERM | SD_EVENT_SIGNAL_PROCMASK, on_signal, d);
	if (r >= 0)
		r = sd_event_add_signal(d->event, NULL, SIGINT | SD_EVENT_SIGNAL_PROCMASK,
					on_signal, d);
	if (r < 0)
		return log_errno(r, "cannot handle signals: %m");
	r = unit_new(&d->unit, d->event, &unit_events, d);
	if (r < 0)
		return log_errno(r, "cannot connect to systemd: %m");
	manager_init(&d->manager, &manager_ops, d);
	return 0;
}

static void daemon_finish(struct daemon *d)
{
	manager_finish(&d->manager);
	unit_free(d->unit);
	sd_event_source_unref(d->timer);
	sd_event_unref(d->event);
}

enum exit_status daemon_run(int root_fd, const struct sched_spec *spec)
{
	_cleanup_(daemon_finish) struct daemon d = {.root_fd = root_fd};
	int r;

	if (daemon_init(&d) < 0)
		return STATUS_AGAIN;
	manager_start(&d.manager, spec);
	r = sd_event_loop(d.event);
	if (r < 0) {
		(void)log_errno(r, "the event loop failed: %m");
		return STATUS_FAILED;
	}
	return d.status;
}
