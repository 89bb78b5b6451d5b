/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stands in for libbpf's header of this name in policy tests: the same words, meaning what they
 * can mean in an ordinary program.
 */
#pragma once

#define SEC(name)
#define __ksym
#define __weak
#define __kptr
#define __arena
#define __noinline
#define __arg_trusted
#define __arg_nonnull

#define __uint(name, value) int(*name)[value]
#define __type(name, value) __typeof__(value) *name
#define __array(name, value) __typeof__(value) *name[]
#define __ulong(name, value) int name
