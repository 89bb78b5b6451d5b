// SPDX-License-Identifier: GPL-2.0-only
/*
 * gnuplot has its script, its output and its complaints in files in memory: nobody waits for
 * anybody, however much is written.
 */
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "bench/report/html.h"
#include "bench/report/plot.h"
#include "bench/report/utf8.h"
#include "lib/file.h"
#include "lib/log.h"
#include "lib/strv.h"

#define SVG_MAX (8 << 20)
#define LABEL_MIN 5 /* a mark is at least "~999~" */

int plot_begin(struct plot *p, unsigned width, unsigned height)
{
	*p = (struct plot){.width = width, .height = height};
	p->script = open_memstream(&p->text, &p->size);
	if (!p->script)
		return -ENOMEM;
	(void)fprintf(p->script,
		      "set terminal svg size %u,%u dynamic noenhanced font 'sans-serif,13'\n"
		      "set encoding utf8\n"
		      "set border 3 lc rgb " PLOT_RGB "\n"
		      "set tics nomirror tc rgb " PLOT_RGB "\n"
		      "set grid lc rgb " PLOT_RGB " lt 1 lw 0.7, lc rgb " PLOT_RGB " lt 1 lw 0.7\n",
		      width, height, PLOT_AXIS, PLOT_TEXT, PLOT_GRID, PLOT_GRID);
	return 0;
}

void plot_finish(struct plot *p)
{
	if (p->script)
		(void)fclose(p->script);
	free(p->text);
	strv_free(p->labels);
}

/* Bytes of the first @columns characters, and how many there are at most. */
static size_t cut(const char *text, unsigned columns, unsigned *ret_columns)
{
	size_t len = strlen(text), bytes, i = 0;

	for (*ret_columns = 0; i < len && *ret_columns < columns; i += bytes, ++*ret_columns)
		(void)utf8_decode(text + i, len - i, &bytes);
	return i;
}

int plot_label(struct plot *p, const char *text, unsigned columns)
{
	_cleanup_free_ char *label = NULL;
	unsigned width;
	size_t len = cut(text, columns, &width), n = strv_len(p->labels);
	int r;

	if (text[len])
		len = cut(text, columns - 1, &width);
	if (asprintf(&label, "%.*s%s", (int)len, text, text[len] ? "…" : "") < 0) {
		label = NULL;
		return -ENOMEM;
	}
	r = strv_extend(&p->labels, label);
	if (r < 0)
		return r;
	(void)fprintf(p->script, "'~%zu~", n);
	for (unsigned i = LABEL_MIN; i < width + (text[len] != '\0'); i++)
		(void)fputc('~', p->script);
	(void)fputc('\'', p->script);
	return 0;
}

struct drawing {
	const struct plot *plot;
	FILE *page;
	unsigned id;
};

/*
 * What is not copied from gnuplot's output as it is. Each is called with the text behind its
 * beginning, and returns where to go on. There is no text from elsewhere in it yet.
 */
static const char *unique_id(const struct drawing *d, const char *s)
{
	(void)fprintf(d->page, "id=%cp%u-", *s, d->id);
	return s + 1;
}

static const char *unique_reference(const struct drawing *d, const char *s)
{
	(void)fprintf(d->page, "href=%c#p%u-", *s, d->id);
	return s + 2;
}

static const char *colour(const struct drawing *d, const char *s)
{
	unsigned red, green, blue;
	int len = 0;

	if (sscanf(s, "%u,%u,%u)%n", &red, &green, &blue, &len) == 3 && len > 0 && red == 1 &&
	    green == 1)
		(void)fprintf(d->page, "var(--c%u)", blue);
	else
		(void)fprintf(d->page, "rgb(%.*s", len, s);
	return s + len;
}

static const char *label(const struct drawing *d, const char *s)
{
	unsigned n;
	int len = 0;

	if (sscanf(s, "%u~%n", &n, &len) != 1 || len == 0 || n >= strv_len(d->plot->labels)) {
		(void)fputc('~', d->page);
		return s;
	}
	html_text(d->page, d->plot->labels[n]);
	return s + len + strspn(s + len, "~");
}

/* With @end in place of a function, all up to there is left out. */
static const struct rule {
	const char *begin;
	const char *(*rewrite)(const struct drawing *d, const char *s);
	const char *end;
} rules[] = {
	{"id=", unique_id},
	{"href=", unique_reference},
	{"rgb(", colour},
	{"~", label},
	{"<title>gnuplot_plot_", .end = "</title>"}, /* would be shown under the pointer */
	{"<filter ", .end = "</filter>"},            /* of things that are not used */
};

