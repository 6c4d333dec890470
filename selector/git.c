/* SPDX-License-Identifier: MIT */
#include "selector/git.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "map/alloc.h"

#define ARGUMENTS_MAX 20

extern char **environ;

struct git {
	const char *directory;
	const char *revision; /* as it was given, for people */
	struct err *err;
};

/* Bytes with a closing NUL. */
struct bytes {
	char *text;
	size_t size;
};

/*
 * Hooks run with variables that name a repository and its index, relative to
 * a place that is not ours; and what an ftrace around us preloads would slow
 * git down.
 */
static char **git_environment(void)
{
	static const char *const unwanted[] = {"GIT_DIR=", "GIT_WORK_TREE=",
		"GIT_INDEX_FILE=", "GIT_PREFIX=", "GIT_EXTERNAL_DIFF=",
		"GIT_LITERAL_PATHSPECS=", "LC_ALL=", "LD_PRELOAD=", "FTRACE_"};
	size_t count = 0, n = 0;
	char **envp;

	while (environ[count])
		count++;
	envp = xcalloc(count + 3, sizeof(*envp));
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
	envp[n] = "GIT_TERMINAL_PROMPT=0";
	return envp;
}

static int spawn(pid_t *pid, char **argv, int input, int output, int errors)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	char **envp = git_environment();
	sigset_t none, pipes;
	int code;

	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
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
static int read_back(int fd, struct bytes *bytes)
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
	struct bytes said = {0};
	const char *line = "it does not say why";
	int code;

	if (read_back(errors, &said) == 0 && said.size)
		line = said.text;
	if (!strncmp(line, "fatal: ", 7))
		line += 7;
	code = err_set(git->err, -EINVAL,
		"git has nothing to tell of revision '%s': %.*s", git->revision,
		(int)strcspn(line, "\n"), line);
	free(said.text);
	return code;
}

