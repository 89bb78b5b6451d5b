/* SPDX-License-Identifier: GPL-2.0-only */
/* The one header a scheduler's BPF side includes besides its own. */
#pragma once

#include <scx/kernel.bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include <scx/compat.bpf.h>
#include <scx/exit.bpf.h>
#include <scx/kfuncs.bpf.h>
#include <scx/message.bpf.h>
#include <scx/stat.bpf.h>
#include <scx/vtime.h>

/* Opens the definition of a callback; _SLEEPABLE for those the kernel calls where they may sleep.
 */
#define SCX_OP(name, ...) SEC("struct_ops/" #name) BPF_PROG(name, ##__VA_ARGS__)
#define SCX_OP_SLEEPABLE(name, ...) SEC("struct_ops.s/" #name) BPF_PROG(name, ##__VA_ARGS__)

/*
 * Defines "conf", the options: constants to the verifier, which drops what they
 * switch off. The initializer holds the defaults; user space reads them for --help
 * and writes the command line over them before load.
 */
#define SCX_CONF(type) const volatile struct type conf SEC(".rodata.conf")
