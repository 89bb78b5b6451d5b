// SPDX-License-Identifier: GPL-2.0-only
// clang-format off
/*
 * workload: what the guest tests measure schedulers with.
 *
 *	workload pipe SECONDS      one byte there and back between two processes:
 *	                           median_ns=X rounds=N
 *	workload hogs N SECONDS    N processes that never sleep: cpu_over_wall=X
 *	                           max_deviation_percent=X longest_wait_ms=X, of any for the CPU,
 *	                           then ms of CPU of each
 *	workload light N SECONDS   N processes that wake every 5 ms and run 1 ms: distinct_cpus=N
 *	workload bursts N SECONDS  N processes that run for 2.5 ms of CPU time and rest for 1 ms:
 *	                           involuntary_switches=N of them all
 *
 * One static file without libraries of ours: the guest has nothing but the packages.
 */
// clang-format on
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TASKS_MAX 256
#define ROUNDS_MAX (1 << 20)
#define CPUS_MAX 4096
#define NS_PER_S 1000000000ULL
#define LIGHT_RUN_NS 1000000ULL
#define LIGHT_SLEEP_NS 4000000L
#define BURST_RUN_NS 2500000ULL
#define BURST_SLEEP_NS 1000000L

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static uint64_t now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

static void *shared_memory(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	return p;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void echo(int in, int out)
{
	char byte;

	while (read(in, &byte, 1) == 1)
		if (write(out, &byte, 1) != 1)
			break;
	exit(0);
}

static int run_pipe(uint64_t end)
{
	uint64_t *ns = shared_memory(ROUNDS_MAX * sizeof(*ns));
	int to[2], from[2];
	size_t n = 0;
	char byte = 0;
	pid_t pid;

	if (pipe(to) < 0 || pipe(from) < 0)
		die("pipe");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		(void)close(to[1]);
		echo(to[0], from[1]);
	}
	while (n < ROUNDS_MAX) {
		uint64_t begin = now_ns();

		if (begin >= end)
			break;
		if (write(to[1], &byte, 1) != 1 || read(from[0], &byte, 1) != 1)
			die("pipe");
		ns[n++] = now_ns() - begin;
	}
	(void)close(to[1]);
	(void)waitpid(pid, NULL, 0);
	qsort(ns, n, sizeof(*ns), compare);
	printf("median_ns=%llu rounds=%zu\n", (unsigned long long)(n ? ns[n / 2] : 0), n);
	return n == 0;
}

/* What the child @pid has used, which ends by itself. */
static struct rusage usage_of(pid_t pid)
{
	struct rusage usage;
	int status;

	if (wait4(pid, &status, 0, &usage) != pid || status != 0)
		die("wait4");
	return usage;
}

static double cpu_ms_of(pid_t pid)
{
	struct rusage usage = usage_of(pid);

	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

/* Returns the longest time, in ns, that it did not run. */
static uint64_t spin_until(uint64_t end)
{
	uint64_t last = now_ns(), longest = 0;

	while (last < end) {
		uint64_t now;

		for (volatile int i = 0; i < 1000; i++)
			;
		now = now_ns();
		if (now - last > longest)
			longest = now - last;
		last = now;
	}
	return longest;
}

static int run_hogs(unsigned nr, uint64_t begin, uint64_t end)
{
	double ms[TASKS_MAX], sum = 0, worst = 0, wall_ms = (double)(end - begin) / 1e6;
	uint64_t *waited = shared_memory(nr * sizeof(*waited)), longest = 0;
	pid_t pids[TASKS_MAX];

	for (unsigned i = 0; i < nr; i++) {
		pids[i] = fork();
		if (pids[i] < 0)
			die("fork");
		if (pids[i] == 0) {
			waited[i] = spin_until(end);
			_exit(0);
		}
	}
	for (unsigned i = 0; i < nr; i++)
		sum += ms[i] = cpu_ms_of(pids[i]);
	for (unsigned i = 0; i < nr; i++) {
		double deviation = 100 * (ms[i] * nr / sum - 1);

		if (deviation < 0)
			deviation = -deviation;
		if (deviation > worst)
			worst = deviation;
		if (waited[i] > longest)
			longest = waited[i];
	}
	printf("cpu_over_wall=%.3f max_deviation_percent=%.2f longest_wait_ms=%.0f\n",
	       sum / wall_ms, worst, (double)longest / 1e6);
	for (unsigned i = 0; i < nr; i++)
		printf("%.0f%c", ms[i], i + 1 == nr ? '\n' : ' ');
	return 0;
}

static void light_task(uint64_t end, char *used)
{
	const struct timespec rest = {.tv_nsec = LIGHT_SLEEP_NS};

	while (now_ns() < end) {
		uint64_t stop = now_ns() + LIGHT_RUN_NS;

		do {
			int cpu = sched_getcpu();

			if (cpu >= 0 && cpu < CPUS_MAX)
				used[cpu] = 1;
		} while (now_ns() < stop);
		(void)nanosleep(&rest, NULL);
	}
	_exit(0);
}

static int run_light(unsigned nr, uint64_t end)
{
	char *used = shared_memory(CPUS_MAX);
	unsigned distinct = 0;

	for (unsigned i = 0; i < nr; i++) {
		pid_t pid = fork();

		if (pid < 0)
			die("fork");
		if (pid == 0)
			light_task(end, used);
	}
	while (wait(NULL) > 0)
		;
	for (int cpu = 0; cpu < CPUS_MAX; cpu++)
		distinct += used[cpu];
	printf("distinct_cpus=%u\n", distinct);
	return 0;
}

static void bursts_until(uint64_t end)
{
	const struct timespec rest = {.tv_nsec = BURST_SLEEP_NS};

	while (now_ns() < end) {
		uint64_t stop = clock_ns(CLOCK_PROCESS_CPUTIME_ID) + BURST_RUN_NS;

		while (clock_ns(CLOCK_PROCESS_CPUTIME_ID) < stop)
			;
		(void)nanosleep(&rest, NULL);
	}
	_exit(0);
}

static int run_bursts(unsigned nr, uint64_t end)
{
	pid_t pids[TASKS_MAX];
	long sum = 0;

	for (unsigned i = 0; i < nr; i++) {
		pids[i] = fork();
		if (pids[i] < 0)
			die("fork");
		if (pids[i] == 0)
			bursts_until(end);
	}
	for (unsigned i = 0; i < nr; i++)
		sum += usage_of(pids[i]).ru_nivcsw;
	printf("involuntary_switches=%ld\n", sum);
	return 0;
}

static int usage(void)
{
	fputs("usage: workload pipe SECONDS | hogs N SECONDS | light N SECONDS | bursts N SECONDS\n",
	      stderr);
	return 2;
}

int main(int argc, char **argv)
{
	uint64_t begin = now_ns(), end;
	int nr;

	if (argc < 3 || atoi(argv[argc - 1]) <= 0)
		return usage();
	end = begin + (uint64_t)atoi(argv[argc - 1]) * NS_PER_S;
	if (strcmp(argv[1], "pipe") == 0 && argc == 3)
		return run_pipe(end);
	nr = argc == 4 ? atoi(argv[2]) : 0;
	if (nr < 1 || nr > TASKS_MAX)
		return usage();
	if (strcmp(argv[1], "hogs") == 0)
		return run_hogs((unsigned)nr, begin, end);
	if (strcmp(argv[1], "light") == 0)
		return run_light((unsigned)nr, end);
	if (strcmp(argv[1], "bursts") == 0)
		return run_bursts((unsigned)nr, end);
	return usage();
}
