// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "cpu_list.h"

/* Prints the range of online CPUs that begins with @first; the CPU behind it. */
static unsigned print_range(FILE *f, const struct topology *t, unsigned first)
{
	unsigned end = first;

	while (end < t->nr_cpu_ids && t->cpus[end].online)
		end++;
	(void)fprintf(f, ftell(f) > 0 ? ",%u" : "%u", first);
	if (end - first > 1)
		(void)fprintf(f, "-%u", end - 1);
	return end;
}

char *cpu_list_online(const struct topology *t)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	for (unsigned cpu = 0; cpu < t->nr_cpu_ids; cpu++)
		if (t->cpus[cpu].online)
			cpu = print_range(f, t, cpu);
	if (fclose(f) == 0)
		return text;
	free(text);
	return NULL;
}
