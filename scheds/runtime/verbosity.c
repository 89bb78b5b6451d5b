// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "lib/log.h"
#include "runtime/verbosity.h"

/* libbpf's levels, one lower than its own names for them */
static _printf_(2, 0) int print_libbpf(enum libbpf_print_level level, const char *format,
				       va_list ap)
{
	static const enum log_level levels[] = {
		[LIBBPF_WARN] = LOG_LEVEL_INFO,
		[LIBBPF_INFO] = LOG_LEVEL_DEBUG,
	};
	_cleanup_free_ char *text = NULL;

	if (level == LIBBPF_DEBUG || vasprintf(&text, format, ap) < 0)
		return 0;
	text[strcspn(text, "\n")] = '\0';
	log_message(levels[level], "%s", text);
	return 0;
}

/* As above, for -vv: everything. */
static _printf_(2, 0) int print_libbpf_all(enum libbpf_print_level level _unused_,
					   const char *format, va_list ap)
{
	return vfprintf(stderr, format, ap);
}

void set_verbosity(unsigned verbose)
{
	if (verbose > 0)
		log_set_max_level(LOG_LEVEL_DEBUG);
	libbpf_set_print(verbose > 1 ? print_libbpf_all : print_libbpf);
}
