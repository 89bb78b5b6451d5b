// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <string.h>
#include <sys/syscall.h>

#include "bench/histogram.h"
#include "bench/wakeup_wait.h"
#include "bench/wakeup_wait_map.h"

#include "wakeup_wait.skel.h"

#define BATCH 256

struct wakeup_wait {
	struct wakeup_wait_bpf *bpf;
	int nr_cpus; /* possible ones: each has its own counts */
	uint64_t before[WAKEUP_WAIT_BUCKETS], after[WAKEUP_WAIT_BUCKETS];
};

struct wakeup_wait *wakeup_wait_free(struct wakeup_wait *w)
{
	if (w)
		wakeup_wait_bpf__destroy(w->bpf);
	free(w);
	return NULL;
}

static int load(struct wakeup_wait *w, const char *name)
{
	int r;

	w->bpf = wakeup_wait_bpf__open();
	if (!w->bpf)
		return -errno;
	if (name)
		strncpy(w->bpf->rodata->name, name, sizeof(w->bpf->rodata->name) - 1);
	r = wakeup_wait_bpf__load(w->bpf);
	return r < 0 ? r : wakeup_wait_bpf__attach(w->bpf);
}

int wakeup_wait_new(struct wakeup_wait **ret, const char *name)
{
	struct wakeup_wait *w = calloc(1, sizeof(*w));
	int r;

	if (!w)
		return -ENOMEM;
	w->nr_cpus = libbpf_num_possible_cpus();
	r = w->nr_cpus < 0 ? w->nr_cpus : load(w, name);
	if (r < 0) {
		wakeup_wait_free(w);
		return r;
	}
	*ret = w;
	return 0;
}

static uint64_t sum(const uint64_t *counts, int nr)
{
	uint64_t total = 0;

	for (int i = 0; i < nr; i++)
		total += counts[i];
	return total;
}

/* Of all CPUs together, by bucket. */
static int read_counts(const struct wakeup_wait *w, uint64_t counts[WAKEUP_WAIT_BUCKETS])
{
	_cleanup_free_ uint64_t *values =
		calloc((size_t)BATCH * (size_t)w->nr_cpus, sizeof(*values));
	uint32_t buckets[BATCH], next, *from = NULL, nr;
	int r = values ? 0 : -ENOMEM;

	while (r >= 0) {
		nr = BATCH;
		r = bpf_map_lookup_batch(bpf_map__fd(w->bpf->maps.waits), from, &next, buckets,
					 values, &nr, NULL);
		if (r < 0 && r != -ENOENT)
			return r;
		for (uint32_t i = 0; i < nr; i++)
			counts[buckets[i]] = sum(&values[i * (size_t)w->nr_cpus], w->nr_cpus);
		from = &next;
	}
	/* -ENOENT: that was the last of them */
	return r == -ENOENT ? 0 : r;
}

int wakeup_wait_begin(struct wakeup_wait *w, pid_t pid)
{
	_cleanup_close_ int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	const uint64_t not_waiting = 0;
	int r;

	if (fd < 0)
		return -errno;
	r = read_counts(w, w->before);
	return r < 0 ? r
		     : bpf_map_update_elem(bpf_map__fd(w->bpf->maps.tasks), &fd, &not_waiting,
					   BPF_ANY);
}

int wakeup_wait_end(struct wakeup_wait *w, struct measurement *m)
{
	_cleanup_free_ struct histogram *h = malloc(sizeof(*h));
	int r = h ? read_counts(w, w->after) : -ENOMEM;

	if (r < 0)
		return r;
	histogram_init(h);
	for (uint32_t i = 0; i < WAKEUP_WAIT_BUCKETS; i++)
		histogram_add_many(h, bucket_greatest(i), w->after[i] - w->before[i]);
	r = histogram_report(h, "wakeup_wait", "us", 1000, m);
	return r == -ENODATA ? 0 : r;
}