/* Runs git with its files in memory, so that nobody waits for a full pipe. */
static int run_git(struct git *git, const char *const *arguments,
	const struct bytes *input, struct bytes *output)
{
	char *argv[ARGUMENTS_MAX] = {
		"git", "--no-optional-locks", "-C", (char *)git->directory};
	int files[3], status = 0, code = 0;
	pid_t pid = 0;

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
		code = -spawn(&pid, argv, files[0], files[1], files[2]);
	if (code < 0) {
		err_set(git->err, code, "cannot run 'git': %s",
			strerror(-code));
		goto out;
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		code = refused(git, files[2]);
	else if ((code = read_back(files[1], output)) < 0)
		err_set(git->err, code, "cannot read what git says: %s",
			strerror(-code));
out:
	for (int i = 0; i < 3; i++)
		if (files[i] >= 0)
			close(files[i]);
	return code;
}

static struct git_file *add_file(struct git_files *files, const char *path)
{
	struct git_file *file = array_add(
		&files->list, &files->count, &files->room, sizeof(*file));

	file->path = xstrdup(path);
	return file;
}

/*
 * ":100644 100644 OBJECT OBJECT M" and a path; two paths where the text was
 * found elsewhere. Each part ends with a NUL.
 */
static void take_differences(
	struct git_files *files, const struct bytes *output)
{
	const char *at = output->text, *end = at + output->size;

	while (at < end && *at == ':') {
		char mode[8] = "", object[65] = "", status = 0;
		struct git_file *file;
		int fields = sscanf(
			at, ":%7s %*s %64s %*s %c", mode, object, &status);

		at += strlen(at) + 1;
		if (fields != 3 || at >= end)
			return;
		if (status == 'R' || status == 'C')
			at += strlen(at) + 1;
		if (at >= end)
			return;
		file = add_file(files, at);
		/* A link or a submodule had no text of its own. */
		if (!strncmp(mode, "100", 3))
			memcpy(file->object, object, sizeof(object));
		at += strlen(at) + 1;
	}
}

static void take_untracked(struct git_files *files, const struct bytes *output)
{
	const char *at = output->text, *end = at + output->size;

	for (; at < end; at += strlen(at) + 1)
		add_file(files, at);
}

static int by_path(const void *a, const void *b)
{
	const struct git_file *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	/* Of two for one path, as in a merge, the one with a text. */
	return order ? order : strcmp(y->object, x->object);
}

/* Sorted, and only what is wanted. */
static void tidy(struct git_files *files,
	bool (*wanted)(const char *path, void *data), void *data)
{
	size_t left = 0;

	if (files->count)
		qsort(files->list, files->count, sizeof(*files->list), by_path);
	for (size_t i = 0; i < files->count; i++) {
		struct git_file *file = &files->list[i];

		if ((left && !strcmp(files->list[left - 1].path, file->path)) ||
			!wanted(file->path, data))
			free(file->path);
		else
			files->list[left++] = *file;
	}
	files->count = left;
}

/* "OBJECT blob SIZE", the text, and a newline; "OBJECT missing". */
static int take_texts(
	struct git *git, struct git_files *files, const struct bytes *output)
{
	const char *at = output->text, *end = at + output->size;

	for (size_t i = 0; i < files->count; i++) {
		struct git_file *file = &files->list[i];
		size_t size;
		int head;

		if (!*file->object)
			continue;
		if (sscanf(at, "%*s blob %zu%n", &size, &head) != 1 ||
			(size_t)(end - at) < (size_t)head + size + 2)
			return err_set(git->err, -EPROTO,
				"git has lost what '%s' was in revision '%s'",
				file->path, git->revision);
		at += head + 1;
		file->was = true;
		file->bytes = xmemdup(at, size);
		file->size = size;
		at += size + 1;
	}
	return 0;
}

static int read_texts(struct git *git, struct git_files *files)
{
	static const char *const show[] = {"cat-file", "--batch", NULL};
	struct bytes names = {0}, output = {0};
	int code = 0;

	names.text = xcalloc(files->count + 1, sizeof(files->list->object));
	for (size_t i = 0; i < files->count; i++)
		if (*files->list[i].object)
			names.size += (size_t)sprintf(names.text + names.size,
				"%s\n", files->list[i].object);
	if (names.size)
		code = run_git(git, show, &names, &output);
	if (code == 0 && names.size)
		code = take_texts(git, files, &output);
	free(names.text);
	free(output.text);
	return code;
}

/* The commit that a revision names; to be freed, NULL on failure. */
static char *resolve(struct git *git)
{
	char *name = xasprintf("%s^{commit}", git->revision);
	const char *const verify[] = {"rev-parse", "--verify", name, NULL};
	struct bytes output = {0};
	int code;

	/* What looks like an option is taken for one even by --verify. */
	if (*git->revision == '-' || !*git->revision)
		code = err_set(git->err, -EINVAL, "'%s' is no revision of git",
			git->revision);
	else
		code = run_git(git, verify, NULL, &output);
	free(name);
	if (code < 0) {
		free(output.text);
		return NULL;
	}
	output.text[strcspn(output.text, "\n")] = '\0';
	return output.text;
}

/*
 * In a folder that git ignores, or that is of no interest to it, nothing ever
 * differs: that must not pass for an answer.
 */
static int check_known(struct git *git, const char *commit)
{
	const char *const list[] = {
		"ls-tree", "-z", "--name-only", commit, NULL};
	struct bytes output = {0};
	int code = run_git(git, list, NULL, &output);

	if (code == 0 && !output.size)
		code = err_set(git->err, -ENOENT,
			"git's revision '%s' has nothing of '%s'",
			git->revision, git->directory);
	free(output.text);
	return code;
}

int git_changed_since(struct git_files *files, const char *directory,
	const char *revision, bool (*wanted)(const char *path, void *data),
	void *data, struct err *err)
{
	struct git git = {directory, revision, err};
	char *commit = resolve(&git);
	const char *const differ[] = {"diff", "--raw", "-z", "--no-abbrev",
		"--no-color", "--no-ext-diff", "--find-renames", "--relative",
		"--ignore-submodules", commit, "--", NULL};
	static const char *const others[] = {
		"ls-files", "-z", "--others", "--exclude-standard", "--", NULL};
	struct bytes output = {0};
	int code;

	if (!commit)
		return -EINVAL;
	code = run_git(&git, differ, NULL, &output);
	if (code == 0)
		take_differences(files, &output);
	free(output.text);
	output = (struct bytes){0};
	if (code == 0)
		code = run_git(&git, others, NULL, &output);
	if (code == 0)
		take_untracked(files, &output);
	free(output.text);
	if (code == 0 && !files->count)
		code = check_known(&git, commit);
	free(commit);
	if (code < 0)
		return code;
	tidy(files, wanted, data);
	return read_texts(&git, files);
}

void git_files_release(struct git_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		free(files->list[i].path);
		free(files->list[i].bytes);
	}
	free(files->list);
	memset(files, 0, sizeof(*files));
}
