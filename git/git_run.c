/* SPDX-License-Identifier: MIT */
#include "git/git_run.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/path.h"

#define ARGUMENTS_MAX 32

/* Variables of our own, and a NULL behind them. */
#define MORE_MAX 4

/* How often it is looked whether git has ended, where it has a time. */
#define WAIT_STEP_MS 5

extern char **environ;

/*
 * Hooks run with variables that name a repository and its index, relative to
 * a place that is not ours; and what an ftrace around us preloads would slow
 * git down.
 */
static char **git_environment(char *const *more)
{
	static const char *const unwanted[] = {"GIT_DIR=", "GIT_WORK_TREE=",
		"GIT_INDEX_FILE=", "GIT_COMMON_DIR=", "GIT_PREFIX=",
		"GIT_EXTERNAL_DIFF=", "GIT_LITERAL_PATHSPECS=",
		"GIT_OBJECT_DIRECTORY=", "GIT_ALTERNATE_OBJECT_DIRECTORIES=",
		"LC_ALL=", "LD_PRELOAD=", "FTRACE_"};
	size_t count = 0, n = 0;
	char **envp;

	while (environ[count])
		count++;
	envp = xcalloc(count + 3 + MORE_MAX, sizeof(*envp));
	for (size_t i = 0; i < count; i++) {
		bool wanted = true;

		for (size_t k = 0; k < sizeof(unwanted) / sizeof(*unwanted);
			k++)
			wanted &= strncmp(environ[i], unwanted[k],
					  strlen(unwanted[k])) != 0;
		if (wanted)
			envp[n++] = environ[i];
	}
	envp[n++] = "LC_ALL=C";
	envp[n++] = "GIT_TERMINAL_PROMPT=0";
	while (*more)
		envp[n++] = *more++;
	return envp;
}

static int git_run_spawn(
	pid_t *pid, char *const *more, char **argv, const int files[3])
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	char **envp = git_environment(more);
	sigset_t none, pipes;
	int code;

	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	for (int i = 0; i < 3; i++)
		posix_spawn_file_actions_adddup2(&actions, files[i], i);
	sigemptyset(&none);
	sigemptyset(&pipes);
	sigaddset(&pipes, SIGPIPE);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &pipes);
	posix_spawnattr_setflags(
		&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	code = posix_spawnp(pid, "git", &actions, &attributes, argv, envp);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	free(envp);
	return code;
}

/* What a program has written to a file in memory. */
static int read_back(int fd, struct git_bytes *bytes)
{
	struct stat st;
	size_t done = 0;
	ssize_t n = 1;

	if (fstat(fd, &st) < 0)
		return -errno;
	bytes->size = (size_t)st.st_size;
	bytes->text = xcalloc(bytes->size + 1, 1);
	while (done < bytes->size && n > 0) {
		n = pread(fd, bytes->text + done, bytes->size - done,
			(off_t)done);
		if (n < 0)
			return -errno;
		done += (size_t)n;
	}
	return 0;
}

/* git's own words: its first line, without what it calls itself. */
static int refused(struct git *git, int errors)
{
	struct git_bytes said = {0};
	const char *line = "it does not say why";
	int code;

	if (read_back(errors, &said) == 0 && said.size)
		line = said.text;
	if (!strncmp(line, "fatal: ", 7))
		line += 7;
	code = err_set(git->err, -EINVAL, "git cannot answer%s%s%s: %.*s",
		git->revision ? " about revision '" : "",
		git->revision ? git->revision : "", git->revision ? "'" : "",
		(int)strcspn(line, "\n"), line);
	free(said.text);
	return code;
}

/* The variables that say where its files are; each to be freed. */
static void git_run_variables(char *more[MORE_MAX], const struct git *git)
{
	size_t n = 0;

	memset(more, 0, MORE_MAX * sizeof(*more));
	if (git->index)
		more[n++] = xasprintf("GIT_INDEX_FILE=%s", git->index);
	if (git->objects) {
		more[n++] = xasprintf("GIT_OBJECT_DIRECTORY=%s", git->objects);
		more[n++] = xasprintf("GIT_ALTERNATE_OBJECT_DIRECTORIES=%s",
			git->own_objects);
	}
}

