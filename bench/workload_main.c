// SPDX-License-Identifier: GPL-2.0-only
/*
 * `aios-bench workload NAME OPTION...`: one run of a built-in workload, whose result is all it
 * prints on standard output. The first word that is no option names the workload and ends the
 * options of the verb; the rest of the line belongs to the workload's own table.
 */
#include <stdio.h>
#include <string.h>

#include "lib/log.h"
#include "lib/parse.h"
#include "lib/strv.h"

#include "bench/spin.h"
#include "bench/verbs.h"
#include "bench/workloads/builtin.h"

#define SPIN_MAX 1000000

/* Options every workload has. */
struct common {
	const char *spin_per_us;
	uint8_t help;
};

// clang-format off
static const struct option_info common_options[] = {
	{"spin-per-us", 0, OPTION_STRING, offsetof(struct common, spin_per_us), "X",
	 "turns of the work loop a CPU does in a microsecond when all are busy; found out if not given"},
	{"help", 'h', OPTION_FLAG, offsetof(struct common, help), NULL, "show this help"},
};
// clang-format on

/* "schbench, frame"; NULL if memory runs out. */
static char *names(void)
{
	_cleanup_strv_ char **list = NULL;

	for (const struct builtin_workload *const *w = builtin_workloads; *w; w++)
		if (strv_extend(&list, (*w)->name) < 0)
			return NULL;
	return strv_join(list, ", ");
}

static enum exit_status complain_name(const char *name)
{
	_cleanup_free_ char *all = names();

	if (name)
		log_error("unknown workload '%s'; there are %s", name, all ?: "others");
	else
		log_error("no workload given; there are %s", all ?: "several");
	return STATUS_USAGE;
}

/* Decimals are those of a number of seconds: three. */
static int read_spin(const char *text, double *ret)
{
	uint64_t thousandths;

	if (!text) {
		*ret = spin_calibrate();
		return 0;
	}
	if (parse_seconds_ms(text, 1, SPIN_MAX * 1000ULL, &thousandths) < 0) {
		log_error("--spin-per-us: '%s' is not a number from 0.001 to %d with up to three "
			  "decimals",
			  text, SPIN_MAX);
		return -EINVAL;
	}
	*ret = (double)thousandths / 1000;
	return 0;
}

static enum exit_status print(const struct measurement *m)
{
	sd_json_variant *v = NULL;
	int r = measurement_to_json(m, &v);

	if (r >= 0)
		r = sd_json_variant_dump(v, SD_JSON_FORMAT_NEWLINE, stdout, NULL);
	sd_json_variant_unref(v);
	if (r < 0) {
		(void)log_errno(r, "cannot print the result: %m");
		return STATUS_FAILED;
	}
	return stdout_status();
}

static enum exit_status measure(const struct builtin_workload *w, const void *conf,
				const struct common *common)
{
	_cleanup_measurement_ struct measurement m = {};
	double spin_per_us;
	int r = read_spin(common->spin_per_us, &spin_per_us);

	if (r >= 0)
		r = w->run(conf, spin_per_us, &m);
	if (r < 0)
		return r == -EINVAL ? STATUS_USAGE : STATUS_FAILED;
	return print(&m);
}

/* @argv begins with the name of the workload. */
static enum exit_status parse_and_measure(const struct builtin_workload *w, void *conf, int argc,
					  char **argv)
{
	struct common common = {};
	const struct option_group groups[] = {
		{"Options", w->options, w->nr_options, conf},
		{"Common options", common_options, ARRAY_SIZE(common_options), &common},
	};
	char program[64], summary[160];
	const struct command_line cl = {program, "[OPTION]...", summary, groups,
					ARRAY_SIZE(groups)};
	int first;

	(void)snprintf(program, sizeof(program), "aios-bench workload %s", w->name);
	(void)snprintf(summary, sizeof(summary), "%s: %s. See aios-bench-workloads(7).", w->name,
		       w->summary);
	if (options_parse(&cl, argc, argv, &first) < 0)
		return STATUS_USAGE;
	if (common.help) {
		options_help(stdout, &cl);
		return stdout_status();
	}
	if (first < argc) {
		log_error("unexpected argument '%s'", argv[first]);
		return STATUS_USAGE;
	}
	return measure(w, conf, &common);
}

static enum exit_status run(const void *unused _unused_, char **words)
{
	const struct builtin_workload *w = words[0] ? builtin_find(words[0]) : NULL;
	_cleanup_free_ void *conf = NULL;

	if (!w)
		return complain_name(words[0]);
	conf = malloc(w->conf_size);
	if (!conf) {
		log_error("out of memory");
		return STATUS_FAILED;
	}
	memcpy(conf, w->defaults, w->conf_size);
	return parse_and_measure(w, conf, (int)strv_len(words), words);
}

const struct verb verb_workload = {
	.name = "workload",
	.help = "run a workload that is built in once, as a run does",
	.arguments = " NAME [OPTION]...",
	.max_words = SIZE_MAX,
	.run = run,
};
