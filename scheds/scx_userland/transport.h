/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The two rings between a scheduler process and its BPF side: the map "to_user", a ring
 * buffer, and the map "to_kernel", a user ring buffer. What is in the records is the
 * scheduler's own business.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <systemd/sd-event.h>

#include "lib/util.h"

struct bpf_object;

struct transport_handler {
	/* One record from BPF. 0, or a negative errno that ends the program. */
	int (*take)(void *userdata, const void *record, size_t size);
	/* After the records that were there. */
	void (*act)(void *userdata);
};

/* Bytes a ring needs that holds @nr records of @size bytes, in the form maps want them. */
uint32_t transport_ring_size(uint64_t nr, size_t size);

struct transport;

/* @handler is called from the loop of @event. 0 or a negative errno. */
int transport_new(const struct bpf_object *bpf, sd_event *event,
		  const struct transport_handler *handler, void *userdata, struct transport **ret);
struct transport *transport_free(struct transport *t);
DEFINE_CLEANUP(struct transport *, transport_free);

/* To BPF, without a system call. 0, or -ENOSPC if the ring is full. */
int transport_send(struct transport *t, const void *record, size_t size);
