// SPDX-License-Identifier: GPL-2.0-only
/* What --check prints: a configuration file that, read again, means the same. */
#include <string.h>

#include "lib/strv.h"

#include "config_keys.h"

static void print_char(FILE *f, unsigned char c)
{
	if (c == '"' || c == '\\')
		(void)fprintf(f, "\\%c", c);
	else if (c < ' ' || c == 0x7f)
		(void)fprintf(f, "\\u%04X", c);
	else
		(void)fputc(c, f);
}

static void print_string(FILE *f, const char *s)
{
	(void)fputc('"', f);
	for (; *s; s++)
		print_char(f, (unsigned char)*s);
	(void)fputc('"', f);
}

static void print_origin(FILE *f, struct origin o)
{
	if (!o.file)
		(void)fputs("  # built in\n", f);
	else
		(void)fprintf(f, "  # %s:%u\n", o.file, o.pos.line);
}

static void print_setting(FILE *f, const char *key, const char *value, struct origin origin)
{
	(void)fprintf(f, "%s = ", key);
	print_string(f, value);
	print_origin(f, origin);
}

static void print_int(FILE *f, const struct reader_key *key, const struct setting_int *s)
{
	if (key->read == reader_int)
		(void)fprintf(f, "%s = %d", key->name, s->value);
	else if (key->read == reader_boolean)
		(void)fprintf(f, "%s = %s", key->name, s->value ? "true" : "false");
	else
		(void)fprintf(f, "%s = \"%s\"", key->name,
			      s->value == CONFIG_NO_MODE ? "" : mode_table[s->value].name);
	print_origin(f, s->origin);
}

/* A table whose members are all numbers of some kind. */
static void print_section(FILE *f, const char *name, const struct reader_key *keys,
			  const void *section)
{
	(void)fprintf(f, "\n[%s]\n", name);
	for (; keys->name; keys++)
		print_int(f, keys, (const void *)((const char *)section + keys->offset));
}

static void print_strings(FILE *f, const char *key, const struct setting_strings *s)
{
	(void)fprintf(f, "%s = [", key);
	for (size_t i = 0; i < s->nr_items; i++) {
		(void)fputs(i ? ", " : "", f);
		print_string(f, s->items[i].value);
	}
	(void)fputc(']', f);
	print_origin(f, s->origin);
}

static void print_flags(FILE *f, const char *key, const struct setting_flags *flags)
{
	(void)fprintf(f, "%s = [", key);
	strv_foreach(word, flags->words) {
		(void)fputs(word == flags->words ? "" : ", ", f);
		print_string(f, *word);
	}
	(void)fputc(']', f);
	print_origin(f, flags->origin);
}

/* Words that a shell would take apart or change stand in quotes. */
static void print_word(FILE *f, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-+=./:,@%";

	if (*word && word[strspn(word, plain)] == '\0')
		(void)fputs(word, f);
	else
		print_string(f, word);
}

static void print_command(const struct config *c, const struct catalog *catalog, FILE *f)
{
	const struct sched_entry *e = config_sched(c, catalog);
	_cleanup_strv_ char **argv = NULL;

	if (!e) {
		(void)fputs("\n# nothing would be started\n", f);
		return;
	}
	if (config_command(e, config_flags(c, e, config_mode(c))->words, "", &argv) < 0)
		return;
	(void)fputs("\n# would be started:", f);
	strv_foreach(word, argv) {
		(void)fputc(' ', f);
		print_word(f, *word);
	}
	(void)fputc('\n', f);
}

void config_print(const struct config *c, const struct catalog *catalog, FILE *f)
{
	print_setting(f, "default_sched", c->default_sched.value ? c->default_sched.value : "",
		      c->default_sched.origin);
	print_setting(f, "default_mode", mode_table[config_mode(c)].name, c->default_mode.origin);
	print_strings(f, "fallback", &c->fallback);
	print_section(f, "failures", config_failure_keys, &c->failures);
	print_section(f, "profiles", config_profile_keys, &c->profiles);
	for (size_t i = 0; i < catalog->nr_entries; i++) {
		const struct sched_entry *e = &catalog->entries[i];

		(void)fprintf(f, "\n[scheds.%s]\n", e->name.value);
		for (int mode = 0; mode < NR_MODES; mode++)
			print_flags(f, mode_table[mode].toml_key,
				    config_flags(c, e, (enum mode)mode));
	}
	print_command(c, catalog, f);
}
