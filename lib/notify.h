/* SPDX-License-Identifier: GPL-2.0-only */
/* What a scheduler tells systemd of itself as STATUS= once it is ready, and aios-loader reads. */
#pragma once

#define NOTIFY_LOADED "loaded"         /* with --standby: waits for the word to attach */
#define NOTIFY_SCHEDULING "scheduling" /* attached */
