// SPDX-License-Identifier: GPL-2.0-only
/*
 * The gate is one word in shared memory: shut, open, or cancelled. Who comes to it counts
 * itself and sleeps; who adds members waits for each before it adds the next.
 */
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/log.h"

#include "bench/workloads/clock.h"
#include "bench/workloads/crew.h"

#define CPUS_MAX 65536

enum { GATE_SHUT, GATE_OPEN, GATE_CANCELLED };

struct gate {
	uint32_t state;
	uint32_t nr_ready;
	struct window window;
};

struct member {
	const char *name;
	crew_main main;
	void *arg;
	struct gate *gate;
	pid_t pid; /* 0: a thread; -1: one that has been waited for */
	pthread_t thread;
	int result; /* of a thread */
};

static long gate_futex(const uint32_t *word, int op, uint32_t value, const struct timespec *timeout)
{
	return syscall(SYS_futex, word, op, value, timeout, NULL, 0);
}

void *shared_new(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void shared_free(void *p, size_t size)
{
	if (p)
		(void)munmap(p, size);
}

unsigned usable_cpus(void)
{
	cpu_set_t *set = CPU_ALLOC(CPUS_MAX);
	int count = 0;

	if (set && sched_getaffinity(0, CPU_ALLOC_SIZE(CPUS_MAX), set) == 0)
		count = CPU_COUNT_S(CPU_ALLOC_SIZE(CPUS_MAX), set);
	CPU_FREE(set);
	return count > 0 ? (unsigned)count : 1;
}

int crew_init(struct crew *c, size_t max)
{
	*c = (struct crew){
		.gate = shared_new(sizeof(*c->gate)),
		.members = calloc(max, sizeof(*c->members)),
		.max = max,
	};
	return c->gate && c->members ? 0 : -ENOMEM;
}

/* In the member: waits for the gate, then works. */
static int member_run(struct member *m)
{
	struct gate *g = m->gate;
	uint32_t state;

	(void)prctl(PR_SET_NAME, m->name);
	(void)__atomic_add_fetch(&g->nr_ready, 1, __ATOMIC_SEQ_CST);
	(void)gate_futex(&g->nr_ready, FUTEX_WAKE, 1, NULL);
	while ((state = __atomic_load_n(&g->state, __ATOMIC_SEQ_CST)) == GATE_SHUT)
		(void)gate_futex(&g->state, FUTEX_WAIT, GATE_SHUT, NULL);
	return state == GATE_OPEN ? m->main(m->arg, &g->window) : 0;
}

static void *thread_main(void *arg)
{
	struct member *m = arg;

	m->result = member_run(m);
	return NULL;
}

/* The other side of fork(). */
static void __attribute__((noreturn)) process_main(struct member *m, pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(ECHILD);
	_exit(-member_run(m));
}

/* Waits until the member @m has come to the gate, or has died on the way. */
static int await_member(struct crew *c, struct member *m)
{
	const struct timespec moment = {.tv_nsec = 50 * NS_PER_MS};
	uint32_t nr;

	while ((nr = __atomic_load_n(&c->gate->nr_ready, __ATOMIC_SEQ_CST)) <= c->nr) {
		(void)gate_futex(&c->gate->nr_ready, FUTEX_WAIT, nr, &moment);
		if (m->pid && waitpid(m->pid, NULL, WNOHANG) != 0) {
			log_error("process '%s' ended before it began", m->name);
			return -ECHILD;
		}
	}
	c->nr++;
	return 0;
}

static struct member *new_member(struct crew *c, const char *name, crew_main main, void *arg)
{
	struct member *m = &c->members[c->nr];

	if (c->nr == c->max) {
		(void)log_errno(-E2BIG, "cannot add '%s': %m", name);
		return NULL;
	}
	*m = (struct member){.name = name, .main = main, .arg = arg, .gate = c->gate};
	return m;
}

int crew_add_thread(struct crew *c, const char *name, crew_main main, void *arg)
{
	struct member *m = new_member(c, name, main, arg);
	int r;

	if (!m)
		return -E2BIG;
	r = -pthread_create(&m->thread, NULL, thread_main, m);
	if (r < 0)
		return log_errno(r, "cannot start thread '%s': %m", name);
	return await_member(c, m);
}

pid_t crew_add_process(struct crew *c, const char *name, crew_main main, void *arg)
{
	struct member *m = new_member(c, name, main, arg);
	pid_t parent = getpid(), pid;
	int r;

	if (!m)
		return -E2BIG;
	pid = fork();
	if (pid < 0)
		return log_errno(-errno, "cannot start process '%s': %m", name);
	if (pid == 0)
		process_main(m, parent);
	m->pid = pid;
	r = await_member(c, m);
	return r < 0 ? r : pid;
}

static void set_gate(struct gate *g, uint32_t state)
{
	__atomic_store_n(&g->state, state, __ATOMIC_SEQ_CST);
	(void)gate_futex(&g->state, FUTEX_WAKE, INT32_MAX, NULL);
}

const struct window *crew_open(struct crew *c, const struct timing *t)
{
	struct window *w = &c->gate->window;

	w->open = clock_ns();
	w->begin = w->open + t->warmup_ms * NS_PER_MS;
	w->end = w->begin + t->runtime_ms * NS_PER_MS;
	set_gate(c->gate, GATE_OPEN);
	return w;
}

static int join_thread(struct member *m)
{
	(void)pthread_join(m->thread, NULL);
	m->pid = -1;
	if (m->result < 0)
		return log_errno(m->result, "thread '%s': %m", m->name);
	return 0;
}

static int join_process(struct member *m)
{
	int status;
	pid_t pid = m->pid;

	m->pid = -1;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return log_errno(-errno, "cannot wait for process '%s': %m", m->name);
	if (WIFSIGNALED(status)) {
		log_error("process '%s' was killed by signal %d", m->name, WTERMSIG(status));
		return -ECHILD;
	}
	if (WEXITSTATUS(status) != 0)
		return log_errno(-WEXITSTATUS(status), "process '%s': %m", m->name);
	return 0;
}

int crew_join(struct crew *c)
{
	int result = 0, r;

	for (size_t i = 0; i < c->nr; i++) {
		if (c->members[i].pid != 0)
			continue;
		r = join_thread(&c->members[i]);
		result = result ?: r;
	}
	__atomic_store_n(&c->gate->window.is_over, 1, __ATOMIC_SEQ_CST);
	for (size_t i = 0; i < c->nr; i++) {
		if (c->members[i].pid <= 0)
			continue;
		r = join_process(&c->members[i]);
		result = result ?: r;
	}
	return result;
}

void crew_finish(struct crew *c)
{
	if (c->gate && c->gate->state == GATE_SHUT)
		set_gate(c->gate, GATE_CANCELLED);
	for (size_t i = 0; i < c->nr; i++) {
		if (c->members[i].pid > 0) {
			(void)kill(c->members[i].pid, SIGKILL);
			(void)waitpid(c->members[i].pid, NULL, 0);
		} else if (c->members[i].pid == 0) {
			(void)pthread_join(c->members[i].thread, NULL);
		}
	}
	free(c->members);
	shared_free(c->gate, sizeof(*c->gate));
}
