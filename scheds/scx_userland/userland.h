/* SPDX-License-Identifier: GPL-2.0-only */
/* The hooks of scx_userland (see runtime/program.h): policy, transport and process put together. */
#pragma once

#include "runtime/program.h"

int userland_prepare(struct bpf_object *bpf, const void *conf, const struct topology *topology);
int userland_start(struct bpf_object *bpf, sd_event *event, void **ret_state);
void userland_stop(void *state);
int userland_sample(struct bpf_object *bpf, void *state, uint64_t *values);
