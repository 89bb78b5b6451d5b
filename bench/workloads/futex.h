/* SPDX-License-Identifier: GPL-2.0-only */
/* Handing over between threads of one process: one system call to wake, one to sleep. */
#pragma once

#include <linux/futex.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline void futex_wait(const uint32_t *word, uint32_t while_it_is)
{
	(void)syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, while_it_is, NULL, NULL, 0);
}

static inline void futex_wake(const uint32_t *word, unsigned nr)
{
	(void)syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, nr, NULL, NULL, 0);
}

/* An event is a word that is 1 from when it is posted until its one waiter has seen it. */
static inline void event_post(uint32_t *event)
{
	if (__atomic_exchange_n(event, 1, __ATOMIC_SEQ_CST) == 0)
		futex_wake(event, 1);
}

static inline void event_wait(uint32_t *event)
{
	while (__atomic_exchange_n(event, 0, __ATOMIC_SEQ_CST) == 0)
		futex_wait(event, 0);
}

/* What a CPU likes to be told in a loop that waits for another one. */
static inline void cpu_relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield" ::: "memory");
#else
	__asm__ volatile("" ::: "memory");
#endif
}
