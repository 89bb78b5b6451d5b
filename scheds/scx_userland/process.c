// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whoever this process waits for may be waiting for this process. So, while it schedules:
 *
 * - No page of it goes away once it was there. It is not locked as a whole, which would bring
 *   in and keep megabytes of libraries that only the start needs; a page that is touched for
 *   the first time is read by kernel threads, and those never wait for us.
 * - It changes no mappings: that takes a lock which any task may hold that looks at us in /proc
 *   and has lost its CPU. The little memory that answers to statistics take comes from a
 *   reserve, which is small enough that malloc() does not think of giving it back.
 * - It is a task of the policy SCHED_EXT, so that its own BPF side sees it come and go when
 *   only such tasks are scheduled (--partial). Without the right to that it stays under the
 *   kernel's scheduler in that case, and the BPF side hands over nothing.
 */
#include <malloc.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/resource.h>

#include "lib/log.h"
#include "lib/util.h"

#include "process.h"

#define SCHED_EXT 7

/* less than what malloc() gives back to the kernel when it is free (M_TRIM_THRESHOLD) */
#define RESERVE 32768

static int reserve_memory(void)
{
	void *reserve = malloc(RESERVE);

	if (!reserve)
		return -ENOMEM;
	explicit_bzero(reserve, RESERVE);
	free(reserve);
	/* what the start has left in excess of that goes */
	(void)malloc_trim(RESERVE);
	return 0;
}

int process_prepare(void)
{
	const struct sched_param param = {};
	int r = reserve_memory();

	if (r < 0)
		return r;
	if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) < 0)
		log_warning("tasks may have to wait for page faults: cannot lock memory: %m");
	if (sched_setscheduler(0, SCHED_EXT, &param) < 0)
		log_debug("this process does not get the policy SCHED_EXT: %m");
	return 0;
}

void process_relax(void)
{
	(void)munlockall();
}

int process_mark(const struct bpf_map *storage, const void *value, size_t size)
{
	_cleanup_close_ int pidfd = pidfd_open(getpid(), 0);

	if (pidfd < 0)
		return -errno;
	return bpf_map__update_elem(storage, &pidfd, sizeof(pidfd), value, size, BPF_ANY);
}

uint64_t process_faults(void)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage) < 0)
		return 0;
	return (uint64_t)usage.ru_minflt + (uint64_t)usage.ru_majflt;
}
