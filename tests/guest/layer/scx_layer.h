/* SPDX-License-Identifier: GPL-2.0-only */
/* What the two sides of scx_layer share. */
#pragma once

#include <scx/stat.h>
#include <scx/types.h>

struct scx_layer_conf {
	u64 slice_ns;
};

// clang-format off
/* one line for each function: how often it was called and gave something sensible */
#define SCX_LAYER_STATS(S)                                                                         \
	S(LAYER_INSERT, "dsq_insert", COUNTER, "scx_bpf_dsq_insert()")                             \
	S(LAYER_INSERT_VTIME, "dsq_insert_vtime", COUNTER, "scx_bpf_dsq_insert_vtime()")           \
	S(LAYER_MOVE_TO_LOCAL, "dsq_move_to_local", COUNTER, "scx_bpf_dsq_move_to_local()")        \
	S(LAYER_MOVE, "dsq_move", COUNTER, "scx_bpf_dsq_move() with a slice")                      \
	S(LAYER_MOVE_VTIME, "dsq_move_vtime", COUNTER, "scx_bpf_dsq_move_vtime() with both")       \
	S(LAYER_PEEK, "dsq_peek", COUNTER, "scx_bpf_dsq_peek()")                                   \
	S(LAYER_SELECT_AND, "select_cpu_and", COUNTER, "scx_bpf_select_cpu_and()")                 \
	S(LAYER_SELECTED, "is_cpu_selected", COUNTER, "scx_is_cpu_selected()")                     \
	S(LAYER_NODES, "nodes", COUNTER, "scx_bpf_nr_node_ids() and scx_bpf_cpu_node()")           \
	S(LAYER_IDLE_NODE, "idle_masks_node", COUNTER, "scx_bpf_get_idle_*mask_node()")            \
	S(LAYER_PICK_IDLE_NODE, "pick_idle_cpu_node", COUNTER, "scx_bpf_pick_idle_cpu_node()")     \
	S(LAYER_PICK_ANY_NODE, "pick_any_cpu_node", COUNTER, "scx_bpf_pick_any_cpu_node()")        \
	S(LAYER_NOW, "now", COUNTER, "scx_bpf_now()")                                              \
	S(LAYER_CURR, "cpu_curr", COUNTER, "scx_bpf_cpu_curr()")                                   \
	S(LAYER_EVENTS, "events", COUNTER, "scx_bpf_events()")                                     \
	S(LAYER_SET_SLICE, "task_set_slice", COUNTER, "scx_bpf_task_set_slice()")                  \
	S(LAYER_SET_VTIME, "task_set_dsq_vtime", COUNTER, "scx_bpf_task_set_dsq_vtime()")          \
	S(LAYER_MASKS, "cpumasks", COUNTER, "bpf_cpumask_*()")                                     \
	S(LAYER_TASKS, "tasks", COUNTER, "bpf_task_from_pid(), _acquire(), _release()")            \
	S(LAYER_CANCEL, "dispatch_cancel", COUNTER, "scx_bpf_dispatch_cancel(), _nr_slots()")      \
	S(LAYER_CPUPERF, "cpuperf", COUNTER, "scx_bpf_cpuperf_*()")
// clang-format on

enum scx_layer_stat { SCX_LAYER_STATS(SCX_STAT_ENUM) };
