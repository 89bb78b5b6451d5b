// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ties the loader to the event loop, systemd, the kernel and other services; decides
 * nothing. All of it starts with left_overs_new(): not before it is known what an earlier
 * loader has left is anything started, or the name on the bus taken.
 */
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include <systemd/sd-daemon.h>

#include "lib/clock.h"
#include "lib/log.h"
#include "lib/power_profile.h"

#include "daemon.h"
#include "left_over.h"
#include "service.h"
#include "sleep.h"
#include "state.h"
#include "systemd.h"
#include "uevent.h"

struct daemon {
	struct loader *loader;
	sd_event_source *timer;
	sd_bus_slot *disconnected;
	struct left_overs *left_overs;
	struct own_job *own_job; /* asked for when told to stop */
	struct power_watch *power;
	struct sleep_watch *sleep;
	struct uevent *uevent;
	char *status; /* as systemd knows it */
	bool is_ready;
	enum exit_status exit_status;
};

static void daemon_exit(struct daemon *d, enum exit_status status)
{
	d->exit_status = status;
	(void)sd_event_exit(d->loader->event, 0);
}

/* --- what the manager asks for */

static int check_program(void *userdata _unused_, const struct sched_spec *spec)
{
	return access(spec->argv[0], X_OK) < 0 ? -errno : 0;
}

static int start_unit(void *userdata, unsigned slot, const struct sched_spec *spec)
{
	struct loader *l = ((struct daemon *)userdata)->loader;
	_cleanup_free_ char *dump = state_dump_path(l->next_number);

	if (!dump)
		return -ENOMEM;
	l->numbers[slot] = l->next_number++;
	l->nr_starts++;
	return unit_start(l->units, slot, spec, dump);
}

static int attach_unit(void *userdata, unsigned slot)
{
	return unit_attach(((struct daemon *)userdata)->loader->units, slot);
}

static int stop_unit(void *userdata, unsigned slot)
{
	return unit_stop(((struct daemon *)userdata)->loader->units, slot);
}

static int read_kernel(void *userdata, struct kernel_state *ret)
{
	return kernel_state_read(((struct daemon *)userdata)->loader->root_fd, ret);
}

static uint64_t now_us(void *userdata _unused_)
{
	return monotonic_us();
}

static int on_timer(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata)
{
	struct daemon *d = userdata;

	manager_timer(&d->loader->manager);
	return 0;
}

static int set_timer(void *userdata, uint64_t delay_us)
{
	struct daemon *d = userdata;

	d->timer = sd_event_source_disable_unref(d->timer);
	return sd_event_add_time_relative(d->loader->event, &d->timer, CLOCK_MONOTONIC, delay_us,
					  10000, on_timer, d);
}

static int fallback(void *userdata, unsigned i, struct sched_spec **ret)
{
	return loader_fallback(((struct daemon *)userdata)->loader, i, ret);
}

static void failed(void *userdata, const struct failure *f)
{
	loader_record(((struct daemon *)userdata)->loader, f);
}

static void stable(void *userdata, const struct sched_spec *spec)
{
	loader_stable(((struct daemon *)userdata)->loader, spec);
}

static void on_manager_changed(void *userdata)
{
	struct daemon *d = userdata;
	_cleanup_free_ char *status = manager_status(&d->loader->manager);

	service_changed(d->loader->service);
	if (!status || (d->status && strcmp(status, d->status) == 0))
		return;
	(void)sd_notifyf(0, "STATUS=%s", status);
	free(d->status);
	d->status = steal_ptr(status);
}

/* Once what was asked for first has come to something, or to nothing, others need not wait. */
static void outcome(void *userdata, enum outcome what, const char *text)
{
	struct daemon *d = userdata;

	loader_outcome(d->loader, what, text);
	if (d->is_ready || d->loader->manager.state == MANAGER_STARTING)
		return;
	d->is_ready = true;
	(void)sd_notify(0, "READY=1");
}

