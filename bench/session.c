// SPDX-License-Identifier: GPL-2.0-only
#include "bench/session.h"
#include "lib/strv.h"

const char *const run_status_names[NR_RUN_STATUSES] = {
	[RUN_OK] = "ok",
	[RUN_FAILED] = "failed",
	[RUN_TIMEOUT] = "timeout",
	[RUN_UNREADABLE] = "unreadable",
	[RUN_NOT_ATTACHED] = "not-attached",
	[RUN_EJECTED] = "ejected",
	[RUN_REJECTED] = "rejected",
	[RUN_DISTURBED] = "disturbed",
};

void arm_finish(struct arm *a)
{
	free(a->label);
	free(a->sched);
	strv_free(a->args);
	free(a->version);
	*a = (struct arm){};
}

void bench_workload_finish(struct bench_workload *w)
{
	free(w->label);
	free(w->kind);
	strv_free(w->command);
	*w = (struct bench_workload){};
}

void run_finish(struct run *r)
{
	free(r->reason);
	measurement_finish(&r->measurement);
	free(r->workload_output);
	free(r->sched_output);
	*r = (struct run){};
}

void session_finish(struct session *s)
{
	strv_free(s->command);
	sd_json_variant_unref(s->machine);
	for (size_t i = 0; i < s->nr_arms; i++)
		arm_finish(&s->arms[i]);
	for (size_t i = 0; i < s->nr_workloads; i++)
		bench_workload_finish(&s->workloads[i]);
	for (size_t i = 0; i < s->nr_runs; i++)
		run_finish(&s->runs[i]);
	free(s->arms);
	free(s->workloads);
	free(s->runs);
	*s = (struct session){};
}

int session_add_run(struct session *s, struct run *r)
{
	struct run *grown = reallocarray(s->runs, s->nr_runs + 1, sizeof(*grown));

	if (!grown) {
		run_finish(r);
		return -ENOMEM;
	}
	s->runs = grown;
	s->runs[s->nr_runs++] = *r;
	*r = (struct run){};
	return 0;
}

size_t session_count(const struct session *s, unsigned workload, unsigned arm, enum run_status st)
{
	size_t nr = 0;

	for (size_t i = 0; i < s->nr_runs; i++) {
		const struct run *r = &s->runs[i];

		nr += r->workload == workload && r->arm == arm && r->status == st && r->round > 0;
	}
	return nr;
}
