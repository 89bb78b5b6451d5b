// SPDX-License-Identifier: GPL-2.0-only
/*
 * What Chris Mason's program schbench does, by its definitions and with its parameters; the
 * code is another.
 *
 * M message threads have T worker threads each. A worker puts itself on the list of its message
 * thread, wakes that and sleeps. The message thread takes the whole list, reads the clock once,
 * and wakes each worker on it: from that reading until the worker runs is its WAKEUP latency,
 * so that it also covers a message thread that lost its CPU half way through the list.
 *
 * Then the worker sleeps for a while, as if for the network, and works: N times it multiplies two
 * matrices, which together with the product fill the given footprint. Both together are the
 * REQUEST latency. While it works it holds the lock of the CPU it is on, for which others spin:
 * a worker that loses the CPU in its work costs everyone who comes to that CPU their time.
 *
 *	worker   |queued|  wakeup  |    sleep    | spin | work |queued|
 *	message         ^clock, wake             '--- lock of the CPU
 *	                           |--------- request --------|
 *
 * With --rps the message threads do not wait to be asked: at the beginning of each second they hand
 * out what is due in it, to one worker after the other; one that has too many is passed over, and
 * the request is lost.
 */
#include <math.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/histogram.h"
#include "bench/workloads/builtin.h"
#include "bench/workloads/clock.h"
#include "bench/workloads/crew.h"
#include "bench/workloads/definitions.h"
#include "bench/workloads/futex.h"

#include "lib/log.h"

#define THREADS_MAX 4096
#define PENDING_MAX 128
#define PASSED_OVER_US 100

struct conf {
	struct timing timing;
	uint64_t message_threads, threads, sleep_us, footprint_kb, operations, rps;
	uint8_t no_locking, calibrate;
};

// clang-format off
static const struct option_info options[] = {
	{"message-threads", 'm', OPTION_NUMBER, offsetof(struct conf, message_threads), "N",
	 "message threads", 1, THREADS_MAX},
	{"threads", 't', OPTION_NUMBER, offsetof(struct conf, threads), "N",
	 "workers of each; 0: as many as make one for each CPU", 0, THREADS_MAX},
	{"sleep-us", 's', OPTION_NUMBER, offsetof(struct conf, sleep_us), "US",
	 "sleep of a request", 0, 10000000},
	{"footprint-kb", 'F', OPTION_NUMBER, offsetof(struct conf, footprint_kb), "KB",
	 "memory a worker works on", 1, 1048576},
	{"operations", 'n', OPTION_NUMBER, offsetof(struct conf, operations), "N",
	 "multiplications of a request", 0, 100000},
	{"rps", 'R', OPTION_NUMBER, offsetof(struct conf, rps), "N",
	 "hand out N requests a second; 0: one whenever a worker asks", 0, 10000000},
	{"no-locking", 'L', OPTION_FLAG, offsetof(struct conf, no_locking), NULL,
	 "work without the lock"},
	{"calibrate", 'C', OPTION_FLAG, offsetof(struct conf, calibrate), NULL,
	 "work without the lock, and leave the sleep out of the request latency"},
	TIMING_OPTIONS(struct conf),
};
// clang-format on

static const struct conf defaults = {
	.timing = TIMING_DEFAULTS,
	.message_threads = 1,
	.sleep_us = 100,
	.footprint_kb = 256,
	.operations = 5,
};

struct bench;

struct worker {
	struct worker *next; /* on the list of its message thread */
	struct messenger *messenger;
	uint32_t event;    /* posted: there is a request */
	uint32_t pending;  /* with --rps: requests handed out and not taken */
	uint64_t woken_ns; /* the clock of its message thread */
	uint64_t nr_done;  /* requests, ever; read by the main thread */
	uint64_t nr_done_in_window;
	unsigned long *matrices; /* two factors, and the product */
	struct histogram wakeup, request;
} __attribute__((aligned(128)));

struct messenger {
	struct bench *bench;
	struct worker *list;    /* who asks for a request */
	struct worker *workers; /* its own */
	uint32_t event;         /* posted: look at the list */
} __attribute__((aligned(128)));

struct cpu_lock {
	uint32_t is_locked;
} __attribute__((aligned(128)));

