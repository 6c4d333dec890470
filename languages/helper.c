/* SPDX-License-Identifier: MIT */
#include "languages/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/locate.h"
#include "languages/language.h"

/* An interpreter that says nothing for so long hangs. */
#define PATIENCE_MS 60000

#define READ_BYTES (64u << 10)

extern char **environ;

/*
 * An inner ftrace, or a traced one, must not take the helper for a test; and
 * the interpreter's own variables are the tests' business.
 */
static char **clean_environment(const struct language *language)
{
	const char *const unwanted[] = {
		language->variables, "LD_PRELOAD=", "FTRACE_"};
	size_t count = 0, n = 0;
	char **envp;

	while (environ[count])
		count++;
	envp = xcalloc(count + 1, sizeof(*envp));
	for (size_t i = 0; i < count; i++) {
		bool wanted = true;

		for (size_t k = 0; k < 3; k++)
			wanted &= strncmp(environ[i], unwanted[k],
					  strlen(unwanted[k])) != 0;
		if (wanted)
			envp[n++] = environ[i];
	}
	return envp;
}

static int languages_helper_spawn(struct helper *helper,
	const char *interpreter, const char *script, const char *cache,
	int input, int output)
{
	const struct language *language = helper->language;
	char *argv[LANGUAGE_OPTIONS_MAX + 3] = {(char *)interpreter};
	char **envp = clean_environment(language);
	size_t n = 1;
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, pipes;
	int code;

	for (size_t i = 0; language->options[i]; i++)
		argv[n++] = (char *)language->options[i];
	argv[n++] = (char *)script;
	argv[n++] = (char *)cache;
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(
		&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	sigemptyset(&none);
	sigfillset(&pipes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &pipes);
	posix_spawnattr_setflags(
		&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	code = posix_spawn(
		&helper->pid, interpreter, &actions, &attributes, argv, envp);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	free(envp);
	return code;
}

int helper_open(struct helper *helper, const struct language *language,
	const char *interpreter, const char *cache, struct err *err)
{
	char *script = locate(language->helper, err);
	int to[2], from[2], code;

	memset(helper, 0, sizeof(*helper));
	helper->language = language;
	helper->to = helper->from = -1;
	if (!script)
		return -ENOENT;
	/* Sockets, for MSG_NOSIGNAL: a helper that died must not kill us. */
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, to) < 0) {
		free(script);
		return err_set(err, -errno, "no pipe: %s", strerror(errno));
	}
	if (pipe2(from, O_CLOEXEC) < 0) {
		code = err_set(err, -errno, "no pipe: %s", strerror(errno));
		close(to[0]);
		close(to[1]);
		free(script);
		return code;
	}
	code = languages_helper_spawn(
		helper, interpreter, script, cache, to[1], from[1]);
	free(script);
	close(to[1]);
	close(from[1]);
	helper->to = to[0];
	helper->from = from[0];
	if (code) {
		helper->pid = 0;
		helper_close(helper);
		return err_set(err, -code, "cannot run '%s': %s", interpreter,
			strerror(code));
	}
	return 0;
}

void helper_dismiss(struct helper *helper)
{
	if (helper->to >= 0)
		close(helper->to);
	if (helper->from >= 0)
		close(helper->from);
	helper->to = helper->from = -1;
	/* Whatever was asked for is here, or will never come. */
	if (helper->pid > 0)
		kill(helper->pid, SIGKILL);
}

void helper_close(struct helper *helper)
{
	helper_dismiss(helper);
	if (helper->pid > 0) {
		while (waitpid(helper->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	free(helper->reply);
	memset(helper, 0, sizeof(*helper));
	helper->to = helper->from = -1;
}

static int helper_is_gone(const struct helper *helper, struct err *err)
{
	return err_set(err, -EPIPE,
		"the %s helper ended before it had answered",
		helper->language->name);
}

/* Reads what is there; 0 when it came, negative at the end. */
static int take_some(struct helper *helper, struct err *err)
{
	ssize_t n;

	/* What has been taken out makes room, once in a while. */
	if (helper->taken && helper->taken == helper->size)
		helper->taken = helper->size = 0;
	if (helper->room - helper->size < READ_BYTES) {
		helper->room = 2 * helper->room + READ_BYTES;
		helper->reply = xreallocarray(helper->reply, helper->room, 1);
	}
	do {
		n = read(helper->from, helper->reply + helper->size,
			helper->room - helper->size);
	} while (n < 0 && errno == EINTR);
	if (n <= 0)
		return helper_is_gone(helper, err);
	helper->size += (size_t)n;
	return 0;
}

/* Waits until there is something to read or, with `out`, room to write. */
static int await(struct helper *helper, bool out, short *to, struct err *err)
{
	struct pollfd ends[2] = {
		{helper->from, POLLIN, 0}, {out ? helper->to : -1, POLLOUT, 0}};
	int n;

	do {
		n = poll(ends, 2, PATIENCE_MS);
	} while (n < 0 && errno == EINTR);
	if (n == 0)
		return err_set(err, -ETIMEDOUT, "the %s helper does not answer",
			helper->language->name);
	if (n < 0)
		return err_set(err, -errno, "poll: %s", strerror(errno));
	*to = ends[1].revents;
	return ends[0].revents ? 1 : 0;
}

int helper_send(
	struct helper *helper, const struct frames *request, struct err *err)
{
	size_t sent = 0;
	short to;
	ssize_t n;
	int code;

	while (sent < request->size) {
		code = await(helper, true, &to, err);
		if (code > 0)
			code = take_some(helper, err);
		if (code < 0)
			return code;
		if (!to)
			continue;
		n = send(helper->to, request->bytes + sent,
			request->size - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return helper_is_gone(helper, err);
		if (n > 0)
			sent += (size_t)n;
	}
	return 0;
}

bool helper_answers(const struct helper *helper)
{
	struct pollfd end = {helper->from, POLLIN, 0};

	return helper->size > helper->taken || poll(&end, 1, 0) != 0;
}

int helper_is_other(const struct helper *helper, struct err *err)
{
	return err_set(err, -EPROTO,
		"the %s helper is of another version of ftrace; install "
		"ftrace again",
		helper->language->name);
}

int helper_next(struct helper *helper, struct frame *frame, struct err *err)
{
	bool malformed;
	short to;
	int code;

	for (;;) {
		/* There is no reply at all before the first of it has come. */
		if (helper->size > helper->taken) {
			struct frames_reader reader = {
				helper->reply + helper->taken,
				helper->reply + helper->size};

			if (frames_next(&reader, frame, &malformed)) {
				helper->taken =
					(size_t)(reader.at - helper->reply);
				return 0;
			}
			if (malformed)
				return helper_is_other(helper, err);
		}
		code = await(helper, false, &to, err);
		if (code > 0)
			code = take_some(helper, err);
		if (code < 0)
			return code;
	}
}

int helper_next_number(struct helper *helper, uint32_t *number, struct err *err)
{
	struct frames_reader reader;
	struct frames again = {0};
	struct frame frame;
	int code = helper_next(helper, &frame, err);

	if (code < 0)
		return code;
	frames_add(&again, frame.bytes, frame.size);
	reader = (struct frames_reader){again.bytes, again.bytes + again.size};
	if (!frames_next_number(&reader, number))
		code = helper_is_other(helper, err);
	frames_release(&again);
	return code;
}
