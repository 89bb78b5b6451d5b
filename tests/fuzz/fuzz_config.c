// SPDX-License-Identifier: GPL-2.0-only
/*
 * The input is a configuration file. Whatever is accepted is printed as a file that
 * is accepted as well and means the same: it is printed again without a difference
 * but for the origins.
 */
#include <stdint.h>
#include <string.h>

#include "loader/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct sched_entry entries[] = {
	{.name = {.value = (char[]){"scx_a"}}},
	{.name = {.value = (char[]){"scx_b"}}},
};
static const struct catalog catalog = {entries, ARRAY_SIZE(entries)};

static void ignore_report(void *userdata _unused_, enum log_level level _unused_,
			  const char *text _unused_)
{
}

static bool is_accepted(struct config *c, const char *text, size_t size)
{
	struct reader r = {.report = ignore_report, .file = "fuzz"};
	_cleanup_toml_ struct toml_document *doc = NULL;
	_cleanup_free_ char *error = NULL;
	int k = toml_parse(text, size, r.file, &doc, &error);

	config_init(c);
	if (k < 0) {
		/* what is refused is refused with its place */
		if (k != -EBADMSG || !error || strncmp(error, "fuzz:", 5) != 0)
			abort();
		return false;
	}
	config_add_layer(c, doc, &r);
	return config_check(c, &catalog, &r) == 0 && r.nr_errors == 0;
}

static char *printed(const struct config *c)
{
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		abort();
	config_print(c, &catalog, f);
	if (fclose(f) != 0)
		abort();
	return text;
}

/* Cuts "  # file:line" off each line; strings have no newlines, and nothing follows it. */
static void cut_origins(char *text)
{
	char *out = text, *line, *rest = text;

	while ((line = strsep(&rest, "\n"))) {
		size_t len = strlen(line);

		for (char *c = line; (c = strstr(c, "  # ")); c++)
			len = (size_t)(c - line);
		memmove(out, line, len);
		out += len;
		*out++ = '\n';
	}
	out[-1] = '\0';
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_config_ struct config first = {}, second = {};
	_cleanup_free_ char *text = NULL, *again = NULL;

	if (!is_accepted(&first, (const char *)data, size))
		return 0;
	text = printed(&first);
	if (!is_accepted(&second, text, strlen(text)))
		abort();
	again = printed(&second);
	cut_origins(text);
	cut_origins(again);
	if (strcmp(text, again) != 0)
		abort();
	return 0;
}
