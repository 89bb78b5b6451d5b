// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command has a process group, which dies with its leader. What has left the group by then
 * (daemons do) becomes our child, as we are the subreaper of all that comes from us, and is found
 * there.
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "lib/clock.h"
#include "lib/file.h"
#include "lib/parse.h"

#include "bench/command.h"
#include "bench/keeper.h"

#define CHILDREN "/proc/thread-self/children"
#define MAX_CHILDREN_SIZE (1 << 20)

struct timer {
	struct child *child;
	sd_event_source *source;
	bool is_ending; /* SIGTERM has been sent */
	bool is_late;
};

/* --- strays */

static bool is_other(const struct command *c, pid_t pid)
{
	for (size_t i = 0; i < c->nr_others; i++)
		if (c->others[i] == pid)
			return true;
	return false;
}

/* Kills and reaps our children that nobody knows; how many there were. */
static unsigned kill_children(const struct command *c)
{
	_cleanup_free_ char *text = NULL;
	uint64_t pid;
	unsigned n = 0;
	size_t size;
	char *rest;

	if (read_file(AT_FDCWD, CHILDREN, MAX_CHILDREN_SIZE, &text, &size) < 0)
		return 0;
	for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		if (parse_u64(word, 1, INT32_MAX, &pid) < 0 || is_other(c, (pid_t)pid))
			continue;
		(void)kill((pid_t)pid, SIGKILL);
		n += waitpid((pid_t)pid, NULL, 0) == (pid_t)pid;
	}
	return n;
}

static void kill_strays(const struct command *c)
{
	/* those of one that is killed are ours only then */
	while (kill_children(c) > 0)
		;
}

/* --- too late, or not wanted any more */

static int on_timer(sd_event_source *source, uint64_t usec _unused_, void *userdata)
{
	struct timer *t = userdata;

	if (t->is_ending) {
		child_signal(t->child, SIGKILL);
		return 0;
	}
	t->is_ending = true;
	child_signal(t->child, SIGTERM);
	/* the stopped hear nothing else */
	child_signal(t->child, SIGCONT);
	(void)sd_event_source_set_time_relative(source, COMMAND_GRACE_MS * UINT64_C(1000));
	(void)sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
	return 0;
}

static int on_timeout(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct timer *t = userdata;

	t->is_late |= !t->is_ending;
	return on_timer(source, usec, userdata);
}

/* Runs the event loop until the end. */
static int wait_for_end(sd_event *event, const struct command *c, struct timer *t,
			struct command_result *result)
{
	int r = sd_event_add_time_relative(event, &t->source, CLOCK_MONOTONIC, c->timeout_us, 0,
					   on_timeout, t);

	while (r >= 0 && !child_has_ended(t->child)) {
		if (c->should_stop && !t->is_ending && c->should_stop(c->userdata)) {
			result->end = COMMAND_STOPPED;
			(void)on_timer(t->source, 0, t);
		}
		r = sd_event_run(event, UINT64_MAX);
	}
	if (t->is_late)
		result->end = COMMAND_TIMEOUT;
	sd_event_source_disable_unref(t->source);
	return r < 0 ? r : 0;
}

static double cpu_seconds(const struct rusage *u)
{
	return (double)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) +
	       (double)(u->ru_utime.tv_usec + u->ru_stime.tv_usec) / 1e6;
}

static int run_to_end(sd_event *event, const struct command *c, struct command_result *result)
{
	_cleanup_counters_ struct counters counters = COUNTERS_CLOSED;
	struct timer timer = {.child = result->child};
	int r = c->is_ready ? c->is_ready(child_pid(result->child), c->userdata) : 0;

	if (r < 0)
		return r;
	result->has_counters = counters_open(&counters, child_pid(result->child)) >= 0;
	result->begin_us = monotonic_us();
	result->error = child_go(result->child);
	if (result->error < 0)
		result->end = COMMAND_NO_EXEC;
	r = wait_for_end(event, c, &timer, result);
	if (r < 0)
		return r;
	result->end_us = child_ended_us(result->child);
	result->status = child_status(result->child);
	result->cpu_seconds = cpu_seconds(child_usage(result->child));
	kill_strays(c);
	if (result->has_counters)
		result->has_counters = counters_read(&counters, result->counters) >= 0;
	return 0;
}

int command_run(sd_event *event, const struct command *c, struct command_result *ret)
{
	struct command_result result = {};
	int r;

	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		return -errno;
	r = child_new(&result.child, event, &c->spec);
	if (r < 0)
		return r;
	if (c->keeper)
		keeper_watch(c->keeper, child_pid(result.child));
	r = run_to_end(event, c, &result);
	if (r < 0)
		result.child = child_free(result.child);
	if (c->keeper)
		keeper_watch(c->keeper, 0);
	if (r >= 0)
		*ret = result;
	return r;
}

void command_result_finish(struct command_result *r)
{
	r->child = child_free(r->child);
}
