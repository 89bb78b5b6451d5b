// SPDX-License-Identifier: GPL-2.0-only
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "lib/util.h"

#include "bench/keeper.h"

/* In the process of its own: a message of no bytes is the end of who sends them. */
static _Noreturn void keep(int fd)
{
	pid_t group = 0;
	sigset_t all;

	/* what ends us by the keyboard must not end it */
	(void)setsid();
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	while (recv(fd, &group, sizeof(group), 0) > 0)
		;
	if (group > 0)
		(void)kill(-group, SIGKILL);
	_exit(0);
}

int keeper_start(struct keeper *k)
{
	int pair[2], r;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	k->fd = pair[0];
	k->pid = fork();
	r = k->pid < 0 ? -errno : 0;
	if (k->pid == 0) {
		(void)close(pair[0]);
		keep(pair[1]);
	}
	closep(&pair[1]);
	if (r < 0)
		closep(&k->fd);
	return r;
}

void keeper_watch(const struct keeper *k, pid_t group)
{
	(void)send(k->fd, &group, sizeof(group), MSG_NOSIGNAL);
}

void keeper_stop(struct keeper *k)
{
	if (k->pid <= 0)
		return;
	closep(&k->fd);
	(void)waitpid(k->pid, NULL, 0);
}
