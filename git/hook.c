/* SPDX-License-Identifier: MIT */
#include "git/hook.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/path.h"
#include "base/read_file.h"
#include "git/git_run.h"
#include "map/print.h"

#define SHELL "#!/bin/sh\n"
#define MARK "# ftrace hook "
#define KEPT ".before-ftrace"
#define PRINT_DIGITS 32

const char *const hook_names[] = {"pre-commit", "pre-push", NULL};

const char *hook_state_name(enum hook_state state)
{
	static const char *const names[] = {
		"none", "installed", "changed", "other"};

	return names[state];
}

static bool git_hook_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static char *absolute_from(const char *folder, char *path)
{
	char *absolute =
		*path == '/' ? xstrdup(path) : xasprintf("%s/%s", folder, path);

	free(path);
	return absolute;
}

static int find_folder(
	struct hook *hook, const char *directory, struct err *err)
{
	static const char *const ask_top[] = {
		"rev-parse", "--show-toplevel", NULL};
	static const char *const ask_below[] = {
		"rev-parse", "--show-prefix", NULL};
	static const char *const ask_common[] = {
		"rev-parse", "--git-common-dir", NULL};
	static const char *const ask_hooks[] = {
		"rev-parse", "--git-path", "hooks", NULL};
	struct git git = {.directory = directory, .err = err};
	char *top = git_line(&git, ask_top), *folder, *common, *h;

	if (!top)
		return -EINVAL;
	hook->below = git_line(&git, ask_below);
	/* What a configuration says is from the top, where hooks run. */
	git.directory = top;
	folder = hook->below ? git_line(&git, ask_hooks) : NULL;
	common = folder ? git_line(&git, ask_common) : NULL;
	if (common) {
		folder = absolute_from(top, folder);
		common = absolute_from(top, common);
		hook->shared =
			!path_below(folder, common) && !path_below(folder, top);
		h = xasprintf("%s/h", folder);
		hook->husky = !strcmp(strrchr(folder, '/'), "/_") &&
			      git_hook_exists(h);
		hook->path = xasprintf("%s/%s", folder, hook->name);
		hook->kept = xasprintf("%s" KEPT, hook->path);
		free(h);
	}
	free(common);
	free(folder);
	free(top);
	return hook->path ? 0 : -EINVAL;
}

/* The digits of the print of what follows the line with the mark. */
static void print_digits(char *digits, const char *text)
{
	struct print print = print_bytes(text, strlen(text), 0);

	for (size_t i = 0; i < sizeof(print.bytes); i++)
		sprintf(digits + 2 * i, "%02x", print.bytes[i]);
}

static void git_hook_recognise(struct hook *hook, const char *text)
{
	size_t head = strlen(SHELL MARK);
	char digits[PRINT_DIGITS + 1] = "";
	const char *body = strchr(text, '\n'), *run, *end;

	hook->state = HOOK_OTHER;
	if (!strstr(text, "\n" MARK))
		return;
	hook->state = HOOK_CHANGED;
	body = body ? strchr(body + 1, '\n') : NULL;
	if (!body || strncmp(text, SHELL MARK, head) != 0)
		return;
	print_digits(digits, body + 1);
	if (!strncmp(text + head, digits, PRINT_DIGITS))
		hook->state = HOOK_INSTALLED;
	/* The command is the script's end. */
	run = strstr(body, "hook run ");
	run = run ? strstr(run, " -- ") : NULL;
	end = text + strlen(text);
	if (run && hook->state == HOOK_INSTALLED)
		hook->command =
			xasprintf("%.*s", (int)(end - run - 5), run + 4);
}

int hook_look(struct hook *hook, const char *directory, const char *name,
	struct err *err)
{
	size_t size;
	char *bytes, *text;

	memset(hook, 0, sizeof(*hook));
	hook->name = name;
	if (find_folder(hook, directory, err) < 0)
		return -EINVAL;
	hook->has_kept = git_hook_exists(hook->kept);
	if (!git_hook_exists(hook->path))
		return 0;
	bytes = read_file(hook->path, 0, &size);
	text = xmemdup(bytes ? bytes : "", bytes ? size : 0);
	git_hook_recognise(hook, text);
	free(text);
	free(bytes);
	return 0;
}

void hook_release(struct hook *hook)
{
	free(hook->below);
	free(hook->path);
	free(hook->kept);
	free(hook->command);
	memset(hook, 0, sizeof(*hook));
}

/* Appends a word as the shell takes it. */
static char *with_word(char *line, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-./=:,+@%";
	char *quoted = xcalloc(4 * strlen(word) + 3, 1), *at = quoted, *longer;

	if (*word && !word[strspn(word, plain)]) {
		strcpy(quoted, word);
	} else {
		*at++ = '\'';
		for (; *word; word++)
			at += sprintf(
				at, *word == '\'' ? "'\\''" : "%c", *word);
		*at = '\'';
	}
	longer = xasprintf("%s%s", line, quoted);
	free(quoted);
	free(line);
	return longer;
}

