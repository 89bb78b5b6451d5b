// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "bench/report/numbers.h"

/* Below this all digits of a whole number are written, and nothing is cut to k, M, G. */
#define LONGEST 1e7

static const char *large(char *buffer, double value)
{
	static const char *const prefixes[] = {"M", "G", "T", "P"};
	size_t i = 0;

	value /= 1e6;
	while (fabs(value) >= 1e3 && i < ARRAY_SIZE(prefixes)) {
		value /= 1e3;
		i++;
	}
	if (i == ARRAY_SIZE(prefixes))
		(void)snprintf(buffer, NUMBER_MAX, "%.3e", value * 1e18);
	else
		(void)snprintf(buffer, NUMBER_MAX, "%.4g%s", value, prefixes[i]);
	return buffer;
}

const char *number_value(char *buffer, double value)
{
	double size = fabs(value);
	int decimals;

	if (size >= LONGEST)
		return large(buffer, value);
	if (size > 0 && size < 1) {
		(void)snprintf(buffer, NUMBER_MAX, "%.4g", value);
		return buffer;
	}
	decimals = value == rint(value) || size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3;
	(void)snprintf(buffer, NUMBER_MAX, "%.*f", decimals, value);
	return buffer;
}

const char *number_ratio(char *buffer, double ratio)
{
	double size = fabs(ratio);

	if (size > 0 && size < 0.001)
		(void)snprintf(buffer, NUMBER_MAX, "%.1e", ratio);
	else if (size < 1e7)
		(void)snprintf(buffer, NUMBER_MAX, "%.*f",
			       size < 10    ? 3
			       : size < 100 ? 2
					    : 0,
			       ratio);
	else
		(void)snprintf(buffer, NUMBER_MAX, "%.1e", ratio);
	return buffer;
}

const char *number_percent(char *buffer, double share)
{
	double percent = share * 100, size = fabs(percent);

	if (size < 1e6)
		(void)snprintf(buffer, NUMBER_MAX, "%.*f %%", size < 10 ? 1 : 0, percent);
	else
		(void)snprintf(buffer, NUMBER_MAX, "%.1e %%", percent);
	return buffer;
}

const char *number_duration(char *buffer, double seconds)
{
	static const struct unit {
		double seconds, small_seconds;
		const char *name, *small;
	} units[] = {
		{86400, 3600, "d", "h"},
		{3600, 60, "h", "min"},
		{60, 1, "min", "s"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(units) && seconds < 1e9; i++) {
		const struct unit *u = &units[i];
		double nr_small = rint(seconds / u->small_seconds);
		double small_per_unit = u->seconds / u->small_seconds;

		if (nr_small < small_per_unit)
			continue;
		(void)snprintf(buffer, NUMBER_MAX, "%.0f %s %.0f %s",
			       floor(nr_small / small_per_unit), u->name,
			       fmod(nr_small, small_per_unit), u->small);
		return buffer;
	}
	if (fabs(seconds) < 60)
		(void)snprintf(buffer, NUMBER_MAX, "%.*f s", seconds < 10 ? 1 : 0, seconds);
	else
		(void)snprintf(buffer, NUMBER_MAX, "%.1e s", seconds);
	return buffer;
}

const char *number_date(char *buffer, uint64_t us)
{
	time_t seconds = (time_t)(us / 1000000);
	struct tm tm;

	if (!localtime_r(&seconds, &tm) || strftime(buffer, NUMBER_MAX, "%F %T %Z", &tm) == 0)
		(void)snprintf(buffer, NUMBER_MAX, "at an unknown time");
	return buffer;
}

const char *better_text(enum better better)
{
	static const char *const texts[NR_BETTER] = {
		[BETTER_LOWER] = "lower is better",
		[BETTER_HIGHER] = "higher is better",
		[BETTER_NONE] = "not judged",
	};

	return texts[better];
}

const char *verdict_text(enum verdict verdict, enum better better)
{
	static const char *const texts[NR_VERDICTS] = {
		[VERDICT_NONE] = "too few runs",
		[VERDICT_SAME] = "no difference shown",
		[VERDICT_BETTER] = "better",
		[VERDICT_WORSE] = "worse",
	};

	return better == BETTER_NONE ? "" : texts[verdict];
}

const char *verdict_mark(enum verdict verdict, enum better better)
{
	static const char *const marks[NR_VERDICTS] = {
		[VERDICT_NONE] = " ?",
		[VERDICT_SAME] = " ~",
		[VERDICT_BETTER] = " better",
		[VERDICT_WORSE] = " worse",
	};

	return better == BETTER_NONE ? "" : marks[verdict];
}

const char *absence_text(const struct session *s, unsigned workload, unsigned arm)
{
	for (size_t i = s->nr_runs; i-- > 0;) {
		const struct run *r = &s->runs[i];

		if (r->workload == workload && r->arm == arm && r->round > 0)
			return r->status == RUN_OK ? "not measured" : run_status_names[r->status];
	}
	return "never ran";
}
