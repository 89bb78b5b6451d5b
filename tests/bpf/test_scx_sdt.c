// SPDX-License-Identifier: GPL-2.0-only
/* The policy of scx_sdt, callback by callback, on the real allocator of scx/arena.bpf.h. */
#include "scx_sdt/scx_sdt.bpf.c"

#include "unit/test.h"

#define MS 1000000ULL
#define PAGE 4096
#define NR_PAGES 8
#define RECORDS_PER_PAGE (PAGE / (int)sizeof(struct sdt_task))
#define NR_TASKS (NR_PAGES * RECORDS_PER_PAGE)
/* where user space has the arena: the lower half is 0, the upper half does not matter */
#define ARENA_ADDRESS 0x7f0000000000ULL

static const struct cpumask any_cpu = {~0ULL};

static struct {
	_Alignas(PAGE) char memory[NR_PAGES * PAGE];
	u32 nr_pages, nr_pages_max;
	int nr_locked;
	bool idle;
	bool has_storage[NR_TASKS + 1];
	u32 storage[NR_TASKS + 1]; /* by pid */
	struct task_struct *queue[4];
	unsigned nr_moved, nr_errors, nr_fifo, nr_vtime, nr_dumps;
	u64 dsq_id, slice, vtime;
	u64 paid_until;
	u64 counters[SDT_PAGES + 1];
} fake;

void *bpf_arena_alloc_pages(void *map, void *addr, u32 nr_pages, int node_id, u64 flags)
{
	assert_ptr_equal(map, &arena);
	assert_null(addr);
	assert_int_equal(nr_pages, 1);
	assert_int_equal(node_id, NUMA_NO_NODE);
	assert_int_equal(flags, 0);
	assert_int_equal(fake.nr_locked, 0); /* it sleeps */
	if (fake.nr_pages == fake.nr_pages_max)
		return NULL;
	return (void *)(ARENA_ADDRESS + PAGE * fake.nr_pages++);
}

void *arena_record(u32 name)
{
	assert_in_range(name, sizeof(struct sdt_task), fake.nr_pages * PAGE - 1);
	assert_int_equal(name % PAGE % sizeof(struct sdt_task), 0);
	return fake.memory + name;
}

void bpf_spin_lock(struct bpf_spin_lock *lock)
{
	assert_ptr_equal(lock, &arena_lock);
	assert_int_equal(fake.nr_locked++, 0);
}

void bpf_spin_unlock(struct bpf_spin_lock *lock _unused_)
{
	assert_int_equal(--fake.nr_locked, 0);
}

void *bpf_task_storage_get(void *map, struct task_struct *p, void *value, u64 flags)
{
	assert_ptr_equal(map, &records);
	if (!fake.has_storage[p->pid] && flags == BPF_LOCAL_STORAGE_GET_F_CREATE) {
		fake.has_storage[p->pid] = true;
		fake.storage[p->pid] = 0;
	}
	return fake.has_storage[p->pid] ? &fake.storage[p->pid] : NULL;
}

s32 scx_bpf_create_dsq(u64 dsq_id, s32 node)
{
	assert_int_equal(dsq_id, QUEUE_DSQ);
	assert_int_equal(node, NUMA_NO_NODE);
	return 0;
}

s32 scx_bpf_select_cpu_dfl(struct task_struct *p, s32 prev_cpu, u64 wake_flags, bool *is_idle)
{
	*is_idle = fake.idle;
	return prev_cpu;
}

bool scx_bpf_dsq_insert(struct task_struct *p, u64 dsq_id, u64 slice, u64 enq_flags)
{
	fake.nr_fifo++;
	fake.dsq_id = dsq_id;
	fake.slice = slice;
	return true;
}

bool scx_bpf_dsq_insert_vtime(struct task_struct *p, u64 dsq_id, u64 slice, u64 vtime,
			      u64 enq_flags)
{
	fake.nr_vtime++;
	fake.dsq_id = dsq_id;
	fake.slice = slice;
	fake.vtime = p->scx.dsq_vtime = vtime;
	return true;
}

struct task_struct *fake_queued(u64 dsq_id, unsigned n)
{
	assert_int_equal(dsq_id, QUEUE_DSQ);
	return n < ARRAY_SIZE(fake.queue) ? fake.queue[n] : NULL;
}

bool bpf_cpumask_test_cpu(u32 cpu, const struct cpumask *cpumask)
{
	return cpumask->bits >> cpu & 1;
}

bool scx_bpf_dsq_move_to_local(u64 dsq_id, u64 enq_flags)
{
	assert_int_equal(dsq_id, QUEUE_DSQ);
	fake.nr_moved++;
	return true;
}

s32 scx_bpf_task_cpu(const struct task_struct *p)
{
	return 0;
}

u64 scx_bpf_now(void)
{
	return 0;
}

void *bpf_map_lookup_percpu_elem(void *map, const void *key, u32 cpu)
{
	assert_ptr_equal(map, &paid_until);
	return &fake.paid_until;
}

