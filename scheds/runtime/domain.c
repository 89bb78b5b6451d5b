// SPDX-License-Identifier: GPL-2.0-only
/*
 * A word stands for the types of CPUs it takes, anything else is a mask. On a machine whose CPUs
 * are all alike they are big, so that there "powersave" and "turbo" name nobody, which is
 * everybody.
 */
#include <string.h>

#include "lib/log.h"
#include "lib/parse.h"
#include "runtime/domain.h"

#define TYPE(type) (1U << CPU_TYPE_##type)
#define ANY_TYPE (TYPE(LITTLE) | TYPE(BIG) | TYPE(TURBO))

static const struct word {
	const char *word;
	unsigned types;
} words[] = {
	{"auto", ANY_TYPE},          {"performance", TYPE(BIG) | TYPE(TURBO)},
	{"powersave", TYPE(LITTLE)}, {"turbo", TYPE(TURBO)},
	{"all", ANY_TYPE},           {"none", ANY_TYPE}, /* nobody comes first */
};

static const struct word *find_word(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(words[i].word, text) == 0)
			return &words[i];
	return NULL;
}

bool domain_is_saving(const char *text, bool is_saving)
{
	return strcmp(text, "powersave") == 0 || (is_saving && strcmp(text, "auto") == 0);
}

static unsigned keep_online(const struct topology *t, bool *set)
{
	unsigned nr = 0;

	for (unsigned cpu = 0; cpu < t->nr_cpu_ids; cpu++) {
		set[cpu] = set[cpu] && t->cpus[cpu].online;
		nr += set[cpu];
	}
	return nr;
}

int domain_check(const char *text, const struct topology *t)
{
	_cleanup_free_ bool *set = NULL;
	int r;

	if (find_word(text))
		return 0;
	set = calloc(t->nr_cpu_ids, sizeof(*set));
	r = set ? parse_cpu_mask(text, set, t->nr_cpu_ids) : -ENOMEM;
	if (r == -EINVAL)
		log_error(
			"--primary-domain: '%s' is not one of auto, performance, powersave, turbo, "
			"all, none, or a mask of CPUs in hexadecimal",
			text);
	else if (r == -ERANGE)
		log_error(
			"--primary-domain: '%s' names CPUs this machine does not have: its are 0 to "
			"%u",
			text, t->nr_cpu_ids - 1);
	else if (r < 0)
		log_errno(r, "cannot keep a mask of CPUs: %m");
	else if (keep_online(t, set) == 0)
		log_error("--primary-domain: none of the CPUs in '%s' is online", text);
	else
		return 0;
	return -EINVAL;
}

static void set_types(const struct topology *t, unsigned types, bool *set)
{
	for (unsigned cpu = 0; cpu < t->nr_cpu_ids; cpu++)
		set[cpu] = types >> t->cpus[cpu].type & 1;
}

unsigned domain_resolve(const char *text, bool is_saving, const struct topology *t, bool *set)
{
	const struct word *word = find_word(domain_is_saving(text, is_saving) ? "powersave" : text);
	unsigned nr = 0;

	if (word)
		set_types(t, word->types, set);
	if (word || parse_cpu_mask(text, set, t->nr_cpu_ids) > 0)
		nr = keep_online(t, set);
	if (nr > 0)
		return nr;
	set_types(t, ANY_TYPE, set);
	return keep_online(t, set);
}
