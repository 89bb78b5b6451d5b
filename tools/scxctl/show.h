/* SPDX-License-Identifier: GPL-2.0-only */
/* The verbs of scxctl that only look. */
#pragma once

/* Each returns an enum exit_status; @root_fd is a directory that stands for /. */
int show_current(int root_fd);
int show_schedulers(int root_fd);
