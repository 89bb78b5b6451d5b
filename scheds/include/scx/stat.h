/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Statistics are listed once, in the scheduler's own header:
 *
 *	#define SCX_X_STATS(S) S(STAT_ID, "printed_name", COUNTER, "what it counts")
 *
 * A COUNTER only grows, and what is shown is its growth; a GAUGE is shown as it is.
 * SCX_STAT_ENUM makes the enumerators out of the list, SCX_STAT_INFO the table
 * of names for user space.
 */
#pragma once

#define SCX_STAT_ENUM(id, name, kind, help) id,
#define SCX_STAT_INFO(id, name, kind, help) {name, STAT_##kind, help},
