/* SPDX-License-Identifier: GPL-2.0-only */
/* The hooks of scx_bpfland's user side. */
#pragma once

#include "runtime/program.h"

int bpfland_check(const void *conf, const struct topology *topology);
int bpfland_configure(void *conf, const struct topology *topology);
uint64_t bpfland_flags(const void *conf);
int bpfland_prepare(struct bpf_object *bpf, const void *conf, const struct topology *topology);
int bpfland_start(struct bpf_object *bpf, sd_event *event, void **ret_state);
void bpfland_attached(void *state);
void bpfland_leaving(void *state);
void bpfland_stop(void *state);
int bpfland_sample(struct bpf_object *bpf, void *state, uint64_t *values);
