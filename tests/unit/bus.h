/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A private dbus-daemon for one test, with two connections in one event loop: what is tested
 * uses `loader`; the services it talks to are small objects of the test on `services`.
 */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/wait.h>

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "test.h"

struct test_bus {
	pid_t pid;
	char *address;
	sd_event *event;
	sd_bus *loader, *services;
};

/* Without dbus-daemon there is nothing to test: main() returns 77 then. */
static inline bool test_bus_is_missing(void)
{
	if (system("dbus-daemon --version >/dev/null 2>&1") == 0)
		return false;
	(void)puts("dbus-daemon is not installed");
	return true;
}

/* The daemon's side of fork(); it prints its address to @fd. */
static inline _Noreturn void test_bus_exec(int fd)
{
	_cleanup_free_ char *address = NULL, *config = NULL;
	uint64_t id;

	/* abstract: whoever is in this network namespace can connect, in whatever directory */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || dup2(fd, STDOUT_FILENO) < 0 ||
	    getrandom(&id, sizeof(id), 0) < 0 ||
	    asprintf(&address, "--address=unix:abstract=aios-test-%llx", (unsigned long long)id) <
		    0 ||
	    asprintf(&config, "--config-file=%s/bus/bus.conf", getenv("AIOS_TEST_DATA")) < 0)
		_exit(1);
	(void)execlp("dbus-daemon", "dbus-daemon", "--nofork", "--print-address", address, config,
		     NULL);
	_exit(1);
}

static inline sd_bus *test_bus_connect(const char *address)
{
	sd_bus *bus;

	assert_true(sd_bus_new(&bus) >= 0);
	assert_true(sd_bus_set_address(bus, address) >= 0);
	assert_true(sd_bus_set_bus_client(bus, true) >= 0);
	assert_true(sd_bus_start(bus) >= 0);
	return bus;
}

static inline void test_bus_start(struct test_bus *b)
{
	size_t size = 0;
	int fds[2];
	FILE *f;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	b->pid = fork();
	assert_true(b->pid >= 0);
	if (b->pid == 0)
		test_bus_exec(fds[1]);
	assert_int_equal(close(fds[1]), 0);
	f = fdopen(fds[0], "r");
	assert_non_null(f);
	assert_true(getline(&b->address, &size, f) > 0);
	b->address[strcspn(b->address, "\n")] = '\0';
	assert_int_equal(fclose(f), 0);
	assert_true(sd_event_new(&b->event) >= 0);
	b->loader = test_bus_connect(b->address);
	b->services = test_bus_connect(b->address);
	assert_true(sd_bus_attach_event(b->loader, b->event, 0) >= 0);
	assert_true(sd_bus_attach_event(b->services, b->event, 0) >= 0);
}

static inline void test_bus_stop(struct test_bus *b)
{
	sd_bus_flush_close_unref(b->services);
	sd_bus_flush_close_unref(b->loader);
	sd_event_unref(b->event);
	free(b->address);
	assert_int_equal(kill(b->pid, SIGKILL), 0);
	assert_int_equal(waitpid(b->pid, NULL, 0), b->pid);
}

/* Runs the loop until *@counter is @n; if that never happens, meson ends us. */
static inline void test_bus_wait(struct test_bus *b, const unsigned *counter, unsigned n)
{
	while (*counter < n)
		assert_true(sd_event_run(b->event, UINT64_MAX) >= 0);
	assert_int_equal(*counter, n);
}

static inline int test_bus_on_pong(sd_bus_message *m, void *userdata, sd_bus_error *error _unused_)
{
	unsigned *nr_pongs = userdata;

	assert_false(sd_bus_message_is_method_error(m, NULL));
	(*nr_pongs)++;
	return 0;
}

/*
 * Runs the loop until all has arrived that was sent so far, and what was sent because of
 * that, and so on. The bus keeps the order of what goes through it, so an answer it gives to
 * a connection comes after what it had for it before; a message takes at most two rounds.
 */
static inline void test_bus_settle(struct test_bus *b)
{
	sd_bus *const connections[] = {b->services, b->loader};

	for (int round = 0; round < 12; round++) {
		unsigned nr_pongs = 0;

		for (size_t i = 0; i < ARRAY_SIZE(connections); i++)
			assert_true(sd_bus_call_method_async(
					    connections[i], NULL, "org.freedesktop.DBus",
					    "/org/freedesktop/DBus", "org.freedesktop.DBus.Peer",
					    "Ping", test_bus_on_pong, &nr_pongs, NULL) >= 0);
		test_bus_wait(b, &nr_pongs, ARRAY_SIZE(connections));
	}
}

static inline void test_bus_own(struct test_bus *b, const char *name)
{
	assert_true(sd_bus_request_name(b->services, name, 0) >= 0);
}

static inline void test_bus_disown(struct test_bus *b, const char *name)
{
	assert_true(sd_bus_release_name(b->services, name) >= 0);
}
