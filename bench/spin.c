// SPDX-License-Identifier: GPL-2.0-only
/*
 * A turn is one multiplication and one addition, each of which needs the result of the one
 * before: the loop takes as long as these take the CPU, wherever the linker has put it and
 * whatever is in the caches.
 *
 * Calibration: a thread for each CPU, all at once, and the median of all their tries. A try is
 * longer than emulators and hypervisors let one CPU run on while another one waits.
 */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "bench/spin.h"
#include "bench/workloads/crew.h"

#define TRY_NS 10000000
#define NR_TRIES 7

struct calibration {
	pthread_t thread;
	double tries[NR_TRIES]; /* turns in a microsecond */
};

__attribute__((noinline)) void spin(uint64_t turns)
{
	uint64_t x = turns;

	for (; turns > 0; turns--) {
		x = x * 6364136223846793005ULL + 1442695040888963407ULL;
		__asm__ volatile("" : "+r"(x));
	}
}

static uint64_t thread_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static double try_turns(uint64_t turns, uint64_t *ret_ns)
{
	uint64_t begin = thread_ns();

	spin(turns);
	*ret_ns = thread_ns() - begin;
	return *ret_ns > 0 ? (double)turns * 1000 / (double)*ret_ns : 0;
}

static void *calibrate(void *arg)
{
	struct calibration *c = arg;
	uint64_t turns = 64, ns;

	do
		turns *= 2;
	while (try_turns(turns, &ns) <= 0 || ns < TRY_NS);
	for (unsigned i = 0; i < NR_TRIES; i++)
		c->tries[i] = try_turns(turns, &ns);
	return NULL;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The median of all tries of @nr threads, the first of which is this one. */
static double calibrate_all(struct calibration *c, double *tries, unsigned nr)
{
	unsigned running = 1, nr_tries = 0;

	/* with fewer threads than CPUs it is still a number to work with */
	while (running < nr &&
	       pthread_create(&c[running].thread, NULL, calibrate, &c[running]) == 0)
		running++;
	(void)calibrate(&c[0]);
	for (unsigned i = 1; i < running; i++)
		(void)pthread_join(c[i].thread, NULL);
	for (unsigned i = 0; i < running; i++)
		for (unsigned k = 0; k < NR_TRIES; k++)
			tries[nr_tries++] = c[i].tries[k];
	qsort(tries, nr_tries, sizeof(*tries), compare);
	return tries[nr_tries / 2];
}

double spin_calibrate(void)
{
	unsigned nr = usable_cpus();
	_cleanup_free_ struct calibration *c = calloc(nr, sizeof(*c));
	_cleanup_free_ double *tries = calloc(nr, sizeof(c->tries));
	struct calibration alone;

	if (c && tries)
		return calibrate_all(c, tries, nr);
	return calibrate_all(&alone, (double[NR_TRIES]){0}, 1);
}
