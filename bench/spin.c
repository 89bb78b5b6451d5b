// SPDX-License-Identifier: GPL-2.0-only
/*
 * A turn is one multiplication and one addition, each of which needs the result of the one
 * before: the loop takes as long as these take the CPU, wherever the linker has put it and
 * whatever is in the caches.
 *
 * Calibration: a thread for each CPU, each of which goes on until all have measured. The time is
 * long beside that for which emulators and hypervisors let one CPU wait for another.
 */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "bench/spin.h"
#include "bench/workloads/crew.h"

#define CHUNK 10000
#define CALIBRATION_NS 200000000

struct calibration {
	uint64_t turns, ns;   /* of all threads */
	unsigned nr, nr_done; /* threads */
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

static void *calibrate(void *arg)
{
	struct calibration *c = arg;
	uint64_t turns = 0, begin = thread_ns(), ns;

	do {
		spin(CHUNK);
		turns += CHUNK;
		ns = thread_ns() - begin;
	} while (ns < CALIBRATION_NS);
	(void)__atomic_add_fetch(&c->turns, turns, __ATOMIC_RELAXED);
	(void)__atomic_add_fetch(&c->ns, ns, __ATOMIC_RELAXED);
	(void)__atomic_add_fetch(&c->nr_done, 1, __ATOMIC_RELEASE);
	while (__atomic_load_n(&c->nr_done, __ATOMIC_ACQUIRE) <
	       __atomic_load_n(&c->nr, __ATOMIC_RELAXED))
		spin(CHUNK);
	return NULL;
}

double spin_calibrate(void)
{
	struct calibration c = {.nr = usable_cpus()};
	_cleanup_free_ pthread_t *threads = calloc(c.nr, sizeof(*threads));
	unsigned running = 1;

	while (threads && running < c.nr &&
	       pthread_create(&threads[running], NULL, calibrate, &c) == 0)
		running++;
	/* with fewer threads than CPUs it is still a number to work with */
	__atomic_store_n(&c.nr, running, __ATOMIC_RELAXED);
	(void)calibrate(&c);
	for (unsigned i = 1; i < running; i++)
		(void)pthread_join(threads[i], NULL);
	return (double)c.turns * 1000 / (double)c.ns;
}