struct bench {
	struct conf conf; /* threads is not 0 */
	size_t side;      /* of a matrix */
	size_t nr_workers, nr_locks;
	uint32_t is_over;
	struct messenger *messengers;
	struct worker *workers;
	struct cpu_lock *locks;
	unsigned long *memory; /* all matrices */
	double *samples;       /* requests in each full second */
	size_t nr_samples;
};

/* Spins for the lock of the CPU it is on once it has it. */
static struct cpu_lock *lock_cpu(const struct bench *b)
{
	for (;;) {
		size_t cpu = (size_t)sched_getcpu();
		struct cpu_lock *lock = &b->locks[cpu % b->nr_locks];

		while (__atomic_exchange_n(&lock->is_locked, 1, __ATOMIC_ACQUIRE))
			cpu_relax();
		if ((size_t)sched_getcpu() == cpu)
			return lock;
		__atomic_store_n(&lock->is_locked, 0, __ATOMIC_RELEASE);
	}
}

static void multiply(unsigned long *product, const unsigned long *a, const unsigned long *b,
		     size_t side)
{
	memset(product, 0, side * side * sizeof(*product));
	for (size_t row = 0; row < side; row++)
		for (size_t column = 0; column < side; column++)
			for (size_t i = 0; i < side; i++)
				product[row * side + column] +=
					a[row * side + i] * b[i * side + column];
}

static void work(const struct bench *b, const struct worker *w)
{
	size_t size = b->side * b->side;
	struct cpu_lock *lock = NULL;

	if (!b->conf.no_locking && !b->conf.calibrate)
		lock = lock_cpu(b);
	for (uint64_t i = 0; i < b->conf.operations; i++)
		multiply(&w->matrices[2 * size], w->matrices, &w->matrices[size], b->side);
	if (lock)
		__atomic_store_n(&lock->is_locked, 0, __ATOMIC_RELEASE);
}

static bool is_over(const struct bench *b)
{
	return __atomic_load_n(&b->is_over, __ATOMIC_ACQUIRE);
}

static void ask(struct worker *w)
{
	struct messenger *m = w->messenger;

	w->next = __atomic_load_n(&m->list, __ATOMIC_RELAXED);
	while (!__atomic_compare_exchange_n(&m->list, &w->next, w, true, __ATOMIC_RELEASE,
					    __ATOMIC_RELAXED))
		;
	event_post(&m->event);
}

/* Sleeps until it is woken; by a message thread, or because it is over. */
static void sleep_and_time(struct worker *w, const struct window *window)
{
	uint64_t woken, now;

	event_wait(&w->event);
	now = clock_ns();
	woken = __atomic_exchange_n(&w->woken_ns, 0, __ATOMIC_ACQ_REL);
	if (window_has(window, woken))
		histogram_add(&w->wakeup, now - woken);
}

/* With --rps: what was handed out already is taken without sleeping; 0 if it is over. */
static uint32_t await_pending(const struct bench *b, struct worker *w, const struct window *window)
{
	uint32_t nr;

	for (;;) {
		/* it may still be posted for requests that were taken without it */
		(void)__atomic_exchange_n(&w->event, 0, __ATOMIC_SEQ_CST);
		__atomic_store_n(&w->woken_ns, 0, __ATOMIC_RELAXED);
		nr = __atomic_exchange_n(&w->pending, 0, __ATOMIC_SEQ_CST);
		if (nr > 0 || is_over(b))
			return nr;
		sleep_and_time(w, window);
	}
}

/* Waits for requests; how many there are for this worker, 0: there will be none any more. */
static uint32_t get_requests(const struct bench *b, struct worker *w, const struct window *window)
{
	uint32_t nr = 1;

	if (is_over(b))
		return 0;
	if (b->conf.rps > 0) {
		nr = await_pending(b, w, window);
	} else {
		ask(w);
		sleep_and_time(w, window);
	}
	return is_over(b) ? 0 : nr;
}

static void serve(const struct bench *b, struct worker *w, const struct window *window)
{
	const struct timespec pause = {.tv_sec = (time_t)(b->conf.sleep_us / 1000000),
				       .tv_nsec = (long)(b->conf.sleep_us % 1000000 * 1000)};
	uint64_t begun = clock_ns(), ended;

	if (b->conf.sleep_us > 0)
		(void)nanosleep(&pause, NULL);
	if (b->conf.calibrate)
		begun = clock_ns();
	work(b, w);
	ended = clock_ns();
	if (window_has(window, begun))
		histogram_add(&w->request, ended - begun);
	w->nr_done_in_window += window_has(window, ended);
	__atomic_store_n(&w->nr_done, w->nr_done + 1, __ATOMIC_RELAXED);
}

