// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page says what the catalog says in sentences, and what the program says of its options and
 * statistics in tables.
 */
#include <string.h>

#include "page.h"

/* Characters that mean something in Markdown mean themselves in texts. */
static void print_text(FILE *f, const char *text)
{
	for (; *text; text++) {
		if (strchr("\\`*<|[", *text))
			(void)fputc('\\', f);
		(void)fputc(*text, f);
	}
}

/* The text in the member @key, or "". */
static const char *text_of(sd_json_variant *object, const char *key)
{
	sd_json_variant *text = sd_json_variant_by_key(object, key);

	return text && sd_json_variant_is_string(text) ? sd_json_variant_string(text) : "";
}

static void print_section(FILE *f, const char *title, const char *text)
{
	if (!text)
		return;
	(void)fprintf(f, "\n## %s\n\n", title);
	print_text(f, text);
	(void)fputc('\n', f);
}

static void print_use_cases(FILE *f, const struct setting_strings *use_cases)
{
	if (use_cases->nr_items == 0)
		return;
	(void)fputs("\n## Use cases\n\n", f);
	for (size_t i = 0; i < use_cases->nr_items; i++) {
		(void)fputs("- ", f);
		print_text(f, use_cases->items[i].value);
		(void)fputc('\n', f);
	}
}

/* The command that runs the scheduler in each mode that has flags of its own. */
static void print_modes(FILE *f, const struct sched_entry *e)
{
	bool is_first = true;

	for (int mode = 0; mode < NR_MODES; mode++) {
		if (!e->flags[mode].words)
			continue;
		if (is_first)
			(void)fputs("\n## Modes\n\n| mode | command |\n|---|---|\n", f);
		is_first = false;
		(void)fprintf(f, "| %s | `%s", mode_table[mode].cli_name, e->name.value);
		for (char **word = e->flags[mode].words; *word; word++)
			(void)fprintf(f, " %s", *word);
		(void)fputs("` |\n", f);
	}
}

/* %.15g shows numbers as they were written: 0.1, 4294967295. */
static void print_value(FILE *f, sd_json_variant *v)
{
	if (sd_json_variant_is_string(v))
		print_text(f, sd_json_variant_string(v));
	else if (sd_json_variant_is_number(v))
		(void)fprintf(f, "%.15g", sd_json_variant_real(v));
}

static void print_values(FILE *f, sd_json_variant *array, const char *separator)
{
	for (size_t i = 0; i < sd_json_variant_elements(array); i++) {
		(void)fputs(i ? separator : "", f);
		print_value(f, sd_json_variant_by_index(array, i));
	}
}

/* | `-s`, `--slice-us` US | 20000 | 100 to 1000000 | longest run at a time | */
static void print_option(FILE *f, sd_json_variant *o)
{
	sd_json_variant *range = sd_json_variant_by_key(o, "range"),
			*choices = sd_json_variant_by_key(o, "choices"),
			*value = sd_json_variant_by_key(o, "default");
	const char *letter = text_of(o, "letter"), *metavar = text_of(o, "metavar");

	(void)fprintf(f, *letter ? "| `-%s`, " : "| %s", letter);
	(void)fprintf(f, "`--%s`%s%s | ", text_of(o, "name"), *metavar ? " " : "", metavar);
	if (value)
		print_value(f, value);
	(void)fputs(" | ", f);
	if (range)
		print_values(f, range, " to ");
	else if (choices)
		print_values(f, choices, ", ");
	(void)fputs(" | ", f);
	print_text(f, text_of(o, "help"));
	(void)fputs(" |\n", f);
}

static int print_group(FILE *f, sd_json_variant *group)
{
	sd_json_variant *options = sd_json_variant_by_key(group, "options");

	if (!options || !sd_json_variant_is_array(options))
		return -EBADMSG;
	if (sd_json_variant_elements(options) == 0)
		return 0;
	(void)fprintf(f, "\n## %s\n\n| option | default | range | meaning |\n|---|---|---|---|\n",
		      text_of(group, "title"));
	for (size_t i = 0; i < sd_json_variant_elements(options); i++)
		print_option(f, sd_json_variant_by_index(options, i));
	return 0;
}

static int print_statistics(FILE *f, sd_json_variant *help)
{
	sd_json_variant *all = sd_json_variant_by_key(help, "statistics");

	if (!all || !sd_json_variant_is_array(all))
		return -EBADMSG;
	(void)fputs("\n## Statistics\n\n"
		    "Counters count from one line of `--stats` to the next; "
		    "gauges are as they are.\n\n"
		    "| name | kind | meaning |\n|---|---|---|\n",
		    f);
	for (size_t i = 0; i < sd_json_variant_elements(all); i++) {
		sd_json_variant *s = sd_json_variant_by_index(all, i);

		(void)fprintf(f, "| `%s` | %s | ", text_of(s, "name"), text_of(s, "kind"));
		print_text(f, text_of(s, "help"));
		(void)fputs(" |\n", f);
	}
	return 0;
}

static void print_entry(FILE *f, const struct sched_entry *e)
{
	(void)fprintf(f, "\nProduction-ready: %s.\n",
		      e->production.value ? "yes" : "no; it is for tests, studies and trials");
	print_use_cases(f, &e->use_cases);
	print_section(f, "Algorithm", e->algorithm.value);
	print_section(f, "Characteristics", e->characteristics.value);
	print_section(f, "Requirements", e->requirements.value);
	print_section(f, "Limitations", e->limitations.value);
	print_section(f, "Performance", e->performance_profile.value);
	print_modes(f, e);
}

int page_print(FILE *f, const struct sched_entry *e, sd_json_variant *help)
{
	sd_json_variant *groups = sd_json_variant_by_key(help, "groups");
	int r = 0;

	if (!groups || !sd_json_variant_is_array(groups))
		return -EBADMSG;
	(void)fprintf(f, "# %s\n\n", e->name.value);
	print_text(f, text_of(help, "summary"));
	(void)fputc('\n', f);
	print_entry(f, e);
	for (size_t i = 0; r == 0 && i < sd_json_variant_elements(groups); i++)
		r = print_group(f, sd_json_variant_by_index(groups, i));
	if (r == 0)
		r = print_statistics(f, help);
	(void)fprintf(f, "\nThe manual page %s(8) says more.\n", e->name.value);
	return r;
}