static void finished(void *userdata, enum exit_status status)
{
	daemon_exit(userdata, status);
}

static const struct manager_ops manager_ops = {
	.check_program = check_program,
	.start_unit = start_unit,
	.attach_unit = attach_unit,
	.stop_unit = stop_unit,
	.read_kernel = read_kernel,
	.now_us = now_us,
	.set_timer = set_timer,
	.fallback = fallback,
	.failed = failed,
	.stable = stable,
	.outcome = outcome,
	.changed = on_manager_changed,
	.finished = finished,
};

/* --- what systemd says */

static int on_found(void *userdata, const char *unit, const struct sched_spec *spec)
{
	struct loader *l = ((struct daemon *)userdata)->loader;
	int r = unit_adopt(l->units, 0, unit);

	if (r >= 0)
		manager_adopt(&l->manager, 0, spec);
	return r;
}

static void on_nothing_left(void *userdata, const char *error)
{
	struct daemon *d = userdata;
	struct loader *l = d->loader;

	if (error) {
		log_error("cannot see what an earlier run has left: %s", error);
		daemon_exit(d, STATUS_AGAIN);
		return;
	}
	if (service_own_name(l->service) < 0)
		log_warning("cannot ask for the name " LOADER_NAME);
	loader_begin(l);
}

static const struct left_over_events left_over_events = {on_found, on_nothing_left};

static void on_loaded(void *userdata, unsigned slot)
{
	manager_unit_loaded(&((struct daemon *)userdata)->loader->manager, slot);
}

static void on_unit_changed(void *userdata, unsigned slot)
{
	manager_unit_changed(&((struct daemon *)userdata)->loader->manager, slot);
}

static void on_ended(void *userdata, unsigned slot, const struct unit_exit *e)
{
	manager_unit_ended(&((struct daemon *)userdata)->loader->manager, slot, e);
}

static const struct units_events units_events = {
	.loaded = on_loaded,
	.changed = on_unit_changed,
	.ended = on_ended,
};

static int on_disconnected(sd_bus_message *m _unused_, void *userdata, sd_bus_error *error _unused_)
{
	log_error("lost the connection to the bus");
	daemon_exit(userdata, STATUS_AGAIN);
	return 0;
}

/* --- what the kernel and other services say */

static void look_at_kernel(void *userdata)
{
	manager_kernel_changed(&((struct daemon *)userdata)->loader->manager);
}

static void ignore(void *userdata _unused_)
{
}

static void on_profile(void *userdata, enum power_profile p)
{
	loader_set_profile(((struct daemon *)userdata)->loader, p);
}

static const struct uevent_events uevent_events = {look_at_kernel, look_at_kernel};
static const struct sleep_events sleep_events = {ignore, look_at_kernel};
static const struct power_events power_events = {on_profile};

/* Without one of them the loader knows less, and goes on. */
static void listen_to_others(struct daemon *d)
{
	struct loader *l = d->loader;
	int r = uevent_new(&d->uevent, l->event, &uevent_events, d);

	if (r < 0)
		log_warning("cannot hear what the kernel announces: %s", strerror(-r));
	r = sleep_watch_new(&d->sleep, l->bus, &sleep_events, d);
	if (r < 0)
		log_warning("cannot hear when the machine sleeps: %s", strerror(-r));
	r = power_watch_new(&d->power, l->bus, &power_events, d);
	if (r < 0)
		log_warning("cannot follow the power profile: %s", strerror(-r));
}

/* --- signals */

/* In a restart of the loader the scheduler goes on; the next one takes it over. */
static void on_own_job(void *userdata, const char *type)
{
	struct daemon *d = userdata;
	struct manager *m = &d->loader->manager;

	if (m->state == MANAGER_RUNNING)
		loader_stable(d->loader, m->target); /* a short boot is not a bad one */
	if (strcmp(type, "restart") == 0 && m->state == MANAGER_RUNNING) {
		log_info("%s goes on while aios-loader is restarted", m->target->name);
		daemon_exit(d, STATUS_OK);
	} else {
		manager_leave(m);
	}
}