static const char *skip(const char *s, const char *end)
{
	const char *found = strstr(s, end);

	return found ? found + strlen(end) : s + strlen(s);
}

static const struct rule *find_rule(const char *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		if (strncmp(s, rules[i].begin, strlen(rules[i].begin)) == 0)
			return &rules[i];
	return NULL;
}

/* From the canvas to the end of the drawing; the element around it is ours. */
static int rewrite(const struct drawing *d, const char *svg, const char *title)
{
	const char *s = strstr(svg, "<g id=\"gnuplot_canvas\">");
	const char *end = s ? strstr(s, "</svg>") : NULL;

	if (!end)
		return -EBADMSG;
	(void)fprintf(d->page,
		      "<svg xmlns=\"http://www.w3.org/2000/svg\" "
		      "xmlns:xlink=\"http://www.w3.org/1999/xlink\" viewBox=\"0 0 %u %u\" "
		      "role=\"img\" aria-labelledby=\"p%u\">\n<title id=\"p%u\">",
		      d->plot->width, d->plot->height, d->id, d->id);
	html_text(d->page, title);
	(void)fputs("</title>\n", d->page);
	while (s < end) {
		const struct rule *rule = find_rule(s);

		if (rule && rule->end)
			s = skip(s, rule->end);
		else if (rule)
			s = rule->rewrite(d, s + strlen(rule->begin));
		else
			(void)fputc(*s++, d->page);
	}
	(void)fputs("</svg>\n", d->page);
	return 0;
}

static int memory_file(const char *name, const char *data, size_t size, int *ret)
{
	_cleanup_close_ int fd = memfd_create(name, MFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	for (size_t done = 0; done < size;) {
		ssize_t n = write(fd, data + done, size - done);

		if (n < 0)
			return -errno;
		done += (size_t)n;
	}
	if (lseek(fd, 0, SEEK_SET) < 0)
		return -errno;
	*ret = fd;
	fd = -1;
	return 0;
}

static int read_memory(int fd, char **ret)
{
	char path[64];
	size_t size;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return read_file(AT_FDCWD, path, SVG_MAX, ret, &size);
}

/* Logs the first line of what gnuplot complained of. */
static int complain(int fd)
{
	_cleanup_free_ char *text = NULL;
	const char *line;

	if (read_memory(fd, &text) < 0)
		return -EIO;
	line = text + strspn(text, " \n");
	log_warning("gnuplot failed: %.*s", (int)strcspn(line, "\n"), line);
	return -EIO;
}

/* @fds: what becomes standard input, output and error. */
static int run_gnuplot(const int *fds)
{
	/* -d: the settings of whoever runs it do not count */
	char *const argv[] = {(char[]){"gnuplot"}, (char[]){"-d"}, NULL};
	posix_spawn_file_actions_t actions;
	int r = posix_spawn_file_actions_init(&actions), status = -1;
	pid_t pid;

	if (r != 0)
		return -r;
	for (int i = 0; r == 0 && i < 3; i++)
		r = posix_spawn_file_actions_adddup2(&actions, fds[i], i);
	if (r == 0)
		r = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	if (r != 0)
		return -r;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EIO;
}

/* What gnuplot makes of @script; logs what it complained of. */
static int draw(const char *script, size_t size, char **ret)
{
	_cleanup_close_ int in = -1, out = -1, err = -1;
	int r = memory_file("script", script, size, &in);

	if (r >= 0)
		r = memory_file("svg", NULL, 0, &out);
	if (r >= 0)
		r = memory_file("complaints", NULL, 0, &err);
	if (r >= 0)
		r = run_gnuplot((int[]){in, out, err});
	if (r == -EIO)
		return complain(err);
	return r < 0 ? r : read_memory(out, ret);
}

int plot_check(void)
{
	_cleanup_free_ char *nothing = NULL;

	return draw("", 0, &nothing);
}

int plot_draw(struct plot *p, FILE *page, unsigned id, const char *title)
{
	_cleanup_free_ char *svg = NULL;
	int r = fflush(p->script) == 0 ? 0 : -ENOMEM;

	if (r >= 0)
		r = draw(p->text, p->size, &svg);
	if (r >= 0)
		r = rewrite(&(struct drawing){p, page, id}, svg, title);
	if (r == -EBADMSG) {
		log_warning("gnuplot made no SVG of '%s'", title);
		r = -EIO;
	}
	return r;
}
