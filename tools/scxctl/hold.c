// SPDX-License-Identifier: GPL-2.0-only
/*
 * A hold lasts as long as we do: the loader ends it when our connection to the bus ends,
 * whatever becomes of us. So everything here happens on one connection:
 *
 *	HoldScheduler -> wait for a signal, or for the command to end -> ReleaseScheduler
 *
 * A command runs on the same terminal and in the same process group. What the keyboard sends
 * (SIGINT, SIGQUIT) it gets without our help, and we wait for what it makes of that; what
 * others send to us is handed on.
 */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include <systemd/sd-event.h>

#include "lib/loader_bus.h"
#include "lib/log.h"

#include "print.h"
#include "wish.h"
#include "words.h"

#define APP_ID "scxctl"
#define DBUS "org.freedesktop.DBus"
#define DBUS_PATH "/org/freedesktop/DBus"
#define SIGNAL_STATUS 128 /* and the number of the signal, as shells have it */

struct session {
	struct client client;
	struct view view;
	struct wish wish;
	uint32_t cookie;
	sd_event *event;
	sigset_t mask; /* of before */
	pid_t child;   /* 0: none */
	bool is_lost;  /* the loader has left the bus, and the hold with it */
	bool is_over;  /* what is waited for has happened */
	int result;    /* exit status of the command */
};

static void session_finish(struct session *s)
{
	sd_event_unref(s->event);
	wish_finish(&s->wish);
	view_finish(&s->view);
	client_close(&s->client);
}
#define _cleanup_session_ _cleanup_(session_finish)

static const int signals[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP};

static int on_signal(sd_event_source *source _unused_, const struct signalfd_siginfo *info,
		     void *userdata)
{
	struct session *s = userdata;

	if (!s->child)
		s->is_over = true;
	else if (info->ssi_code != SI_KERNEL)
		(void)kill(s->child, (int)info->ssi_signo);
	return 0;
}

static int on_owner(sd_bus_message *m _unused_, void *userdata, sd_bus_error *error _unused_)
{
	struct session *s = userdata;

	if (s->is_lost)
		return 0;
	log_error("aios-loader has left the bus; %s is not held any more", s->wish.sched);
	s->is_lost = true;
	s->is_over = !s->child;
	return 0;
}

static int on_child(sd_event_source *source _unused_, const siginfo_t *info, void *userdata)
{
	struct session *s = userdata;

	s->child = 0;
	s->is_over = true;
	s->result = info->si_code == CLD_EXITED ? info->si_status : SIGNAL_STATUS + info->si_status;
	return 0;
}

/* The end of sd_event_loop() would close the connection, which the release still needs. */
static int wait_until_over(struct session *s)
{
	int r = 0;

	while (r >= 0 && !s->is_over)
		r = sd_event_run(s->event, UINT64_MAX);
	return r;
}

/* From here on signals end what is waited for, and not us. */
static int prepare(struct session *s)
{
	sigset_t mask;
	int r = sd_event_new(&s->event);

	(void)sigemptyset(&mask);
	(void)sigaddset(&mask, SIGCHLD);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		(void)sigaddset(&mask, signals[i]);
	if (r >= 0 && sigprocmask(SIG_BLOCK, &mask, &s->mask) < 0)
		r = -errno;
	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(signals); i++)
		r = sd_event_add_signal(s->event, NULL, signals[i], on_signal, s);
	if (r >= 0)
		r = sd_bus_attach_event(s->client.bus, s->event, SD_EVENT_PRIORITY_NORMAL);
	return r;
}

static int watch_loader(struct session *s)
{
	return sd_bus_add_match(s->client.bus, NULL,
				"type='signal',sender='" DBUS "',path='" DBUS_PATH
				"',interface='" DBUS
				"',member='NameOwnerChanged',arg0='" LOADER_NAME "'",
				on_owner, s);
}

/* Opens the session and holds what the options ask for. */
static enum status take_hold(struct session *s, const struct invocation *v, const char *reason)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	enum status status = client_open(&s->client, CLIENT_CHANGES);
	int r;

	if (status == SCXCTL_OK)
		status = view_read_loader(&s->view, &s->client);
	if (status == SCXCTL_OK)
		status = wish_make(&s->wish, &s->view, v->arguments);
	if (status != SCXCTL_OK)
		return status;
	r = watch_loader(s);
	if (r < 0)
		sd_bus_error_set_errno(&error, r);
	else
		r = client_call(&s->client, LOADER_INTERFACE, "HoldScheduler", &error, &reply,
				"suss", s->wish.sched, s->wish.mode, reason, APP_ID);
	if (r >= 0)
		r = sd_bus_message_read(reply, "u", &s->cookie);
	if (r >= 0)
		r = prepare(s);
	return r < 0 ? client_report(r, &error) : SCXCTL_OK;
}

/* Another signal while the loader goes back to what was before ends us at once. */
static enum status release(struct session *s)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	int r;

	(void)sigprocmask(SIG_SETMASK, &s->mask, NULL);
	if (s->is_lost)
		return SCXCTL_UNREACHABLE;
	r = client_call(&s->client, LOADER_INTERFACE, "ReleaseScheduler", &error, NULL, "u",
			s->cookie);
	return r < 0 ? client_report(r, &error) : SCXCTL_OK;
}

enum status verb_hold(const struct invocation *v)
{
	_cleanup_session_ struct session s = {};
	enum status status = take_hold(&s, v, v->arguments->reason ?: "scxctl hold");
	int r;

	if (status == SCXCTL_OK)
		status = wish_print(&s.wish, "holding");
	if (status != SCXCTL_OK)
		return status;
	r = wait_until_over(&s);
	if (r < 0) {
		log_errno(r, "cannot wait for a signal: %m");
		return SCXCTL_FAILED;
	}
	status = release(&s);
	return status == SCXCTL_OK ? wish_print(&s.wish, "released") : status;
}

static int spawn(struct session *s, char **argv)
{
	posix_spawnattr_t attributes;
	int r = posix_spawnattr_init(&attributes);

	if (r != 0)
		return -r;
	r = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	if (r == 0)
		r = posix_spawnattr_setsigmask(&attributes, &s->mask);
	if (r == 0)
		r = posix_spawnp(&s->child, argv[0], NULL, &attributes, argv, environ);
	(void)posix_spawnattr_destroy(&attributes);
	if (r != 0)
		s->child = 0;
	return -r;
}

/* The exit status of the command, or of the attempt to run it. */
static int run_command(struct session *s, char **argv)
{
	int r = spawn(s, argv);

	if (r < 0) {
		log_errno(r, "cannot run %s: %m", argv[0]);
		return r == -ENOENT ? SCXCTL_NO_PROGRAM : SCXCTL_CANNOT_RUN;
	}
	r = sd_event_add_child(s->event, NULL, s->child, WEXITED, on_child, s);
	if (r >= 0)
		r = wait_until_over(s);
	if (r >= 0)
		return s->result;
	log_errno(r, "cannot wait for %s: %m", argv[0]);
	return SCXCTL_FAILED;
}

enum status verb_run(const struct invocation *v)
{
	_cleanup_session_ struct session s = {};
	_cleanup_free_ char *reason = NULL;
	enum status status;

	if (asprintf(&reason, "scxctl run: %s", v->words[0]) < 0) {
		reason = NULL;
		return report_no_memory();
	}
	status = take_hold(&s, v, reason);
	if (status != SCXCTL_OK)
		return status;
	status = (enum status)run_command(&s, v->words);
	(void)release(&s);
	return status;
}
