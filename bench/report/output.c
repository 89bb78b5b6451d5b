// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>

#include "bench/report/output.h"
#include "lib/log.h"

enum { COLOUR_AUTO = 1, COLOUR_ALWAYS, COLOUR_NEVER };

int loaded_read(struct loaded *l, const char *path)
{
	int r;

	*l = (struct loaded){.path = path};
	r = session_read(AT_FDCWD, path, &l->session);
	if (r < 0)
		return r;
	r = analysis_make(&l->session, &l->analysis);
	if (r >= 0)
		return 0;
	log_errno(r, "cannot analyse %s: %m", path);
	session_finish(&l->session);
	*l = (struct loaded){};
	return r;
}

void loaded_finish(struct loaded *l)
{
	if (!l->path)
		return;
	analysis_finish(&l->analysis);
	session_finish(&l->session);
}

void output_screen(struct screen *s, const struct output_options *o)
{
	/* the decimal point stays a point */
	(void)setlocale(LC_CTYPE, "");
	screen_init(s, stdout);
	if (o->colour == COLOUR_ALWAYS || o->colour == COLOUR_NEVER)
		s->has_colour = o->colour == COLOUR_ALWAYS;
}

int output_check_target(const char *option, const char *path, const char *begin, const char *kind)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char found[64] = "";
	struct stat st;

	if (fd < 0)
		return errno == ENOENT ? 0 : log_errno(-errno, "cannot open %s: %m", path);
	if (fstat(fd, &st) < 0)
		return log_errno(-errno, "cannot look at %s: %m", path);
	if (!S_ISREG(st.st_mode)) {
		log_error("--%s: '%s' is no regular file", option, path);
		return -EINVAL;
	}
	if (st.st_size > 0 &&
	    (read(fd, found, strlen(begin)) < 0 || strncmp(found, begin, strlen(begin)) != 0)) {
		log_error("--%s: '%s' exists and is no %s, so it is not replaced", option, path,
			  kind);
		return -EEXIST;
	}
	return 0;
}

enum exit_status output_status(int r, const char *what)
{
	if (r >= 0)
		return stdout_status();
	log_errno(r, "cannot make %s: %m", what);
	return STATUS_FAILED;
}
