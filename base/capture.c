/* SPDX-License-Identifier: MIT */
#include "base/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"

extern char **environ;

static int capture_start(pid_t *pid, char *const argv[], int output)
{
	posix_spawn_file_actions_t actions;
	int code;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(
		&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(
		&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	code = posix_spawnp(pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return code;
}

static char *capture_read_all(int fd, size_t *size)
{
	size_t room = 1 << 16;
	char *text = xcalloc(room, 1);
	ssize_t n;

	*size = 0;
	while ((n = read(fd, text + *size, room - *size - 1)) > 0 ||
		(n < 0 && errno == EINTR)) {
		*size += n > 0 ? (size_t)n : 0;
		if (*size + 1 == room) {
			room *= 2;
			text = xreallocarray(text, room, 1);
		}
	}
	text[*size] = '\0';
	return text;
}

int capture(char *const argv[], char **text, size_t *size, struct err *err)
{
	int ends[2], status, code;
	pid_t pid;

	*text = NULL;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_set(err, -errno, "cannot ask '%s': %s", argv[0],
			strerror(errno));
	code = capture_start(&pid, argv, ends[1]);
	close(ends[1]);
	if (code) {
		close(ends[0]);
		return err_set(err, -code, "cannot run '%s': %s", argv[0],
			strerror(code));
	}
	*text = capture_read_all(ends[0], size);
	close(ends[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	free(*text);
	*text = NULL;
	return err_set(err, -ECHILD, "'%s' failed when it was asked", argv[0]);
}
