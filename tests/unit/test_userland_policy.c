// SPDX-License-Identifier: GPL-2.0-only
/* The process of scx_userland with the test in place of its BPF side. */
#include <pthread.h>
#include <sched.h>

#include "scx_userland/policy.h"

#include "test.h"

#define MS 1000000ULL
#define CAPACITY 16

static struct {
	struct userland_ready sent[CAPACITY];
	size_t nr_sent, ring_size;
	/* what the kernel does at this send: it takes all, and they get CPUs */
	size_t hungry_at;
} fake;

/* A CPU that takes whatever is sent, looks for more as BPF does, and then has nothing to do. */
static struct {
	uint64_t sent;   /* to it */
	uint64_t looked; /* how many it had taken when it looked for more */
	uint64_t wakeups;
	uint64_t end;
} cpu;

static struct userland_shared shared;
static struct policy policy;

int transport_send(struct transport *t, const void *record, size_t size)
{
	assert_ptr_equal(t, policy.transport);
	assert_int_equal(size, sizeof(struct userland_ready));
	if (!t) {
		__atomic_add_fetch(&cpu.sent, 1, __ATOMIC_SEQ_CST);
		return 0;
	}
	if (fake.nr_sent == fake.ring_size)
		return -ENOSPC;
	memcpy(&fake.sent[fake.nr_sent++], record, size);
	if (fake.nr_sent == fake.hungry_at) {
		shared.taken = fake.nr_sent;
		shared.ready = 0;
	}
	return 0;
}

static int setup(void **state _unused_)
{
	memset(&fake, 0, sizeof(fake));
	fake.ring_size = CAPACITY;
	shared = (struct userland_shared){.vtime_now = 1000 * MS};
	policy = (struct policy){
		.batch = 4,
		.shared = &shared,
		.transport = (struct transport *)&fake,
	};
	return task_queue_new(CAPACITY, &policy.queue);
}

static int teardown(void **state _unused_)
{
	task_queue_free(policy.queue);
	return 0;
}

static void wait_for_cpu(uint32_t pid, uint64_t vtime, uint64_t used, uint32_t weight)
{
	const struct userland_waiting w = {
		.vtime = vtime, .used = used, .seq = pid + 100, .pid = pid, .weight = weight};

	assert_int_equal(policy_take(&policy, &w), 0);
}

static void check_sent(size_t i, uint32_t pid, uint64_t vtime)
{
	assert_true(i < fake.nr_sent);
	assert_int_equal(fake.sent[i].pid, pid);
	assert_int_equal(fake.sent[i].vtime, vtime);
	assert_int_equal(fake.sent[i].seq, pid + 100);
}

static void test_nothing_to_do(void **state _unused_)
{
	const struct userland_waiting request = {};

	shared.asked = 1;
	assert_int_equal(policy_take(&policy, &request), 0);
	policy_act(&policy);
	assert_int_equal(fake.nr_sent, 0);
	assert_int_equal(shared.asked, 0);
	assert_int_equal(shared.held, 0);
	assert_int_equal(policy.nr_received, 0);
}

static void test_order(void **state _unused_)
{
	wait_for_cpu(1, 1000 * MS, 30 * MS, 100);
	wait_for_cpu(2, 1000 * MS, 20 * MS, 33);
	wait_for_cpu(3, 1000 * MS, 20 * MS, 200);
	policy_act(&policy);
	assert_int_equal(fake.nr_sent, 3);
	check_sent(0, 3, 1010 * MS);
	check_sent(1, 1, 1030 * MS);
	check_sent(2, 2, 1000 * MS + 60606060);
	assert_int_equal(policy.nr_received, 3);
	assert_int_equal(policy.nr_sent, 3);
}

/* Sleep, or a life before the scheduler, is worth one slice at most. */
static void test_sleeper(void **state _unused_)
{
	wait_for_cpu(1, 10 * MS, 5 * MS, 100);
	policy_act(&policy);
	check_sent(0, 1, 980 * MS);
}

static void test_clock_wraps(void **state _unused_)
{
	shared.vtime_now = 5 * MS;
	wait_for_cpu(1, 3 * MS, 0, 100);
	wait_for_cpu(2, 0 - 10 * MS, 0, 100);
	wait_for_cpu(3, 0 - 900 * MS, 0, 100);
	policy_act(&policy);
	check_sent(0, 3, 0 - 15 * MS);
	check_sent(1, 2, 0 - 10 * MS);
	check_sent(2, 1, 3 * MS);
}

static void wait_all(uint32_t nr)
{
	for (uint32_t pid = 1; pid <= nr; pid++)
		wait_for_cpu(pid, 1000 * MS + pid, 0, 100);
}

