/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the two halves of the manager: manager.c, what happens, and manager_steps.c, what is
 * done. */
#pragma once

#include "manager.h"

/* Takes the next step towards the target, if there is one to take now. */
void manager_reconcile(struct manager *m);

/* The target is from now on @target, which it owns; NULL: none. @again: not the one that runs. */
void manager_set_target(struct manager *m, struct sched_spec *target, bool again);

/* The target is the next of the fallback chain, or none. */
void manager_fall_back(struct manager *m);

/* What is wanted came to nothing, or stopped working. */
void manager_fail(struct manager *m, const struct failure *f);

/* It went in good order, and not because of us. */
void manager_released(struct manager *m, const struct sched_spec *spec, const struct unit_exit *e);

/* No unit of ours has it: is the kernel free? If not, what is to be done has been. */
bool manager_kernel_is_free(struct manager *m);

/* Whether what is attached is in the kernel; @is_late: it has had time enough. */
void manager_compare_with_kernel(struct manager *m, bool is_late);

int manager_read_kernel(struct manager *m, struct kernel_state *ret);
void manager_set_reason(struct manager *m, const char *reason);
void manager_stop_slot(struct manager *m, struct slot *s);
/* It is of no use: its end counts as a failure for the reason @failure, which the slot owns. */
void manager_stop_failed(struct manager *m, struct slot *s, char *failure);