/* False: its time was over. */
static bool git_run_wait(const struct git *git, pid_t pid, int *status)
{
	const struct timespec step = {.tv_nsec = WAIT_STEP_MS * 1000000L};
	unsigned long left = git->seconds * 1000ul;
	pid_t ended;

	for (;;) {
		ended = waitpid(pid, status, git->seconds ? WNOHANG : 0);
		if (ended == pid || (ended < 0 && errno != EINTR))
			return true;
		if (ended || !git->seconds)
			continue;
		if (left < WAIT_STEP_MS)
			break;
		left -= WAIT_STEP_MS;
		nanosleep(&step, NULL);
	}
	kill(pid, SIGKILL);
	while (waitpid(pid, status, 0) < 0 && errno == EINTR)
		;
	return false;
}

/* Runs git with its files in memory, so that nobody waits for a full pipe. */
int git_run(struct git *git, const char *const *arguments,
	const struct git_bytes *input, struct git_bytes *output)
{
	char *argv[ARGUMENTS_MAX] = {
		"git", "--no-optional-locks", "-C", (char *)git->directory};
	char *more[MORE_MAX];
	int files[3], status = 0, code = 0;
	pid_t pid = 0;

	git_run_variables(more, git);
	for (int i = 0; arguments[i]; i++)
		argv[4 + i] = (char *)arguments[i];
	for (int i = 0; i < 3; i++) {
		files[i] = memfd_create("ftrace-git", MFD_CLOEXEC);
		if (files[i] < 0)
			code = -errno;
	}
	if (code == 0 && input && input->size &&
		pwrite(files[0], input->text, input->size, 0) !=
			(ssize_t)input->size)
		code = -EIO;
	if (code == 0)
		code = -git_run_spawn(&pid, more, argv, files);
	if (code < 0) {
		err_set(git->err, code, "cannot run 'git': %s",
			strerror(-code));
		goto out;
	}
	if (!git_run_wait(git, pid, &status))
		code = err_set(git->err, -ETIMEDOUT,
			"git did not end within %u seconds", git->seconds);
	else if (!WIFEXITED(status) || WEXITSTATUS(status))
		code = refused(git, files[2]);
	else if ((code = read_back(files[1], output)) < 0)
		err_set(git->err, code, "cannot read what git says: %s",
			strerror(-code));
out:
	for (int i = 0; i < 3; i++)
		if (files[i] >= 0)
			close(files[i]);
	for (int i = 0; i < MORE_MAX; i++)
		free(more[i]);
	return code;
}

char *git_objects(struct git *git)
{
	static const char *const ask[] = {
		"rev-parse", "--git-path", "objects", NULL};
	char *path = git_line(git, ask), *whole;

	if (!path || *path == '/')
		return path;
	whole = xasprintf("%s/%s", git->directory, path);
	free(path);
	return whole;
}

char *git_line(struct git *git, const char *const *arguments)
{
	struct git_bytes output = {0};

	if (git_run(git, arguments, NULL, &output) < 0) {
		free(output.text);
		return NULL;
	}
	if (output.size && output.text[output.size - 1] == '\n')
		output.text[output.size - 1] = '\0';
	return output.text;
}

char *git_commit(struct git *git)
{
	char *name = xasprintf("%s^{commit}", git->revision), *commit = NULL;
	const char *const verify[] = {"rev-parse", "--verify", name, NULL};

	/* What looks like an option is taken for one even by --verify. */
	if (*git->revision == '-' || !*git->revision)
		err_set(git->err, -EINVAL, "'%s' is no revision of git",
			git->revision);
	else
		commit = git_line(git, verify);
	free(name);
	return commit;
}

char *git_hook_index(struct git *git)
{
	static const char *const ask[] = {
		"rev-parse", "--absolute-git-dir", NULL};
	const char *named = getenv("GIT_INDEX_FILE");
	char real[PATH_MAX], *found = NULL, *folder;

	if (!named || !realpath(named, real))
		return NULL;
	folder = git_line(git, ask);
	if (folder && path_below(real, folder))
		found = xstrdup(real);
	free(folder);
	return found;
}
