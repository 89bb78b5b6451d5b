// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a build does to a scheduler: short processes that come and go. One process keeps JOBS jobs
 * in flight, as `make -j` does. A job is a tree of processes:
 *
 *	make - job +- compiler: works, writes 16 KiB into a pipe, executes `true`
 *	           `- assembler: reads the pipe to its end, works a quarter of that, executes `true`
 *
 * The job ends when both have ended; then the next one begins.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/histogram.h"
#include "bench/spin.h"
#include "bench/workloads/builtin.h"
#include "bench/workloads/clock.h"
#include "bench/workloads/crew.h"
#include "bench/workloads/results.h"

#include "lib/log.h"

#define JOBS_MAX 1024
#define BLOCK 4096
#define NR_BLOCKS 4
#define ASSEMBLER_SHARE 4 /* a quarter */

struct conf {
	struct timing timing;
	uint64_t jobs, compile_us;
};

// clang-format off
static const struct option_info options[] = {
	{"jobs", 'j', OPTION_NUMBER, offsetof(struct conf, jobs), "N",
	 "jobs at the same time; 0: one for each CPU", 0, JOBS_MAX},
	{"compile-us", 'u', OPTION_NUMBER, offsetof(struct conf, compile_us), "US",
	 "work of a compiler, in us", 0, 10000000},
	TIMING_OPTIONS(struct conf),
};
// clang-format on

static const struct conf defaults = {.timing = TIMING_DEFAULTS, .compile_us = 5000};

struct slot {
	pid_t pid; /* 0: free */
	uint64_t begun;
};

/* The process that starts the jobs; in memory it shares with us. */
struct make {
	const char *program; /* that is executed */
	unsigned nr_slots, nr_running;
	uint64_t turns;
	uint64_t nr_done; /* jobs that ended in the window */
	struct slot slots[JOBS_MAX];
	struct histogram times; /* of jobs that began in it */
};

/* Forks; the child ends with its parent. */
static pid_t fork_bound(void)
{
	pid_t parent = getpid(), pid = fork();

	if (pid == 0 && (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent))
		_exit(1);
	return pid;
}

static void __attribute__((noreturn)) execute(const char *program)
{
	(void)execl(program, program, NULL);
	_exit(1);
}

static void __attribute__((noreturn)) compiler(const struct make *m, const int pipe[2])
{
	static const char block[BLOCK];

	spin(m->turns);
	for (unsigned i = 0; i < NR_BLOCKS; i++)
		if (write(pipe[1], block, sizeof(block)) != sizeof(block))
			_exit(1);
	execute(m->program);
}

static void __attribute__((noreturn)) assembler(const struct make *m, const int pipe[2])
{
	char block[BLOCK];
	ssize_t n;

	(void)close(pipe[1]);
	do
		n = read(pipe[0], block, sizeof(block));
	while (n > 0);
	if (n < 0)
		_exit(1);
	spin(m->turns / ASSEMBLER_SHARE);
	execute(m->program);
}

static bool ended_well(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid && status == 0;
}

static void __attribute__((noreturn)) job(const struct make *m)
{
	pid_t first, second;
	int pipe[2];

	if (pipe2(pipe, O_CLOEXEC) < 0)
		_exit(1);
	first = fork_bound();
	if (first == 0)
		compiler(m, pipe);
	second = fork_bound();
	if (second == 0)
		assembler(m, pipe);
	(void)close(pipe[0]);
	(void)close(pipe[1]);
	_exit(ended_well(first) && ended_well(second) ? 0 : 1);
}

static struct slot *find_slot(struct make *m, pid_t pid)
{
	for (unsigned i = 0; i < m->nr_slots; i++)
		if (m->slots[i].pid == pid)
			return &m->slots[i];
	return NULL;
}

static int start_job(struct make *m)
{
	struct slot *s = find_slot(m, 0);
	pid_t pid;

	s->begun = clock_ns();
	pid = fork_bound();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		job(m);
	s->pid = pid;
	m->nr_running++;
	return 0;
}

static int await_job(struct make *m, const struct window *w)
{
	struct slot *s;
	uint64_t now;
	int status;
	pid_t pid = waitpid(-1, &status, 0);

	if (pid < 0)
		return -errno;
	if (status != 0)
		return -ECHILD;
	now = clock_ns();
	s = find_slot(m, pid);
	m->nr_done += window_has(w, now);
	if (window_has(w, s->begun))
		histogram_add(&m->times, now - s->begun);
	s->pid = 0;
	m->nr_running--;
	return 0;
}

static int make_main(void *arg, const struct window *w)
{
	struct make *m = arg;
	int r = 0;

	while (r >= 0 && (m->nr_running > 0 || clock_ns() < w->end)) {
		if (m->nr_running < m->nr_slots && clock_ns() < w->end)
			r = start_job(m);
		else
			r = await_job(m, w);
	}
	return r;
}

static int measure(const struct conf *conf, struct make *m)
{
	_cleanup_crew_ struct crew crew = {};
	pid_t pid;

	if (crew_init(&crew, 1) < 0)
		return log_errno(-ENOMEM, "cannot set up the processes: %m");
	pid = crew_add_process(&crew, "make", make_main, m);
	if (pid < 0)
		return pid;
	(void)crew_open(&crew, &conf->timing);
	return crew_join(&crew);
}

static int report(const struct conf *conf, const struct make *m, struct measurement *ret)
{
	const struct result jobs = {"jobs", "1/s", BETTER_HIGHER,
				    (double)m->nr_done * 1e3 / (double)conf->timing.runtime_ms};
	int r = results_add(ret, &jobs, 1);

	if (r < 0)
		return r;
	r = histogram_report(&m->times, "job", "ms", (double)NS_PER_MS, ret);
	return r < 0 ? log_errno(r, "no job was begun in the measured time: %m") : 0;
}

static const char *find_true(void)
{
	static const char *const places[] = {"/usr/bin/true", "/bin/true"};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (access(places[i], X_OK) == 0)
			return places[i];
	return NULL;
}

static int run(const void *userdata, double spin_per_us, struct measurement *ret)
{
	const struct conf *conf = userdata;
	const char *program = find_true();
	struct make *m;
	int r;

	if (!program)
		return log_errno(-ENOENT, "cannot execute true in /usr/bin or /bin: %m");
	m = shared_new(sizeof(*m));
	if (!m)
		return log_errno(-ENOMEM, "cannot set up the jobs: %m");
	m->program = program;
	m->nr_slots = (unsigned)conf->jobs ?: usable_cpus();
	if (m->nr_slots > JOBS_MAX)
		m->nr_slots = JOBS_MAX;
	m->turns = (uint64_t)((double)conf->compile_us * spin_per_us);
	histogram_init(&m->times);
	r = measure(conf, m);
	if (r >= 0)
		r = report(conf, m, ret);
	shared_free(m, sizeof(*m));
	return r;
}

const struct builtin_workload workload_forks = {
	.name = "forks",
	.summary = "short processes that come and go, as in a build",
	.options = options,
	.nr_options = ARRAY_SIZE(options),
	.defaults = &defaults,
	.conf_size = sizeof(struct conf),
	.run = run,
};