void scx_bpf_task_set_dsq_vtime(struct task_struct *p, u64 vtime)
{
	p->scx.dsq_vtime = vtime;
}

void scx_bpf_task_set_slice(struct task_struct *p, u64 slice)
{
	p->scx.slice = slice;
}

void stat_inc(u32 id)
{
	fake.counters[id]++;
}

void stat_add(u32 id, s64 n)
{
	fake.counters[id] += n;
}

void scx_bpf_error(const char *format, ...)
{
	fake.nr_errors++;
}

void scx_bpf_dump(const char *format, ...)
{
	fake.nr_dumps++;
}

void scx_report_exit(const struct scx_exit_info *info)
{
}

static int reset(void **state _unused_)
{
	memset(&fake, 0, sizeof(fake));
	memset(&arena_pool, 0, sizeof(arena_pool));
	fake.nr_pages_max = NR_PAGES;
	vtime_now = nr_tasks = last_seq = 0;
	conf = (struct scx_sdt_conf){.max_tasks = SDT_TASKS_MAX};
	return sdt_init();
}

static s32 init_task(struct task_struct *p, bool fork)
{
	struct scx_init_task_args args = {.fork = fork};

	return sdt_init_task(p, &args);
}

static struct sdt_task *start_task(struct task_struct *p)
{
	if (!p->cpus_ptr)
		p->cpus_ptr = &any_cpu;
	if (!p->scx.weight)
		p->scx.weight = 100;
	assert_int_equal(init_task(p, true), 0);
	sdt_enable(p);
	return arena_record(fake.storage[p->pid]);
}

static void exit_task(struct task_struct *p)
{
	struct scx_exit_task_args args = {};

	sdt_exit_task(p, &args);
}

static void test_page_size(void **state _unused_)
{
	assert_int_equal(arena_pool.page_size, PAGE);
	assert_int_equal(arena_pool.nr_pages, 2);
	assert_int_equal(arena_pool.nr_allocs, 0);
	fake.nr_pages_max = 1;
	fake.nr_pages = 0;
	assert_int_equal(sdt_init(), -ENOMEM);
}

static void test_record(void **state _unused_)
{
	struct task_struct a = {.pid = 1}, b = {.pid = 2};
	struct sdt_task *ta = start_task(&a), *tb = start_task(&b);

	assert_ptr_not_equal(ta, tb);
	assert_int_equal(ta->pid, 1);
	assert_int_equal(tb->pid, 2);
	assert_int_equal(ta->seq, 1);
	assert_int_equal(tb->seq, 2);
	assert_int_equal(fake.counters[SDT_INITS], 2);
}

static size_t slot_of(u32 name)
{
	return name / PAGE * RECORDS_PER_PAGE + name % PAGE / sizeof(struct sdt_task);
}

/* Every record once, until the pages are used up; then every record again. */
static void test_all_records(void **state _unused_)
{
	static struct task_struct p[NR_TASKS + 1];
	bool seen[NR_TASKS] = {};
	size_t nr = NR_TASKS - 1; /* one is left out */

	for (int round = 0; round < 2; round++) {
		memset(seen, 0, sizeof(seen));
		for (size_t i = 0; i < nr; i++) {
			p[i].pid = (s32)i + 1;
			assert_int_equal(init_task(&p[i], true), 0);
			size_t slot = slot_of(fake.storage[p[i].pid]);

			assert_false(seen[slot]);
			seen[slot] = true;
		}
		assert_int_equal(arena_pool.nr_allocs - arena_pool.nr_frees, nr);
		assert_int_equal(arena_pool.nr_pages, NR_PAGES);
		assert_int_equal(arena_pool.nr_cut, NR_TASKS);
		p[nr].pid = (s32)nr + 1;
		assert_int_equal(init_task(&p[nr], true), -ENOMEM);
		for (size_t i = 0; i < nr; i++)
			exit_task(&p[i]);
		assert_int_equal(arena_pool.nr_allocs, arena_pool.nr_frees);
	}
	assert_int_equal(fake.nr_errors, 0);
	assert_int_equal(fake.counters[SDT_EXITS], 2 * nr);
	assert_int_equal(fake.counters[SDT_FAILS], 2);
}

/* A fork that fails is no fault of the scheduler; and who got nothing gives back nothing. */
static void test_no_memory(void **state _unused_)
{
	struct task_struct p = {.pid = 1};

	arena_pool.first_free = 0;
	fake.nr_pages_max = fake.nr_pages;
	assert_int_equal(init_task(&p, true), -ENOMEM);
	assert_int_equal(fake.nr_errors, 0);
	exit_task(&p);
	assert_int_equal(fake.counters[SDT_EXITS], 0);
	assert_int_equal(arena_pool.nr_frees, 0);
	assert_int_equal(nr_tasks, 0);
	assert_int_equal(init_task(&p, false), -ENOMEM);
	assert_int_equal(fake.nr_errors, 1);
}

