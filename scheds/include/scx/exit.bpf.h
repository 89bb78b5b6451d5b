/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reports the end of a scheduler through a ring buffer: the record is complete
 * when user space wakes up, and nobody has to poll. The kernel's constants are
 * resolved here, so that user space needs none of them.
 */
#pragma once

#include <scx/compat.bpf.h>
#include <scx/exit.h>

const volatile struct scx_exit_conf exit_conf SEC(".rodata.exit") = {
	.dump_len = SCX_EXIT_DUMP_LEN_DFL,
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 65536); /* room for one record; the run-time makes it fit */
} exit_reports SEC(".maps");

/* To be called by ops.exit(). */
static inline void scx_report_exit(const struct scx_exit_info *info)
{
	/* a constant to the verifier, as the size must be */
	const u32 dump_len = exit_conf.dump_len;
	struct scx_exit_report *r;
	u32 kind = info->kind;

	r = bpf_ringbuf_reserve(&exit_reports, sizeof(*r) + dump_len, 0);
	if (!r)
		return;
	r->kind = kind;
	r->dump_len = dump_len;
	r->code = info->exit_code;
	r->error = kind >= scx_value(scx_exit_kind, SCX_EXIT_ERROR);
	r->restart = (kind == scx_value(scx_exit_kind, SCX_EXIT_UNREG_BPF) ||
		      kind == scx_value(scx_exit_kind, SCX_EXIT_UNREG_KERN)) &&
		     (info->exit_code & scx_value(scx_exit_code, SCX_ECODE_ACT_RESTART));
	/* a failed copy leaves an empty string */
	bpf_probe_read_kernel_str(r->reason, sizeof(r->reason), info->reason);
	bpf_probe_read_kernel_str(r->message, sizeof(r->message), info->msg);
	bpf_probe_read_kernel_str(r->dump, dump_len, info->dump);
	bpf_ringbuf_submit(r, 0);
}
