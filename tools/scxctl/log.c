// SPDX-License-Identifier: GPL-2.0-only
/* The failures that the loader has recorded, oldest first, so that the newest is at the prompt. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/exit_status.h"
#include "lib/loader_bus.h"
#include "lib/log.h"

#include "client.h"
#include "print.h"

static enum status ask_failures(sd_json_variant **ret)
{
	_cleanup_free_ char *text = NULL;
	enum status status = client_ask("Failures", &text);

	if (status != SCXCTL_OK)
		return status;
	if (sd_json_parse(text, 0, ret, NULL, NULL) >= 0 && sd_json_variant_is_array(*ret))
		return SCXCTL_OK;
	log_error("what aios-loader says of failures is not a JSON array");
	return SCXCTL_FAILED;
}

/* The last @nr of them. */
static int newest(sd_json_variant *all, uint64_t nr, sd_json_variant **ret)
{
	size_t n = sd_json_variant_elements(all);
	int r = sd_json_variant_new_array(ret, NULL, 0);

	for (size_t i = n > nr ? n - nr : 0; r >= 0 && i < n; i++)
		r = sd_json_variant_append_array(ret, sd_json_variant_by_index(all, i));
	return r;
}

/* A member that is a string, else "". */
static const char *get_string(sd_json_variant *object, const char *key)
{
	sd_json_variant *v = sd_json_variant_by_key(object, key);

	return v && sd_json_variant_is_string(v) ? sd_json_variant_string(v) : "";
}

static void print_record(sd_json_variant *record)
{
	uint64_t seconds = sd_json_variant_unsigned(sd_json_variant_by_key(record, "time"));
	_cleanup_free_ char *when = time_text(seconds * 1000000);
	const char *dump = get_string(record, "dump");

	(void)printf("%s  %s %s\n", when ?: "", get_string(record, "what"),
		     get_string(record, "reason"));
	if (*dump)
		(void)printf("%21sdump: %s\n", "", dump);
}

enum status verb_log(const struct invocation *v)
{
	_cleanup_json_ sd_json_variant *all = NULL, *shown = NULL;
	enum status status = ask_failures(&all);
	int r;

	if (status != SCXCTL_OK)
		return status;
	r = newest(all, v->arguments->nr_records, &shown);
	if (r < 0)
		return report_no_memory();
	if (v->arguments->json)
		return print_json(shown);
	for (size_t i = 0; i < sd_json_variant_elements(shown); i++)
		print_record(sd_json_variant_by_index(shown, i));
	return (enum status)stdout_status();
}
