/* SPDX-License-Identifier: GPL-2.0-only */
/* Formatted messages to the kernel; printf()-like, up to twelve arguments. */
#pragma once

#include <scx/kfuncs.bpf.h>

#include <bpf/bpf_tracing.h>

/* not const: the kernel functions take a plain pointer */
#define __scx_message(call, fmt, args...)                                                          \
	({                                                                                         \
		static char _format[] = fmt;                                                       \
		unsigned long long _args[___bpf_narg(args) ?: 1] = {};                             \
                                                                                                   \
		_Pragma("GCC diagnostic push")                                                     \
			_Pragma("GCC diagnostic ignored \"-Wint-conversion\"")                     \
				___bpf_fill(_args, args);                                          \
		_Pragma("GCC diagnostic pop") call(_format, _args, sizeof(_args));                 \
	})

/* Ends the scheduler as faulty: the kernel ejects it with this reason. */
#define scx_bpf_error(fmt, args...) __scx_message(scx_bpf_error_bstr, fmt, ##args)

/* Ends the scheduler in good order; @code is passed on to user space (enum scx_exit_code). */
#define scx_bpf_exit(code, fmt, args...)                                                           \
	({                                                                                         \
		s64 _code = (code);                                                                \
		__scx_message(__scx_exit, fmt, ##args);                                            \
	})
#define __scx_exit(fmt, data, size) scx_bpf_exit_bstr(_code, fmt, data, size)

/* Adds a line to the kernel's debug dump; from ops.dump*() only. */
#define scx_bpf_dump(fmt, args...) __scx_message(scx_bpf_dump_bstr, fmt, ##args)