static char *script(
	const struct hook *hook, char *const *argv, const char *program)
{
	char digits[PRINT_DIGITS + 1];
	char *body, *text;

	body = xasprintf(
		"# Written by 'ftrace hook install', which does not overwrite "
		"it once it was\n# changed; 'ftrace hook uninstall' removes "
		"it.\n"
		"# What was here before comes first.\n"
		"if [ -x \"$0" KEPT "\" ]; then\n"
		"\t\"$0" KEPT "\" \"$@\" || exit\n"
		"fi\n"
		"ftrace=ftrace\n"
		"command -v ftrace >/dev/null 2>&1 || ftrace=");
	body = with_word(body, program);
	text = xasprintf(
		"%s\nexec \"$ftrace\" hook run %s --below ", body, hook->name);
	free(body);
	body = with_word(text, *hook->below ? hook->below : ".");
	text = xasprintf("%s --", body);
	free(body);
	body = text;
	for (size_t i = 0; argv[i]; i++) {
		text = xasprintf("%s ", body);
		free(body);
		body = with_word(text, argv[i]);
	}
	text = xasprintf("%s%s\n", body, *argv ? "" : " ");
	free(body);
	body = text;
	print_digits(digits, body);
	text = xasprintf(SHELL MARK "%s\n%s", digits, body);
	free(body);
	return text;
}

static int git_hook_failed(struct err *err, const char *path)
{
	return err_set(
		err, -errno, "cannot write '%s': %s", path, strerror(errno));
}

/* A file that nobody sees before it is whole. */
static int write_beside(
	const struct hook *hook, const char *text, char **path, struct err *err)
{
	size_t n = strlen(text);
	bool done;
	int fd;

	*path = xasprintf("%s.%d", hook->path, getpid());
	fd = open(*path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	if (fd < 0)
		return git_hook_failed(err, *path);
	done = write(fd, text, n) == (ssize_t)n && fchmod(fd, 0755) == 0;
	if (close(fd) == 0 && done)
		return 0;
	git_hook_failed(err, *path);
	unlink(*path);
	return -EIO;
}

static int refuse(struct hook *hook, bool force, struct err *err)
{
	if (hook->husky)
		return err_set(err, -EPERM,
			"'%s' is husky's, which writes it anew; put 'ftrace "
			"hook run %s -- COMMAND' into the one that it calls",
			hook->path, hook->name);
	if (hook->shared && !force)
		return err_set(err, -EPERM,
			"'%s' is not this repository's alone; --force installs "
			"it all the same",
			hook->path);
	if (hook->state == HOOK_CHANGED && !force)
		return err_set(err, -EEXIST,
			"'%s' has been changed since it was installed; --force "
			"overwrites it",
			hook->path);
	if (hook->state == HOOK_OTHER && hook->has_kept)
		return err_set(err, -EEXIST,
			"'%s' is in the way of keeping the hook that is there",
			hook->kept);
	return 0;
}

int hook_install(struct hook *hook, char *const *argv, const char *program,
	bool force, struct err *err)
{
	char *text, *beside = NULL, *folder;
	int code = refuse(hook, force, err);

	if (code < 0)
		return code;
	folder = xasprintf("%.*s", (int)(strrchr(hook->path, '/') - hook->path),
		hook->path);
	mkdir(folder, 0777);
	free(folder);
	text = script(hook, argv, program);
	code = write_beside(hook, text, &beside, err);
	/* At no time is there no hook. */
	if (code == 0 && hook->state == HOOK_OTHER &&
		link(hook->path, hook->kept) < 0 &&
		(errno == EEXIST || rename(hook->path, hook->kept) < 0))
		code = git_hook_failed(err, hook->kept);
	if (code == 0 && rename(beside, hook->path) < 0)
		code = git_hook_failed(err, hook->path);
	if (code < 0)
		unlink(beside);
	free(beside);
	free(text);
	return code;
}

int hook_uninstall(struct hook *hook, bool force, struct err *err)
{
	if (hook->state == HOOK_CHANGED && !force)
		return err_set(err, -EEXIST,
			"'%s' has been changed since it was installed; --force "
			"removes it",
			hook->path);
	if (hook->state == HOOK_OTHER)
		return err_set(
			err, -EEXIST, "'%s' is not ftrace's", hook->path);
	if (hook->has_kept) {
		if (rename(hook->kept, hook->path) < 0)
			return git_hook_failed(err, hook->path);
	} else if (hook->state != HOOK_NONE && unlink(hook->path) < 0) {
		return git_hook_failed(err, hook->path);
	}
	return 0;
}

void hook_leave_git(void)
{
	static const char *const list[] = {
		"rev-parse", "--local-env-vars", NULL};
	struct err err;
	struct git git = {.directory = ".", .err = &err};
	struct git_bytes output = {0};
	char *rest, *name;

	if (git_run(&git, list, NULL, &output) == 0)
		for (name = strtok_r(output.text, "\n", &rest); name;
			name = strtok_r(NULL, "\n", &rest))
			unsetenv(name);
	free(output.text);
}

bool hook_differs(const char *name)
{
	static const char *const index[] = {"diff", "--name-only",
		"--no-ext-diff", "--ignore-submodules=dirty", "--", NULL};
	static const char *const commit[] = {"diff", "--name-only",
		"--no-ext-diff", "--ignore-submodules=dirty", "HEAD", "--",
		NULL};
	bool is_commit = !strcmp(name, "pre-commit");
	struct err err;
	struct git git = {.directory = ".", .err = &err};
	struct git_bytes output = {0};
	char *own = is_commit ? git_hook_index(&git) : NULL;
	bool differs;

	git.index = own;
	differs =
		git_run(&git, is_commit ? index : commit, NULL, &output) == 0 &&
		output.size;
	free(output.text);
	free(own);
	return differs;
}
