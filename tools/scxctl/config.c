// SPDX-License-Identifier: GPL-2.0-only
/* The configuration: what is in effect in the loader, and what a file would bring about. */
#include <stdio.h>
#include <string.h>

#include "lib/exit_status.h"
#include "lib/loader_bus.h"
#include "lib/log.h"
#include "lib/strv.h"
#include "lib/toml.h"

#include "client.h"
#include "print.h"

static int convert(const struct toml_node *n, sd_json_variant **ret);

static int convert_table(const struct toml_node *n, sd_json_variant **ret)
{
	int r = sd_json_variant_new_object(ret, NULL, 0);

	for (size_t i = 0; r >= 0 && i < toml_len(n); i++) {
		struct toml_entry e = toml_member(n, i);
		_cleanup_json_ sd_json_variant *value = NULL;

		r = convert(e.value, &value);
		if (r >= 0)
			r = sd_json_variant_set_field(ret, e.key, value);
	}
	return r;
}

static int convert_array(const struct toml_node *n, sd_json_variant **ret)
{
	int r = sd_json_variant_new_array(ret, NULL, 0);

	for (size_t i = 0; r >= 0 && i < toml_len(n); i++) {
		_cleanup_json_ sd_json_variant *value = NULL;

		r = convert(toml_at(n, i), &value);
		if (r >= 0)
			r = sd_json_variant_append_array(ret, value);
	}
	return r;
}

/* -EINVAL for types that no configuration has. */
static int convert(const struct toml_node *n, sd_json_variant **ret)
{
	const char *string;
	int64_t integer;
	bool boolean;

	if (toml_node_type(n) == TOML_TABLE)
		return convert_table(n, ret);
	if (toml_node_type(n) == TOML_ARRAY)
		return convert_array(n, ret);
	if (toml_string(n, &string) >= 0)
		return sd_json_variant_new_string(ret, string);
	if (toml_integer(n, &integer) >= 0)
		return sd_json_variant_new_integer(ret, integer);
	if (toml_boolean(n, &boolean) >= 0)
		return sd_json_variant_new_boolean(ret, boolean);
	return -EINVAL;
}

static enum status print_as_json(const char *text)
{
	_cleanup_toml_ struct toml_document *document = NULL;
	_cleanup_json_ sd_json_variant *v = NULL;
	_cleanup_free_ char *message = NULL;

	if (toml_parse(text, strlen(text), "configuration", &document, &message) >= 0 &&
	    convert(toml_root(document), &v) >= 0)
		return print_json(v);
	log_error("cannot read what aios-loader says: %s", message ?: "not a configuration");
	return SCXCTL_FAILED;
}

enum status verb_config(const struct invocation *v)
{
	_cleanup_free_ char *text = NULL;
	enum status status = client_ask("Configuration", &text);

	if (status != SCXCTL_OK)
		return status;
	if (v->arguments->json)
		return print_as_json(text);
	(void)fputs(text, stdout);
	return (enum status)stdout_status();
}

/* Becomes aios-loader --check, whose exit status has the same meanings. */
enum status verb_check(const struct invocation *v)
{
	const char *root = v->arguments->root;
	_cleanup_free_ char *program = NULL;
	char *argv[6] = {};
	size_t n = 0;

	if (asprintf(&program, "%s" AIOS_BINDIR "/aios-loader", root ?: "") < 0) {
		program = NULL;
		return report_no_memory();
	}
	argv[n++] = program;
	argv[n++] = (char *)"--check";
	if (root) {
		argv[n++] = (char *)"--root";
		argv[n++] = (char *)root;
	}
	argv[n] = v->words[0];
	/* --quiet has put something else in the place of stdout */
	if (dup2(fileno(stdout), STDOUT_FILENO) >= 0)
		(void)execv(program, argv);
	log_error("cannot run %s: %m", program);
	return SCXCTL_FAILED;
}
