// SPDX-License-Identifier: GPL-2.0-only
#include "runtime/sampler.h"

struct sampler {
	const struct stats_source *source;
	uint64_t *before;
	uint64_t *now;
	uint64_t *shown;
	uint64_t values[]; /* what these three point into */
};

struct sampler *sampler_new(const struct stats_source *source)
{
	const size_t nr = source->nr;
	struct sampler *s = calloc(1, sizeof(*s) + 3 * nr * sizeof(s->values[0]));

	if (!s)
		return NULL;
	s->source = source;
	s->before = s->values;
	s->now = s->before + nr;
	s->shown = s->now + nr;
	return s;
}

struct sampler *sampler_free(struct sampler *s)
{
	free(s);
	return NULL;
}

static int take_sample(struct sampler *s)
{
	int r = s->source->read(s->source->userdata, s->now);

	if (r < 0)
		return r;
	stats_advance(s->source->stats, s->source->nr, s->before, s->now, s->shown);
	return 0;
}

int sampler_json(struct sampler *s, sd_json_variant **ret)
{
	int r = take_sample(s);

	if (r < 0)
		return r;
	return stats_json(s->source->stats, s->shown, s->source->nr, ret);
}

int sampler_print(struct sampler *s, FILE *f, bool json)
{
	_cleanup_(sd_json_variant_unrefp) sd_json_variant *object = NULL;
	int r;

	if (json) {
		r = sampler_json(s, &object);
		return r < 0 ? r : sd_json_variant_dump(object, SD_JSON_FORMAT_NEWLINE, f, NULL);
	}
	r = take_sample(s);
	if (r < 0)
		return r;
	stats_print(f, s->source->stats, s->shown, s->source->nr);
	return 0;
}
