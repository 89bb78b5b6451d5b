// SPDX-License-Identifier: GPL-2.0-only
/*
 * siblings: for how much of the time the two CPUs of a pair run tasks of different cgroups.
 *
 *	siblings SECONDS CPU,CPU...
 *
 * What it says is about all pairs together, in percent of their time:
 *	different   both run members of cgroups, not of the same one; longest_us: at a time
 *	same        both run members of the same cgroup
 *	kernel      one runs a thread of the kernel, the other a member of a cgroup
 *	realtime    one runs a real-time task, the other a member of a cgroup
 * and the rest of the time at most one of them runs anything that counts.
 *
 * It takes note of every context switch and of nothing else; what a scheduler says of itself plays
 * no part. A task that is moved to another cgroup counts as a member of that from when it is
 * next switched to.
 */
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/parse.h"
#include "lib/util.h"

#include "siblings.h"
#include "siblings.skel.h"

#define CPUS_MAX 64
#define PAIRS_MAX (CPUS_MAX / 2)
#define SECONDS_MAX 60
#define NS_PER_S 1000000000ULL

DEFINE_CLEANUP(struct siblings_bpf *, siblings_bpf__destroy)
DEFINE_CLEANUP(struct ring_buffer *, ring_buffer__free)

struct pair {
	unsigned cpus[2];
	struct switch_event last[2]; /* what its CPUs run */
	uint64_t since_ns;
};

enum share { NEITHER, DIFFERENT, SAME, KERNEL_BESIDE, REALTIME_BESIDE, NR_SHARES };

struct shares {
	uint64_t ns[NR_SHARES];
	uint64_t longest_ns; /* DIFFERENT at a time */
};

struct record {
	struct switch_event *events;
	size_t nr, capacity;
};

static void record_finish(struct record *record)
{
	free(record->events);
}

static uint64_t now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static int keep(void *data, void *event, size_t size)
{
	struct record *record = data;

	if (record->nr == record->capacity) {
		size_t capacity = record->capacity ? 2 * record->capacity : 4096;
		void *events = reallocarray(record->events, capacity, size);

		if (!events)
			return -ENOMEM;
		record->events = events;
		record->capacity = capacity;
	}
	memcpy(&record->events[record->nr++], event, size);
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct switch_event *x = a, *y = b;

	return (x->ns > y->ns) - (x->ns < y->ns);
}

/* The process goes to each CPU in turn: every one of them switches, and what it runs is known. */
static int visit(const struct pair *pairs, unsigned nr)
{
	cpu_set_t before, set;

	if (sched_getaffinity(0, sizeof(before), &before) < 0)
		return -errno;
	for (unsigned i = 0; i < 2 * nr; i++) {
		CPU_ZERO(&set);
		CPU_SET(pairs[i / 2].cpus[i % 2], &set);
		if (sched_setaffinity(0, sizeof(set), &set) < 0)
			return -errno;
	}
	return sched_setaffinity(0, sizeof(before), &before) < 0 ? -errno : 0;
}

static enum share share_of(const struct switch_event *a, const struct switch_event *b)
{
	if (a->occupant != MEMBER && b->occupant != MEMBER)
		return NEITHER;
	if (a->occupant == IDLE || b->occupant == IDLE)
		return NEITHER;
	if (a->occupant == KERNEL_THREAD || b->occupant == KERNEL_THREAD)
		return KERNEL_BESIDE;
	if (a->occupant == REALTIME || b->occupant == REALTIME)
		return REALTIME_BESIDE;
	return a->cgroup == b->cgroup ? SAME : DIFFERENT;
}

/* Until @ns the pair ran what it has been running. */
static void account(struct pair *pair, uint64_t ns, struct shares *shares)
{
	enum share share = share_of(&pair->last[0], &pair->last[1]);
	uint64_t passed = ns - pair->since_ns;

	if (ns <= pair->since_ns)
		return;
	pair->since_ns = ns;
	shares->ns[share] += passed;
	if (share == DIFFERENT && shares->longest_ns < passed)
		shares->longest_ns = passed;
}

