// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <string.h>

#include "bench/json.h"
#include "bench/metric.h"

const char *const better_names[NR_BETTER] = {
	[BETTER_LOWER] = "lower",
	[BETTER_HIGHER] = "higher",
	[BETTER_NONE] = "none",
};

int better_from_name(const char *name)
{
	for (int i = 0; i < NR_BETTER; i++)
		if (strcmp(better_names[i], name) == 0)
			return i;
	return -EINVAL;
}

static void metric_finish(struct metric *m)
{
	free(m->name);
	free(m->unit);
}

static void distribution_finish(struct distribution *d)
{
	free(d->name);
	free(d->unit);
	free(d->points);
}

void measurement_finish(struct measurement *m)
{
	for (size_t i = 0; i < m->nr_metrics; i++)
		metric_finish(&m->metrics[i]);
	for (size_t i = 0; i < m->nr_distributions; i++)
		distribution_finish(&m->distributions[i]);
	free(m->metrics);
	free(m->distributions);
	*m = (struct measurement){};
}

const struct metric *measurement_find(const struct measurement *m, const char *name)
{
	for (size_t i = 0; i < m->nr_metrics; i++)
		if (strcmp(m->metrics[i].name, name) == 0)
			return &m->metrics[i];
	return NULL;
}

int measurement_add(struct measurement *m, const char *name, const char *unit, enum better better,
		    double value)
{
	struct metric *grown, added = {.better = better, .value = value};

	if (!isfinite(value))
		return -EDOM;
	if (measurement_find(m, name))
		return -EEXIST;
	grown = reallocarray(m->metrics, m->nr_metrics + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	m->metrics = grown;
	added.name = strdup(name);
	added.unit = strdup(unit);
	if (!added.name || !added.unit) {
		metric_finish(&added);
		return -ENOMEM;
	}
	m->metrics[m->nr_metrics++] = added;
	return 0;
}

/* Finite, shares from 0 to 1, and neither member gets smaller. */
static bool is_curve(const struct quantile *points, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		const struct quantile *p = &points[i];

		if (!(p->quantile >= 0 && p->quantile <= 1) || !isfinite(p->value))
			return false;
		if (i > 0 && (p->quantile < p[-1].quantile || p->value < p[-1].value))
			return false;
	}
	return nr > 0;
}

