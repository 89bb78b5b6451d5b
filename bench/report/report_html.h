/* SPDX-License-Identifier: GPL-2.0-only */
/* Sessions as one page that needs nothing else: no other file, no network, no script. */
#pragma once

#include <stdio.h>

#include "bench/analysis.h"

struct page {
	FILE *file;
	unsigned nr_sessions, nr_plots; /* so far: ids of the page are made of them */
	int plot_error;                 /* why there are no plots; 0: there are */
};

/* Begins the page, and says on it if there will be no plots. */
void page_begin(struct page *p, FILE *f, const char *title);
void page_end(struct page *p);

/* A session, under the name of its file. 0 or -ENOMEM. */
int page_add_session(struct page *p, const struct analysis *a, const char *name);

/* Of these it is made: a workload, under the id that the session links to. 0 or -ENOMEM. */
int page_add_workload(struct page *p, const struct analysis *a, unsigned workload);
