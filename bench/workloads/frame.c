// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pipeline that makes pictures, as a game or a video player has one, beside programs that
 * take all the CPU they get.
 *
 * A frame is due every 1/HZ s. The thread of the first stage sleeps until then, works, and wakes
 * that of the second one, and so on. Each stage takes frames in order and does not wait for
 * the frame to leave the pipeline before it takes the next one. No frame is dropped: one that is
 * late holds up those behind it. A frame is missed if it has not left the last stage when the
 * next one is due.
 *
 * Between stages there is one counter each: frames the stage before is through with.
 */
#include <stdlib.h>
#include <sys/prctl.h>

#include "bench/spin.h"
#include "bench/workloads/builtin.h"
#include "bench/workloads/clock.h"
#include "bench/workloads/crew.h"
#include "bench/workloads/definitions.h"
#include "bench/workloads/futex.h"
#include "bench/workloads/hogs.h"

#include "lib/log.h"

#define STAGES_MAX 64
#define HOGS_MAX 1024

struct conf {
	struct timing timing;
	uint64_t stages, stage_us, hz, hogs;
};

// clang-format off
static const struct option_info options[] = {
	{"stages", 's', OPTION_NUMBER, offsetof(struct conf, stages), "N",
	 "threads a frame goes through", 1, STAGES_MAX},
	{"stage-us", 'u', OPTION_NUMBER, offsetof(struct conf, stage_us), "US",
	 "work of each, in us", 1, 1000000},
	{"hz", 'f', OPTION_NUMBER, offsetof(struct conf, hz), "HZ",
	 "frames a second", 1, 1000},
	{"hogs", 'H', OPTION_NUMBER, offsetof(struct conf, hogs), "N",
	 "processes that never sleep", 0, HOGS_MAX},
	TIMING_OPTIONS(struct conf),
};
// clang-format on

static const struct conf defaults = {
	.timing = TIMING_DEFAULTS,
	.stages = 3,
	.stage_us = 1200,
	.hz = 60,
	.hogs = 8,
};

struct pipeline;

struct stage {
	struct pipeline *pipeline;
	const struct stage *before; /* NULL: the first one, which the clock wakes */
	uint32_t done;              /* frames it is through with */
} __attribute__((aligned(128)));

struct pipeline {
	struct stage stages[STAGES_MAX];
	unsigned nr_stages;
	uint64_t turns; /* of a stage for a frame */
	uint64_t period_ns;
	uint64_t *begun; /* by frame */
	uint32_t nr_frames;
	struct frame_tally tally;
};

static void pipeline_free(struct pipeline *p)
{
	shared_free(p->begun, p->nr_frames * sizeof(*p->begun));
	free(p);
}
DEFINE_CLEANUP(struct pipeline *, pipeline_free);

static struct pipeline *pipeline_new(const struct conf *conf, double spin_per_us)
{
	struct pipeline *p = calloc(1, sizeof(*p));
	uint64_t ms = conf->timing.warmup_ms + conf->timing.runtime_ms;

	if (!p)
		return NULL;
	p->nr_stages = (unsigned)conf->stages;
	p->turns = (uint64_t)((double)conf->stage_us * spin_per_us);
	p->period_ns = NS_PER_S / conf->hz;
	p->nr_frames = (uint32_t)(ms * NS_PER_MS / p->period_ns) + 1;
	p->begun = shared_new(p->nr_frames * sizeof(*p->begun));
	if (!p->begun) {
		free(p);
		return NULL;
	}
	frame_tally_init(&p->tally);
	for (unsigned i = 0; i < p->nr_stages; i++)
		p->stages[i] = (struct stage){p, i > 0 ? &p->stages[i - 1] : NULL, 0};
	return p;
}

static void await_frame(const struct stage *before, uint32_t frame)
{
	uint32_t done;

	while ((done = __atomic_load_n(&before->done, __ATOMIC_ACQUIRE)) <= frame)
		futex_wait(&before->done, done);
}

static int stage_main(void *arg, const struct window *w)
{
	struct stage *s = arg;
	struct pipeline *p = s->pipeline;
	bool is_last = s == &p->stages[p->nr_stages - 1];

	/* the timer is to expire when the frame is due, not up to 50 us later */
	(void)prctl(PR_SET_TIMERSLACK, 1);
	for (uint32_t i = 0; i < p->nr_frames; i++) {
		uint64_t due = w->open + i * p->period_ns;

		if (s->before) {
			await_frame(s->before, i);
		} else {
			sleep_until_ns(due);
			p->begun[i] = clock_ns();
		}
		spin(p->turns);
		__atomic_store_n(&s->done, i + 1, __ATOMIC_RELEASE);
		if (!is_last)
			futex_wake(&s->done, 1);
		else if (window_has(w, due))
			frame_tally_add(&p->tally, &(struct frame){due, p->begun[i], clock_ns()},
					p->period_ns);
	}
	return 0;
}

static int run(const void *userdata, double spin_per_us, struct measurement *ret)
{
	const struct conf *conf = userdata;
	_cleanup_(pipeline_freep) struct pipeline *p = pipeline_new(conf, spin_per_us);
	_cleanup_crew_ struct crew crew = {};
	_cleanup_hogs_ struct hogs hogs = {};
	double work_us;
	int r;

	if (!p || crew_init(&crew, conf->hogs + conf->stages) < 0)
		return log_errno(-ENOMEM, "cannot set up the pipeline: %m");
	r = hogs_init(&hogs, (unsigned)conf->hogs, spin_per_us);
	if (r >= 0)
		r = hogs_add(&hogs, &crew, 0);
	for (unsigned i = 0; i < p->nr_stages && r >= 0; i++)
		r = crew_add_thread(&crew, "frame", stage_main, &p->stages[i]);
	if (r < 0)
		return r;
	(void)crew_open(&crew, &conf->timing);
	r = crew_join(&crew);
	if (r < 0)
		return r;
	r = frame_tally_report(&p->tally, ret);
	if (r < 0)
		return log_errno(r, "no frame was due: %m");
	work_us = (double)(p->tally.times.nr * conf->stages * conf->stage_us);
	return hogs_report(&hogs, (double)conf->timing.runtime_ms * 1e3, work_us, ret);
}

const struct builtin_workload workload_frame = {
	.name = "frame",
	.summary = "a pipeline that makes 60 pictures a second, beside programs that never sleep",
	.options = options,
	.nr_options = ARRAY_SIZE(options),
	.defaults = &defaults,
	.conf_size = sizeof(struct conf),
	.run = run,
};
