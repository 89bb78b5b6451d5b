/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The flags a scheduler may set in ops.flags, read by both compilers: the run-time gives them the
 * values the running kernel has for these names and leaves out what it does not know.
 */
#pragma once

#define SCX_OPS_FLAGS(F)                                                                           \
	F(SCX_OPS_KEEP_BUILTIN_IDLE, 1 << 0)                                                       \
	F(SCX_OPS_ENQ_LAST, 1 << 1)                                                                \
	F(SCX_OPS_ENQ_EXITING, 1 << 2)                                                             \
	F(SCX_OPS_SWITCH_PARTIAL, 1 << 3)                                                          \
	F(SCX_OPS_ENQ_MIGRATION_DISABLED, 1 << 4)                                                  \
	F(SCX_OPS_ALLOW_QUEUED_WAKEUP, 1 << 5)                                                     \
	F(SCX_OPS_BUILTIN_IDLE_PER_NODE, 1 << 6)                                                   \
	F(SCX_OPS_HAS_CGROUP_WEIGHT, 1 << 16) /* early kernels warn without it */

#define SCX_OPS_FLAG_ENUM(name, value) name = (value),

enum scx_ops_flags { SCX_OPS_FLAGS(SCX_OPS_FLAG_ENUM) };
