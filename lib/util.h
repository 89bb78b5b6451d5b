/* SPDX-License-Identifier: GPL-2.0-only */
/* The few helpers every program here uses: clean-up attributes and small macros. */
#pragma once

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(f) __attribute__((cleanup(f)))
#define _printf_(fmt, first) __attribute__((format(printf, fmt, first)))
#define _unused_ __attribute__((unused))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Defines TYPE_freep() for _cleanup_(), from a free function that takes NULL. */
#define DEFINE_CLEANUP(type, free_func)                                                            \
	static inline void free_func##p(type *p)                                                   \
	{                                                                                          \
		if (*p)                                                                            \
			free_func(*p);                                                             \
	}

static inline void freep(void *p)
{
	free(*(void **)p);
}

/* close() that keeps errno, so that it can stand between a failure and its report */
static inline void closep(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		(void)close(*fd);
	errno = saved;
}

#define _cleanup_free_ _cleanup_(freep)
#define _cleanup_close_ _cleanup_(closep)

/* Hands the object on: the variable no longer owns it. */
#define steal_ptr(p)                                                                               \
	({                                                                                         \
		__typeof__(p) _stolen = (p);                                                       \
		(p) = NULL;                                                                        \
		_stolen;                                                                           \
	})
