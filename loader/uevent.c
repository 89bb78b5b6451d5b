// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel multicasts a datagram for each kernel object that comes, goes or changes:
 * "ACTION@DEVPATH", then "KEY=VALUE" strings, each ended by a zero byte. They reach every
 * network namespace that the initial user namespace owns, so PrivateNetwork= does no harm.
 * udev resends them to another group with its own header; we do not need what it adds.
 *
 * Whoever may administer the network may send to the group, too. Only the kernel's own
 * messages come from port 0.
 *
 * A machine that turns SMT off or comes back from sleep announces its CPUs one by one; one
 * look after the last of them is enough.
 */
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <linux/netlink.h>

#include "lib/log.h"

#include "uevent.h"

enum {
	KERNEL_GROUP = 1,
	/* the kernel's own limit is 2048 bytes of strings and a path (lib/kobject_uevent.c) */
	MAX_MESSAGE = 8192,
	TIMER_ACCURACY_US = 10000,
};

struct uevent {
	int fd;
	sd_event_source *io, *timer;
	const struct uevent_events *events;
	void *userdata;
};

/* The strings that say what a message is about. */
struct uevent_strings {
	const char *action, *devpath, *subsystem;
};

static void take_string(struct uevent_strings *s, const char *string)
{
	const struct {
		const char *key;
		const char **value;
	} keys[] = {
		{"ACTION=", &s->action},
		{"DEVPATH=", &s->devpath},
		{"SUBSYSTEM=", &s->subsystem},
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		size_t len = strlen(keys[i].key);

		if (strncmp(string, keys[i].key, len) == 0)
			*keys[i].value = string + len;
	}
}

static bool is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return strncmp(path, dir, len) == 0 && (path[len] == '/' || !path[len]);
}

enum uevent_kind uevent_parse(const char *message, size_t len)
{
	struct uevent_strings s = {"", "", ""};
	const char *end = message + len;

	if (len == 0 || end[-1] || !strchr(message, '@'))
		return UEVENT_OTHER;
	for (const char *p = message + strlen(message) + 1; p < end; p += strlen(p) + 1)
		take_string(&s, p);
	if (strcmp(s.subsystem, "sched_ext") == 0 || is_below(s.devpath, "/kernel/sched_ext"))
		return UEVENT_SCHED_EXT;
	if (strcmp(s.subsystem, "cpu") == 0 &&
	    (strcmp(s.action, "online") == 0 || strcmp(s.action, "offline") == 0))
		return UEVENT_CPU;
	return UEVENT_OTHER;
}

static int on_timer(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata)
{
	struct uevent *u = userdata;

	u->events->cpu(u->userdata);
	return 0;
}

static void put_off_cpu(struct uevent *u)
{
	(void)sd_event_source_set_time_relative(u->timer, UEVENT_CPU_DELAY_MS * 1000);
	(void)sd_event_source_set_enabled(u->timer, SD_EVENT_ONESHOT);
}

void uevent_take(struct uevent *u, const char *message, size_t len)
{
	switch (uevent_parse(message, len)) {
	case UEVENT_SCHED_EXT:
		u->events->sched_ext(u->userdata);
		break;
	case UEVENT_CPU:
		put_off_cpu(u);
		break;
	case UEVENT_OTHER:
		break;
	}
}

static void take_overrun(struct uevent *u)
{
	log_debug("the kernel had to drop uevents");
	put_off_cpu(u);
	u->events->sched_ext(u->userdata);
}

static int on_readable(sd_event_source *source _unused_, int fd, uint32_t revents _unused_,
		       void *userdata)
{
	struct sockaddr_nl sender = {};
	char message[MAX_MESSAGE];
	struct iovec iov = {message, sizeof(message)};
	struct msghdr header = {
		.msg_name = &sender,
		.msg_namelen = sizeof(sender),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	struct uevent *u = userdata;
	ssize_t n;

	n = recvmsg(fd, &header, 0);
	if (n < 0 && errno == ENOBUFS)
		take_overrun(u);
	else if (n >= 0 && sender.nl_pid == 0 && !(header.msg_flags & MSG_TRUNC))
		uevent_take(u, message, n);
	return 0;
}

static int open_socket(int *ret)
{
	const struct sockaddr_nl address = {
		.nl_family = AF_NETLINK,
		.nl_groups = KERNEL_GROUP,
	};
	_cleanup_close_ int fd = -EBADF;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
	if (fd < 0)
		return -errno;
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	*ret = fd;
	fd = -EBADF;
	return 0;
}

int uevent_new(struct uevent **ret, sd_event *event, const struct uevent_events *events,
	       void *userdata)
{
	_cleanup_uevent_ struct uevent *u = calloc(1, sizeof(*u));
	int r;

	if (!u)
		return -ENOMEM;
	u->fd = -EBADF;
	u->events = events;
	u->userdata = userdata;
	r = open_socket(&u->fd);
	if (r < 0)
		return r;
	r = sd_event_add_io(event, &u->io, u->fd, EPOLLIN, on_readable, u);
	if (r < 0)
		return r;
	r = sd_event_add_time(event, &u->timer, CLOCK_MONOTONIC, 0, TIMER_ACCURACY_US, on_timer, u);
	if (r < 0)
		return r;
	r = sd_event_source_set_enabled(u->timer, SD_EVENT_OFF);
	if (r < 0)
		return r;
	*ret = steal_ptr(u);
	return 0;
}

struct uevent *uevent_free(struct uevent *u)
{
	if (!u)
		return NULL;
	sd_event_source_disable_unref(u->io);
	sd_event_source_disable_unref(u->timer);
	closep(&u->fd);
	free(u);
	return NULL;
}