static void add_up(struct pair *pair, const struct record *record, uint64_t end,
		   struct shares *shares)
{
	for (size_t i = 0; i < record->nr; i++) {
		const struct switch_event *event = &record->events[i];
		unsigned side = event->cpu == pair->cpus[1];

		if (event->cpu != pair->cpus[side] || event->ns > end)
			continue;
		account(pair, event->ns, shares);
		pair->last[side] = *event;
	}
	account(pair, end, shares);
}

static double percent(const struct shares *shares, enum share share)
{
	uint64_t all = 0;

	for (int i = 0; i < NR_SHARES; i++)
		all += shares->ns[i];
	return 100.0 * (double)shares->ns[share] / (double)all;
}

static void print_shares(const struct shares *shares)
{
	printf("different=%.3f longest_us=%llu same=%.3f kernel=%.3f realtime=%.3f\n",
	       percent(shares, DIFFERENT), (unsigned long long)shares->longest_ns / 1000,
	       percent(shares, SAME), percent(shares, KERNEL_BESIDE),
	       percent(shares, REALTIME_BESIDE));
}

static int measure(struct siblings_bpf *bpf, struct pair *pairs, unsigned nr, unsigned seconds)
{
	const struct timespec rest = {.tv_sec = seconds};
	_cleanup_(ring_buffer__freep) struct ring_buffer *ring = NULL;
	_cleanup_(record_finish) struct record record = {};
	struct shares shares = {};
	uint64_t begin, end;
	int r;

	ring = ring_buffer__new(bpf_map__fd(bpf->maps.events), keep, &record, NULL);
	if (!ring)
		return -errno;
	r = visit(pairs, nr);
	if (r < 0)
		return r;
	begin = now_ns();
	(void)clock_nanosleep(CLOCK_MONOTONIC, 0, &rest, NULL);
	end = now_ns();
	siblings_bpf__detach(bpf);
	r = ring_buffer__consume(ring);
	if (r < 0)
		return r;
	if (bpf->bss->nr_lost)
		return -ENOBUFS;
	qsort(record.events, record.nr, sizeof(*record.events), compare);
	for (unsigned i = 0; i < nr; i++) {
		pairs[i].since_ns = begin;
		add_up(&pairs[i], &record, end, &shares);
	}
	print_shares(&shares);
	return 0;
}

static int parse_pair(const char *s, struct pair *ret)
{
	bool set[CPUS_MAX];
	unsigned nr = 0;

	if (parse_cpu_list(s, set, CPUS_MAX) != 2)
		return -EINVAL;
	for (unsigned cpu = 0; cpu < CPUS_MAX; cpu++)
		if (set[cpu])
			ret->cpus[nr++] = cpu;
	return 0;
}

static int run(uint64_t seconds, struct pair *pairs, unsigned nr)
{
	_cleanup_(siblings_bpf__destroyp) struct siblings_bpf *bpf = siblings_bpf__open_and_load();
	int r;

	if (!bpf)
		return -errno;
	r = siblings_bpf__attach(bpf);
	return r < 0 ? r : measure(bpf, pairs, nr, (unsigned)seconds);
}

static int usage(void)
{
	fputs("usage: siblings SECONDS CPU,CPU...\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	struct pair pairs[PAIRS_MAX] = {};
	uint64_t seconds;
	unsigned nr = 0;
	int r;

	if (argc < 3 || argc - 2 > PAIRS_MAX || parse_u64(argv[1], 1, SECONDS_MAX, &seconds) < 0)
		return usage();
	for (int i = 2; i < argc; i++)
		if (parse_pair(argv[i], &pairs[nr++]) < 0)
			return usage();
	r = run(seconds, pairs, nr);
	if (r < 0)
		fprintf(stderr, "siblings: %s\n", strerror(-r));
	return r < 0;
}