static int worker_main(void *arg, const struct window *window)
{
	struct worker *w = arg;
	const struct bench *b = w->messenger->bench;
	uint32_t nr;

	while ((nr = get_requests(b, w, window)) > 0)
		for (; nr > 0 && !is_over(b); nr--)
			serve(b, w, window);
	return 0;
}

static int answer_main(void *arg, const struct window *window _unused_)
{
	struct messenger *m = arg;

	while (!is_over(m->bench)) {
		struct worker *w = __atomic_exchange_n(&m->list, NULL, __ATOMIC_ACQUIRE), *next;
		uint64_t now = clock_ns();

		for (; w; w = next) {
			next = w->next; /* it may be on the list again before we look */
			__atomic_store_n(&w->woken_ns, now, __ATOMIC_RELEASE);
			event_post(&w->event);
		}
		event_wait(&m->event);
	}
	return 0;
}

/* With --rps: false if the worker has too many. */
static bool hand_out(struct worker *w, uint64_t now)
{
	if (__atomic_load_n(&w->pending, __ATOMIC_ACQUIRE) > PENDING_MAX)
		return false;
	(void)__atomic_add_fetch(&w->pending, 1, __ATOMIC_SEQ_CST);
	__atomic_store_n(&w->woken_ns, now, __ATOMIC_RELEASE);
	event_post(&w->event);
	return true;
}

static int hand_out_main(void *arg, const struct window *window)
{
	struct messenger *m = arg;
	const struct conf *conf = &m->bench->conf;
	const uint64_t nr = conf->rps / conf->message_threads;
	uint64_t turn = 0, begun, now;

	while ((begun = clock_ns()) < window->end) {
		for (uint64_t i = 0; i < nr && (now = clock_ns()) < window->end; i++)
			if (!hand_out(&m->workers[turn++ % conf->threads], now))
				(void)usleep(PASSED_OVER_US);
		sleep_until_ns(begun + NS_PER_S < window->end ? begun + NS_PER_S : window->end);
	}
	return 0;
}

static void bench_finish(struct bench *b)
{
	free(b->samples);
	shared_free(b->memory, b->nr_workers * 3 * b->side * b->side * sizeof(*b->memory));
	shared_free(b->locks, b->nr_locks * sizeof(*b->locks));
	shared_free(b->workers, b->nr_workers * sizeof(*b->workers));
	shared_free(b->messengers, b->conf.message_threads * sizeof(*b->messengers));
}
#define _cleanup_bench_ _cleanup_(bench_finish)

static int bench_allocate(struct bench *b)
{
	size_t size = 3 * b->side * b->side;

	b->samples = calloc(b->conf.timing.runtime_ms / 1000 + 1, sizeof(*b->samples));
	b->memory = shared_new(b->nr_workers * size * sizeof(*b->memory));
	b->locks = shared_new(b->nr_locks * sizeof(*b->locks));
	b->workers = shared_new(b->nr_workers * sizeof(*b->workers));
	b->messengers = shared_new(b->conf.message_threads * sizeof(*b->messengers));
	if (!b->samples || !b->memory || !b->locks || !b->workers || !b->messengers)
		return -ENOMEM;
	for (size_t i = 0; i < b->nr_workers * size; i++)
		b->memory[i] = i;
	return 0;
}

static int bench_init(struct bench *b, const struct conf *conf)
{
	uint64_t m = conf->message_threads;
	int r;

	b->conf = *conf;
	b->conf.threads = conf->threads ?: (usable_cpus() + m - 1) / m;
	b->nr_workers = m * b->conf.threads;
	b->nr_locks = (size_t)sysconf(_SC_NPROCESSORS_CONF);
	b->side = (size_t)sqrt((double)conf->footprint_kb * 1024 / 3 / sizeof(*b->memory));
	r = bench_allocate(b);
	if (r < 0)
		return log_errno(r, "cannot set up %zu workers of %llu KiB: %m", b->nr_workers,
				 (unsigned long long)conf->footprint_kb);
	for (size_t i = 0; i < m; i++)
		b->messengers[i] =
			(struct messenger){.bench = b, .workers = &b->workers[i * b->conf.threads]};
	for (size_t i = 0; i < b->nr_workers; i++) {
		struct worker *w = &b->workers[i];

		w->messenger = &b->messengers[i / b->conf.threads];
		w->matrices = &b->memory[i * 3 * b->side * b->side];
		histogram_init(&w->wakeup);
		histogram_init(&w->request);
	}
	return 0;
}

