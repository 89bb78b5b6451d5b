/* SPDX-License-Identifier: GPL-2.0-only */
/* A configuration below a directory of its own, with scx_a and scx_b installed there. */
#pragma once

#include "lib/strv.h"
#include "loader/config.h"
#include "messages.h"

#define VENDOR CONFIG_VENDOR_FILE
#define ETC CONFIG_FILE

static inline void write_root(struct test_root *root, const char *path, const char *text)
{
	test_write(root->dir, below_root(path), text);
}

/* Everything a test looks at. */
struct fixture {
	struct messages m;
	struct catalog catalog;
	struct config config;
};

static inline void fixture_init(struct fixture *f, struct test_root *root)
{
	*f = (struct fixture){};
	write_root(root, CATALOG_DIR "/scx_a.toml",
		   "name = 'scx_a'\nauto_mode = ['-c']\nserver_mode = ['-s', '1']\n");
	write_root(root, CATALOG_DIR "/scx_b.toml", "name = 'scx_b'\n");
	messages_init(&f->m, root->fd);
	assert_int_equal(catalog_load(&f->catalog, &f->m.reader), 0);
}

static inline void fixture_finish(struct fixture *f)
{
	config_finish(&f->config);
	catalog_finish(&f->catalog);
	messages_finish(&f->m);
}
#define _cleanup_fixture_ _cleanup_(fixture_finish)

static inline int load(struct fixture *f)
{
	return config_load(&f->config, &f->catalog, &f->m.reader, NULL);
}

/* The name of the scheduler to start, "none" if there is none */
static inline const char *sched(const struct fixture *f)
{
	const struct sched_entry *e = config_sched(&f->config, &f->catalog);

	return e ? e->name.value : "none";
}

static inline char *flags(const struct fixture *f, const char *name, enum mode mode)
{
	const struct sched_entry *e = catalog_find(&f->catalog, name);

	return strv_join(config_flags(&f->config, e, mode)->words, " ");
}

static inline char *printed(const struct fixture *f)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	config_print(&f->config, &f->catalog, out);
	assert_int_equal(fclose(out), 0);
	return text;
}