int measurement_add_distribution(struct measurement *m, const char *name, const char *unit,
				 const struct quantile *points, size_t nr_points)
{
	struct distribution *grown, added = {.nr_points = nr_points};

	if (!is_curve(points, nr_points))
		return -EDOM;
	for (size_t i = 0; i < m->nr_distributions; i++)
		if (strcmp(m->distributions[i].name, name) == 0)
			return -EEXIST;
	grown = reallocarray(m->distributions, m->nr_distributions + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	m->distributions = grown;
	added.name = strdup(name);
	added.unit = strdup(unit);
	added.points = calloc(nr_points, sizeof(*points));
	if (!added.name || !added.unit || !added.points) {
		distribution_finish(&added);
		return -ENOMEM;
	}
	memcpy(added.points, points, nr_points * sizeof(*points));
	m->distributions[m->nr_distributions++] = added;
	return 0;
}

static int make_metric(const void *item, sd_json_variant **ret)
{
	const struct metric *m = item;

	return sd_json_buildo(ret, JSON_PAIR_TEXT("name", m->name), JSON_PAIR_TEXT("unit", m->unit),
			      SD_JSON_BUILD_PAIR_STRING("better", better_names[m->better]),
			      SD_JSON_BUILD_PAIR_REAL("value", m->value));
}

static int make_point(const void *item, sd_json_variant **ret)
{
	const struct quantile *p = item;

	return sd_json_build(ret, SD_JSON_BUILD_ARRAY(SD_JSON_BUILD_REAL(p->quantile),
						      SD_JSON_BUILD_REAL(p->value)));
}

static int make_distribution(const void *item, sd_json_variant **ret)
{
	const struct distribution *d = item;
	_cleanup_json_ sd_json_variant *points = NULL;
	int r = json_make_array(d->points, d->nr_points, sizeof(*d->points), make_point, &points);

	return r < 0 ? r
		     : sd_json_buildo(ret, JSON_PAIR_TEXT("name", d->name),
				      JSON_PAIR_TEXT("unit", d->unit),
				      SD_JSON_BUILD_PAIR_VARIANT("points", points));
}

int measurement_to_json(const struct measurement *m, sd_json_variant **ret)
{
	_cleanup_json_ sd_json_variant *metrics = NULL, *distributions = NULL;
	int r = json_make_array(m->metrics, m->nr_metrics, sizeof(*m->metrics), make_metric,
				&metrics);

	if (r >= 0)
		r = json_make_array(m->distributions, m->nr_distributions,
				    sizeof(*m->distributions), make_distribution, &distributions);
	if (r >= 0)
		r = sd_json_buildo(ret, SD_JSON_BUILD_PAIR_VARIANT("metrics", metrics),
				   SD_JSON_BUILD_PAIR_VARIANT("distributions", distributions));
	return r < 0 ? r : 0;
}

/* What the file has of a metric or a distribution; the strings are the file's. */
struct entry {
	const char *name, *unit, *better;
	double value;
	sd_json_variant *points;
};

#define STRING_FIELD(name)                                                                         \
	{#name, SD_JSON_VARIANT_STRING, sd_json_dispatch_const_string,                             \
	 offsetof(struct entry, name), SD_JSON_MANDATORY}

static const sd_json_dispatch_field metric_fields[] = {
	STRING_FIELD(name),
	STRING_FIELD(unit),
	STRING_FIELD(better),
	{"value", SD_JSON_VARIANT_NUMBER, json_dispatch_number, offsetof(struct entry, value),
	 SD_JSON_MANDATORY},
	{},
};

static int read_metric(sd_json_variant *v, void *measurement, struct json_error *e)
{
	struct entry entry = {};
	int better, r = json_read_object(v, metric_fields, &entry, e);

	if (r < 0)
		return r;
	better = better_from_name(entry.better);
	if (better < 0)
		return json_error_set(e, v, "better", "must be lower, higher or none, is '%s'",
				      entry.better);
	r = measurement_add(measurement, entry.name, entry.unit, better, entry.value);
	if (r == -EEXIST)
		return json_error_set(e, v, "name", "must be unique, '%s' is not", entry.name);
	if (r == -EDOM)
		return json_error_set(e, v, "value", "must be finite");
	return r;
}

struct points {
	struct quantile *items;
	size_t nr;
};

static int read_point(sd_json_variant *v, void *userdata, struct json_error *e)
{
	struct points *points = userdata;
	struct quantile *p = &points->items[points->nr++];

	if (!sd_json_variant_is_array(v) || sd_json_variant_elements(v) != 2 ||
	    json_dispatch_number(NULL, sd_json_variant_by_index(v, 0), 0, &p->quantile) < 0 ||
	    json_dispatch_number(NULL, sd_json_variant_by_index(v, 1), 0, &p->value) < 0)
		return json_error_set(e, v, NULL, "must be an array of two numbers");
	return 0;
}

static const sd_json_dispatch_field distribution_fields[] = {
	STRING_FIELD(name),
	STRING_FIELD(unit),
	{"points", SD_JSON_VARIANT_ARRAY, sd_json_dispatch_variant_noref,
	 offsetof(struct entry, points), SD_JSON_MANDATORY},
	{},
};

static int read_distribution(sd_json_variant *v, void *measurement, struct json_error *e)
{
	_cleanup_free_ struct quantile *items = NULL;
	struct points points = {};
	struct entry entry = {};
	int r = json_read_object(v, distribution_fields, &entry, e);

	if (r < 0)
		return r;
	items = calloc(sd_json_variant_elements(entry.points) + 1, sizeof(*items));
	if (!items)
		return -ENOMEM;
	points.items = items;
	r = json_read_array(entry.points, "points", read_point, &points, e);
	if (r < 0)
		return r;
	r = measurement_add_distribution(measurement, entry.name, entry.unit, items, points.nr);
	if (r == -EEXIST)
		return json_error_set(e, v, "name", "must be unique, '%s' is not", entry.name);
	if (r == -EDOM)
		return json_error_set(
			e, v, "points",
			"must be at least one, with shares from 0 to 1, and not go back");
	return r;
}

struct lists {
	sd_json_variant *metrics, *distributions;
};

#define LIST_FIELD(name)                                                                           \
	{#name, SD_JSON_VARIANT_ARRAY, sd_json_dispatch_variant_noref,                             \
	 offsetof(struct lists, name), SD_JSON_MANDATORY}

static const sd_json_dispatch_field measurement_fields[] = {
	LIST_FIELD(metrics),
	LIST_FIELD(distributions),
	{},
};

int measurement_from_json(sd_json_variant *v, struct measurement *ret, struct json_error *e)
{
	_cleanup_measurement_ struct measurement m = {};
	struct lists lists = {};
	int r = json_read_object(v, measurement_fields, &lists, e);

	if (r >= 0)
		r = json_read_array(lists.metrics, "metrics", read_metric, &m, e);
	if (r >= 0)
		r = json_read_array(lists.distributions, "distributions", read_distribution, &m, e);
	if (r < 0)
		return r;
	*ret = m;
	m = (struct measurement){};
	return 0;
}
