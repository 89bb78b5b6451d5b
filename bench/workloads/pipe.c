// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two processes, of which only one can run at any time: a byte goes to the other one through a
 * pipe and comes back through another. The time of a round is mostly that of two wakeups and
 * two switches.
 */
#include <fcntl.h>
#include <unistd.h>

#include "bench/histogram.h"
#include "bench/workloads/builtin.h"
#include "bench/workloads/clock.h"
#include "bench/workloads/crew.h"

#include "lib/log.h"

struct conf {
	struct timing timing;
};

static const struct option_info options[] = {
	TIMING_OPTIONS(struct conf),
};

static const struct conf defaults = {.timing = TIMING_DEFAULTS};

struct pipes {
	int to[2], from[2];
	struct histogram *rounds; /* in memory both processes share */
};

static void close_end(int *fd)
{
	closep(fd);
	*fd = -1;
}

static void pipes_close(struct pipes *p)
{
	close_end(&p->to[0]);
	close_end(&p->to[1]);
	close_end(&p->from[0]);
	close_end(&p->from[1]);
}

static int echo_main(void *arg, const struct window *w _unused_)
{
	struct pipes *p = arg;
	char byte;
	ssize_t n;

	/* the other one's end, so that this one sees it go */
	close_end(&p->to[1]);
	while ((n = read(p->to[0], &byte, 1)) == 1)
		if (write(p->from[1], &byte, 1) != 1)
			return -errno;
	return n < 0 ? -errno : 0;
}

static int call_main(void *arg, const struct window *w)
{
	struct pipes *p = arg;
	uint64_t last = clock_ns(), now;
	char byte = 0;
	ssize_t n;

	close_end(&p->from[1]);
	for (; last < w->end; last = now) {
		if (write(p->to[1], &byte, 1) != 1)
			return -errno;
		n = read(p->from[0], &byte, 1);
		if (n != 1)
			return n < 0 ? -errno : -EPIPE;
		now = clock_ns();
		if (window_has(w, last))
			histogram_add(p->rounds, now - last);
	}
	return 0;
}

static int measure(const struct conf *conf, struct pipes *p)
{
	_cleanup_crew_ struct crew crew = {};
	pid_t pid;

	if (pipe2(p->to, O_CLOEXEC) < 0 || pipe2(p->from, O_CLOEXEC) < 0)
		return log_errno(-errno, "cannot make a pipe: %m");
	if (crew_init(&crew, 2) < 0)
		return log_errno(-ENOMEM, "cannot set up the processes: %m");
	pid = crew_add_process(&crew, "pipe-echo", echo_main, p);
	if (pid >= 0)
		pid = crew_add_process(&crew, "pipe-call", call_main, p);
	if (pid < 0)
		return pid;
	pipes_close(p);
	(void)crew_open(&crew, &conf->timing);
	return crew_join(&crew);
}

static int run(const void *userdata, double spin_per_us _unused_, struct measurement *ret)
{
	struct pipes p = {{-1, -1}, {-1, -1}, shared_new(sizeof(*p.rounds))};
	int r;

	if (!p.rounds)
		return log_errno(-ENOMEM, "cannot set up the pipes: %m");
	histogram_init(p.rounds);
	r = measure(userdata, &p);
	pipes_close(&p);
	if (r >= 0) {
		r = histogram_report(p.rounds, "round", "ns", 1, ret);
		if (r < 0)
			(void)log_errno(r, "not a single round was made: %m");
	}
	shared_free(p.rounds, sizeof(*p.rounds));
	return r;
}

const struct builtin_workload workload_pipe = {
	.name = "pipe",
	.summary = "a byte there and back between two processes: the cost of a switch",
	.options = options,
	.nr_options = ARRAY_SIZE(options),
	.defaults = &defaults,
	.conf_size = sizeof(struct conf),
	.run = run,
};
