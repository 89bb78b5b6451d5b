// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints whatever numbers the other side has, so that it serves any scheduler that speaks the
 * protocol.
 */
#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>

#include <systemd/sd-event.h>
#include <systemd/sd-json.h>

#include "lib/exit_status.h"
#include "lib/log.h"
#include "runtime/loop.h"
#include "runtime/monitor.h"
#include "runtime/stats.h"

#define RETRY_US 1000000ULL
#define ANSWER_TIMEOUT_S 5

static const char request[] = "{\"req\":\"stats\",\"args\":{\"target\":\"top\"}}\n";

struct monitor {
	const char *path;
	uint64_t interval_us;
	bool json;
	bool waiting; /* for a scheduler, and has said so */
	int fd;       /* -1: not connected */
	char answer[1 << 16];
};

static int open_connection(struct monitor *m)
{
	static const struct timeval timeout = {.tv_sec = ANSWER_TIMEOUT_S};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (strlen(m->path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, m->path);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	m->fd = fd;
	fd = -1;
	return 0;
}

static void close_connection(struct monitor *m)
{
	closep(&m->fd);
	m->fd = -1;
}

/* Leaves the line of the answer, without its newline, in m->answer. */
static int ask(struct monitor *m)
{
	size_t len = 0;

	if (send(m->fd, request, strlen(request), MSG_NOSIGNAL) < 0)
		return -errno;
	do {
		ssize_t n = recv(m->fd, m->answer + len, sizeof(m->answer) - len, 0);

		if (n < 0)
			return -errno;
		if (n == 0)
			return len == sizeof(m->answer) ? -EMSGSIZE : -ECONNRESET;
		len += (size_t)n;
	} while (m->answer[len - 1] != '\n');
	m->answer[len - 1] = '\0';
	return 0;
}

/* "name=value", for values that are numbers; the length, 0 for others. */
static int format_field(char *to, size_t size, const char *name, sd_json_variant *value)
{
	if (sd_json_variant_is_unsigned(value))
		return snprintf(to, size, "%s=%" PRIu64, name, sd_json_variant_unsigned(value));
	if (sd_json_variant_is_integer(value))
		return snprintf(to, size, "%s=%" PRId64, name, sd_json_variant_integer(value));
	if (sd_json_variant_is_real(value))
		return snprintf(to, size, "%s=%.3f", name, sd_json_variant_real(value));
	return 0;
}

static void print_fields(sd_json_variant *resp)
{
	struct stats_line line = {stdout};
	char field[256];

	/* an object's elements are its names and values in turn */
	for (size_t i = 0; i + 1 < sd_json_variant_elements(resp); i += 2)
		if (format_field(field, sizeof(field),
				 sd_json_variant_string(sd_json_variant_by_index(resp, i)),
				 sd_json_variant_by_index(resp, i + 1)) > 0)
			stats_line_add(&line, field);
	stats_line_end(&line);
}

/* Prints an answer; -EBADMSG if it is none. */
static int show(const struct monitor *m)
{
	_cleanup_(sd_json_variant_unrefp) sd_json_variant *answer = NULL;
	sd_json_variant *error, *args, *resp;

	if (sd_json_parse(m->answer, 0, &answer, NULL, NULL) < 0)
		return -EBADMSG;
	error = sd_json_variant_by_key(answer, "errno");
	args = sd_json_variant_by_key(answer, "args");
	resp = args ? sd_json_variant_by_key(args, "resp") : NULL;
	if (!error || !resp || sd_json_variant_integer(error) != 0 ||
	    !sd_json_variant_is_object(resp))
		return -EBADMSG;
	if (m->json)
		return sd_json_variant_dump(resp, SD_JSON_FORMAT_NEWLINE, stdout, NULL);
	print_fields(resp);
	return 0;
}

/* One question and its answer; connects first if need be. */
static int poll_once(struct monitor *m)
{
	int r = m->fd >= 0 ? 0 : open_connection(m);

	if (r < 0)
		return r;
	r = ask(m);
	return r < 0 ? r : show(m);
}

static void say_waiting(struct monitor *m, int r)
{
	if (!m->waiting)
		log_info("waiting for a scheduler's statistics at %s: %s", m->path, strerror(-r));
	m->waiting = true;
}

static int on_time(sd_event_source *source, uint64_t now _unused_, void *userdata)
{
	struct monitor *m = userdata;
	int r = poll_once(m);

	if (r == -EBADMSG)
		log_warning("no answer of scx' statistics protocol at %s: '%s'", m->path,
			    m->answer);
	if (r < 0) {
		close_connection(m);
		say_waiting(m, r);
	} else {
		m->waiting = false;
	}
	if (stdout_status() != STATUS_OK)
		return sd_event_exit(sd_event_source_get_event(source), STATUS_FAILED);
	return sd_event_source_set_time_relative(source, r < 0 ? RETRY_US : m->interval_us);
}

static int add_timer(sd_event *event, struct monitor *m)
{
	_cleanup_(sd_event_source_unrefp) sd_event_source *source = NULL;
	int r = sd_event_add_time_relative(event, &source, CLOCK_MONOTONIC, 0, 0, on_time, m);

	if (r < 0)
		return r;
	r = sd_event_source_set_enabled(source, SD_EVENT_ON);
	return r < 0 ? r : sd_event_source_set_floating(source, true);
}

int monitor_run(const char *path, uint64_t interval_ms, bool json)
{
	_cleanup_(sd_event_unrefp) sd_event *event = NULL;
	_cleanup_free_ struct monitor *m = malloc(sizeof(*m));
	int r;

	if (!m) {
		log_errno(-ENOMEM, "cannot monitor: %m");
		return STATUS_FAILED;
	}
	*m = (struct monitor){
		.path = path, .interval_us = interval_ms * 1000, .json = json, .fd = -1};
	r = sd_event_new(&event);
	if (r >= 0)
		r = loop_add_signals(event, STATUS_OK);
	if (r >= 0)
		r = add_timer(event, m);
	if (r >= 0)
		r = sd_event_loop(event);
	close_connection(m);
	if (r < 0) {
		log_errno(r, "event loop failed: %m");
		return STATUS_FAILED;
	}
	return r;
}