static void test_max_tasks(void **state _unused_)
{
	struct task_struct a = {.pid = 1}, b = {.pid = 2};

	conf.max_tasks = 1;
	assert_int_equal(init_task(&a, true), 0);
	assert_int_equal(init_task(&b, true), -ENOMEM);
	exit_task(&a);
	assert_int_equal(init_task(&b, true), 0);
}

static void test_counts(void **state _unused_)
{
	struct task_struct p = {.pid = 1};
	struct sdt_task *t = start_task(&p);
	struct scx_dump_ctx dump = {};

	fake.idle = true;
	assert_int_equal(sdt_select_cpu(&p, 3, 0), 3);
	assert_int_equal(fake.dsq_id, SCX_DSQ_LOCAL);
	assert_int_equal(fake.slice, 20 * MS);
	fake.idle = false;
	sdt_select_cpu(&p, 3, 0);
	sdt_enqueue(&p, 0);
	assert_int_equal(fake.dsq_id, QUEUE_DSQ);
	sdt_enqueue(&p, 0);
	assert_int_equal(t->nr_idle, 1);
	assert_int_equal(t->nr_busy, 1);
	assert_int_equal(t->nr_enqueues, 2);
	sdt_dump_task(&dump, &p);
	assert_int_equal(fake.nr_dumps, 1);
	/* the sums of a task that goes are kept, and its record is known to be free */
	exit_task(&p);
	assert_int_equal(fake.counters[SDT_SELECT_IDLE], 1);
	assert_int_equal(fake.counters[SDT_SELECT_BUSY], 1);
	assert_int_equal(fake.counters[SDT_ENQUEUES], 2);
	assert_int_equal(t->pid, 0);
	sdt_dump_task(&dump, &p);
	assert_int_equal(fake.nr_dumps, 1);
}

/* Nothing of the task that had the record before is left to the one that has it now. */
static void test_fresh_record(void **state _unused_)
{
	struct task_struct a = {.pid = 1}, b = {.pid = 2};
	struct sdt_task *t = start_task(&a);

	t->nr_enqueues = 7;
	exit_task(&a);
	assert_ptr_equal(start_task(&b), t);
	assert_int_equal(t->nr_enqueues, 0);
	assert_int_equal(t->seq, 2);
}

static void test_unknown_task(void **state _unused_)
{
	struct task_struct p = {.pid = 1};

	sdt_select_cpu(&p, 0, 0);
	sdt_enqueue(&p, 0);
	assert_int_equal(fake.nr_errors, 2);
	assert_int_equal(fake.nr_fifo + fake.nr_vtime, 0);
}

/* The queue itself is tested with scx_simple; here: that each callback asks it. */
static void test_queue(void **state _unused_)
{
	struct task_struct p = {.pid = 1, .scx.flags = SCX_TASK_QUEUED}, waits = {.pid = 2};

	start_task(&p);
	start_task(&waits);
	p.scx.weight = 50; /* whose turn is 10 ms */
	vtime_now = 1000 * MS;
	sdt_enqueue(&p, 0);
	assert_int_equal(fake.vtime, 980 * MS);
	assert_int_equal(fake.slice, 10 * MS);
	sdt_running(&p);
	p.se.sum_exec_runtime += 10 * MS;
	p.scx.slice = 0;
	waits.scx.dsq_vtime = 1000 * MS + 1;
	fake.queue[0] = &waits;
	sdt_dispatch(0, &p);
	assert_int_equal(fake.nr_moved, 0);
	assert_int_equal(p.scx.slice, 10 * MS);
	p.se.sum_exec_runtime += 10 * MS;
	sdt_stopping(&p, true);
	assert_int_equal(p.scx.dsq_vtime, 1020 * MS);
	sdt_dispatch(0, NULL);
	assert_int_equal(fake.nr_moved, 1);
}

static void test_fifo(void **state _unused_)
{
	struct task_struct p = {.pid = 1, .scx.flags = SCX_TASK_QUEUED, .scx.slice = 20 * MS};

	conf.fifo = 1;
	start_task(&p);
	sdt_enqueue(&p, 0);
	assert_int_equal(fake.nr_fifo, 1);
	assert_int_equal(fake.nr_vtime, 0);
	sdt_running(&p);
	p.se.sum_exec_runtime += 20 * MS;
	sdt_stopping(&p, true);
	assert_int_equal(p.scx.dsq_vtime, 0);
	sdt_dispatch(0, &p);
	assert_int_equal(fake.nr_moved, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_page_size, reset),
		cmocka_unit_test_setup(test_record, reset),
		cmocka_unit_test_setup(test_all_records, reset),
		cmocka_unit_test_setup(test_no_memory, reset),
		cmocka_unit_test_setup(test_max_tasks, reset),
		cmocka_unit_test_setup(test_counts, reset),
		cmocka_unit_test_setup(test_fresh_record, reset),
		cmocka_unit_test_setup(test_unknown_task, reset),
		cmocka_unit_test_setup(test_queue, reset),
		cmocka_unit_test_setup(test_fifo, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