static int on_stop(sd_event_source *source _unused_, const struct signalfd_siginfo *info _unused_,
		   void *userdata)
{
	struct daemon *d = userdata;

	(void)sd_notify(0, "STOPPING=1\nSTATUS=stopping");
	if (!d->own_job && own_job_ask(&d->own_job, d->loader->bus, on_own_job, d) < 0)
		manager_leave(&d->loader->manager);
	return 0;
}

static int on_reload(sd_event_source *source _unused_, const struct signalfd_siginfo *info _unused_,
		     void *userdata)
{
	struct daemon *d = userdata;

	(void)sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64, monotonic_us());
	if (loader_reload(d->loader) < 0)
		log_error("the configuration has errors, the old one stays in effect");
	(void)sd_notify(0, "READY=1");
	return 0;
}

static int add_signals(struct daemon *d)
{
	static const struct {
		int signal;
		sd_event_signal_handler_t handler;
	} table[] = {{SIGTERM, on_stop}, {SIGINT, on_stop}, {SIGHUP, on_reload}};
	int r = 0;

	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(table); i++)
		r = sd_event_add_signal(d->loader->event, NULL,
					table[i].signal | SD_EVENT_SIGNAL_PROCMASK,
					table[i].handler, d);
	return r;
}

/* --- set-up */

static int open_bus(struct daemon *d)
{
	struct loader *l = d->loader;
	int r;

	r = sd_bus_open_system_with_description(&l->bus, "aios-loader");
	if (r < 0)
		return r;
	r = sd_bus_attach_event(l->bus, l->event, SD_EVENT_PRIORITY_NORMAL);
	if (r < 0)
		return r;
	r = sd_bus_match_signal(l->bus, &d->disconnected, NULL, "/org/freedesktop/DBus/Local",
				"org.freedesktop.DBus.Local", "Disconnected", on_disconnected, d);
	if (r < 0)
		return r;
	r = units_new(&l->units, l->bus, &units_events, d);
	return r < 0 ? r : service_new(&l->service, l);
}

static int daemon_init(struct daemon *d)
{
	struct loader *l = d->loader;
	int r;

	r = sd_event_new(&l->event);
	if (r < 0)
		return log_errno(r, "cannot set up an event loop: %m");
	r = add_signals(d);
	if (r < 0)
		return log_errno(r, "cannot handle signals: %m");
	r = open_bus(d);
	if (r < 0)
		return log_errno(r, "cannot connect to the bus: %m");
	(void)sd_event_set_watchdog(l->event, true);
	manager_init(&l->manager, &manager_ops, d);
	listen_to_others(d);
	r = left_overs_new(&d->left_overs, l->bus, &left_over_events, d);
	return r < 0 ? log_errno(r, "cannot ask systemd for its units: %m") : 0;
}

static void daemon_finish(struct daemon *d)
{
	struct loader *l = d->loader;

	left_overs_free(d->left_overs);
	own_job_free(d->own_job);
	power_watch_free(d->power);
	sleep_watch_free(d->sleep);
	uevent_free(d->uevent);
	sd_event_source_disable_unref(d->timer);
	sd_bus_slot_unref(d->disconnected);
	free(d->status);
	manager_finish(&l->manager);
	service_free(l->service);
	units_free(l->units);
	sd_bus_flush_close_unref(l->bus);
	sd_event_unref(l->event);
}

enum exit_status daemon_run(struct loader *l)
{
	_cleanup_(daemon_finish) struct daemon d = {.loader = l};
	int r;

	if (daemon_init(&d) < 0)
		return STATUS_AGAIN;
	r = sd_event_loop(l->event);
	if (r < 0) {
		(void)log_errno(r, "the event loop failed: %m");
		return STATUS_FAILED;
	}
	return d.exit_status;
}
