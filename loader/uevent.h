/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel announces of itself: changes of sched_ext, CPUs that come and go. */
#pragma once

#include <stddef.h>

#include <systemd/sd-event.h>

#include "lib/util.h"

/* How long CPUs must have been left alone until we say so, in ms. */
#define UEVENT_CPU_DELAY_MS 500

enum uevent_kind {
	UEVENT_OTHER,
	UEVENT_SCHED_EXT,
	UEVENT_CPU, /* went online or offline */
};

/* @message are the @len bytes of one datagram; malformed ones are UEVENT_OTHER. */
enum uevent_kind uevent_parse(const char *message, size_t len);

/* Hints to look; they also come if the kernel had to drop messages. */
struct uevent_events {
	/* something below /sys/kernel/sched_ext came or went; .../state may yet be "disabling" */
	void (*sched_ext)(void *userdata);
	/* CPUs went online or offline, and none has for UEVENT_CPU_DELAY_MS */
	void (*cpu)(void *userdata);
};

struct uevent;

int uevent_new(struct uevent **ret, sd_event *event, const struct uevent_events *events,
	       void *userdata);
struct uevent *uevent_free(struct uevent *u);
DEFINE_CLEANUP(struct uevent *, uevent_free);
#define _cleanup_uevent_ _cleanup_(uevent_freep)

/* Acts on one message as if the kernel had sent it. */
void uevent_take(struct uevent *u, const char *message, size_t len);
