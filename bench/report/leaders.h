/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which arms are best at a metric: the one with the best median, and all that are not shown to be
 * worse than it. There is none where every arm is, that is where no difference is shown.
 */
#pragma once

#include "bench/analysis.h"

/* Sets is_leader[ARM]. How many lead, 0 if no difference is shown, or -ENOMEM. */
int leaders_find(const struct analysis *a, const struct row *row, bool *is_leader);

/*
 * "Best for METRIC, METRIC: ARM or ARM", one line for each set of leaders of a workload; "" if
 * there is no difference in any. To be freed; -ENOMEM.
 */
int leaders_text(const struct analysis *a, unsigned workload, char **ret);