static int start(struct bench *b, struct crew *crew)
{
	crew_main messenger_main = b->conf.rps > 0 ? hand_out_main : answer_main;
	int r = 0;

	for (size_t i = 0; i < b->conf.message_threads && r >= 0; i++)
		r = crew_add_thread(crew, "schbench-msg", messenger_main, &b->messengers[i]);
	for (size_t i = 0; i < b->nr_workers && r >= 0; i++)
		r = crew_add_thread(crew, "schbench-worker", worker_main, &b->workers[i]);
	return r;
}

static uint64_t requests_done(const struct bench *b)
{
	uint64_t nr = 0;

	for (size_t i = 0; i < b->nr_workers; i++)
		nr += __atomic_load_n(&b->workers[i].nr_done, __ATOMIC_RELAXED);
	return nr;
}

/* A sample each second, over the time that has really passed, and then the end. */
static void sample_until_end(struct bench *b, const struct window *w)
{
	uint64_t last, now, before, done;

	sleep_until_ns(w->begin);
	last = clock_ns();
	before = requests_done(b);
	for (uint64_t due = w->begin + NS_PER_S; due <= w->end; due += NS_PER_S) {
		sleep_until_ns(due);
		now = clock_ns();
		done = requests_done(b);
		b->samples[b->nr_samples++] = (double)(done - before) * 1e9 / (double)(now - last);
		last = now;
		before = done;
	}
	sleep_until_ns(w->end);
	__atomic_store_n(&b->is_over, 1, __ATOMIC_SEQ_CST);
	for (size_t i = 0; i < b->conf.message_threads; i++)
		event_post(&b->messengers[i].event);
	for (size_t i = 0; i < b->nr_workers; i++)
		event_post(&b->workers[i].event);
}

/* Adds up all workers in the first one. */
static int report(struct bench *b, struct measurement *ret)
{
	struct worker *all = &b->workers[0];
	double seconds = (double)b->conf.timing.runtime_ms / 1e3;
	int r;

	for (size_t i = 1; i < b->nr_workers; i++) {
		histogram_merge(&all->wakeup, &b->workers[i].wakeup);
		histogram_merge(&all->request, &b->workers[i].request);
		all->nr_done_in_window += b->workers[i].nr_done_in_window;
	}
	r = rps_report(b->samples, b->nr_samples, (double)all->nr_done_in_window / seconds, ret);
	if (r < 0)
		return r;
	r = histogram_report(&all->request, "request", "us", (double)NS_PER_US, ret);
	if (r >= 0)
		r = histogram_report(&all->wakeup, "wakeup", "us", (double)NS_PER_US, ret);
	return r < 0 ? log_errno(r, "no request was begun in the measured time: %m") : 0;
}

static int check(const struct conf *conf)
{
	if (conf->rps == 0 || conf->rps >= conf->message_threads)
		return 0;
	log_error(
		"--rps: %llu requests a second are less than one for each of %llu message threads",
		(unsigned long long)conf->rps, (unsigned long long)conf->message_threads);
	return -EINVAL;
}

static int run(const void *conf, double spin_per_us _unused_, struct measurement *ret)
{
	_cleanup_bench_ struct bench bench = {};
	_cleanup_crew_ struct crew crew = {};
	int r = check(conf);

	if (r >= 0)
		r = bench_init(&bench, conf);
	if (r < 0)
		return r;
	if (crew_init(&crew, bench.conf.message_threads + bench.nr_workers) < 0)
		return log_errno(-ENOMEM, "cannot set up the threads: %m");
	r = start(&bench, &crew);
	if (r < 0)
		return r;
	sample_until_end(&bench, crew_open(&crew, &bench.conf.timing));
	r = crew_join(&crew);
	return r < 0 ? r : report(&bench, ret);
}

const struct builtin_workload workload_schbench = {
	.name = "schbench",
	.summary = "requests handed to worker threads, as Chris Mason's schbench has them",
	.options = options,
	.nr_options = ARRAY_SIZE(options),
	.defaults = &defaults,
	.conf_size = sizeof(struct conf),
	.run = run,
};