static void test_batch(void **state _unused_)
{
	wait_all(10);
	policy_act(&policy);
	assert_int_equal(fake.nr_sent, 4);
	assert_int_equal(shared.held, 6);
	/* two of them are ready, one runs, one is still on its way */
	shared.taken = 3;
	shared.ready = 2;
	policy_act(&policy);
	assert_int_equal(fake.nr_sent, 5);
	assert_int_equal(shared.held, 5);
	/* a late task of a lower vtime comes first */
	wait_for_cpu(11, 1000 * MS, 0, 100);
	shared.taken = 5;
	shared.ready = 3;
	policy_act(&policy);
	assert_int_equal(fake.nr_sent, 6);
	check_sent(5, 11, 1000 * MS);
}

/* They are taken at once, so there is room again. */
static void test_taken_at_once(void **state _unused_)
{
	wait_all(10);
	fake.hungry_at = 4;
	policy_act(&policy);
	assert_int_equal(fake.nr_sent, 8);
	assert_int_equal(shared.held, 2);
}

static void *run_cpu(void *userdata _unused_)
{
	uint64_t taken = 0, sent, nr_idle = 0;

	while (!__atomic_load_n(&cpu.end, __ATOMIC_SEQ_CST)) {
		sent = __atomic_load_n(&cpu.sent, __ATOMIC_SEQ_CST);
		/* a whole batch at once, sooner or later after the last was sent; or what there is
		 */
		if (sent == taken || (sent - taken < policy.batch && nr_idle % 512)) {
			if (++nr_idle % 512 == 0)
				sched_yield();
			continue;
		}
		for (uint64_t i = taken / policy.batch % 64; i > 0; i--)
			__atomic_signal_fence(__ATOMIC_SEQ_CST);
		taken = sent;
		nr_idle = 1;
		__atomic_store_n(&shared.taken, taken, __ATOMIC_SEQ_CST);
		__atomic_exchange_n(&shared.ready, 0, __ATOMIC_SEQ_CST);
		if (__atomic_load_n(&shared.held, __ATOMIC_SEQ_CST) &&
		    !__atomic_exchange_n(&shared.asked, 1, __ATOMIC_SEQ_CST))
			__atomic_add_fetch(&cpu.wakeups, 1, __ATOMIC_SEQ_CST);
		__atomic_store_n(&cpu.looked, taken, __ATOMIC_SEQ_CST);
	}
	return NULL;
}

/* Acts as often as it is woken up, until nothing can wake it up any more. */
static void act_until_quiet(void)
{
	uint64_t seen;

	do {
		seen = __atomic_load_n(&cpu.wakeups, __ATOMIC_SEQ_CST);
		policy_act(&policy);
		while (__atomic_load_n(&cpu.looked, __ATOMIC_SEQ_CST) < policy.nr_sent &&
		       __atomic_load_n(&cpu.wakeups, __ATOMIC_SEQ_CST) == seen)
			sched_yield();
	} while (__atomic_load_n(&cpu.wakeups, __ATOMIC_SEQ_CST) != seen);
}

static void test_nobody_is_forgotten(void **state _unused_)
{
	pthread_t thread;

	policy.transport = NULL; /* to that CPU */
	memset(&cpu, 0, sizeof(cpu));
	assert_int_equal(pthread_create(&thread, NULL, run_cpu, NULL), 0);
	for (int round = 0; round < 20000; round++) {
		wait_all(6);
		act_until_quiet();
		if (task_queue_len(policy.queue) > 0)
			break;
	}
	__atomic_store_n(&cpu.end, 1, __ATOMIC_SEQ_CST);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(task_queue_len(policy.queue), 0);
}

static void test_ring_full(void **state _unused_)
{
	fake.ring_size = 1;
	wait_all(3);
	policy_act(&policy);
	assert_int_equal(fake.nr_sent, 1);
	assert_int_equal(shared.held, 2);
	assert_true(policy.nr_delayed > 0);
	fake.ring_size = CAPACITY;
	policy_act(&policy);
	assert_int_equal(fake.nr_sent, 3);
	check_sent(1, 2, 1000 * MS + 2);
}

static void test_too_many(void **state _unused_)
{
	const struct userland_waiting w = {.pid = 99, .weight = 100};

	wait_all(CAPACITY);
	assert_int_equal(policy_take(&policy, &w), -ENOBUFS);
}

#define with_policy(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_policy(test_nothing_to_do),
		with_policy(test_order),
		with_policy(test_sleeper),
		with_policy(test_clock_wraps),
		with_policy(test_batch),
		with_policy(test_taken_at_once),
		with_policy(test_nobody_is_forgotten),
		with_policy(test_ring_full),
		with_policy(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
