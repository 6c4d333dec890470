/* SPDX-License-Identifier: MIT */
#include "git/git.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "git/git_run.h"

static struct git_file *git_add_file(struct git_files *files, const char *path)
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
static void git_take_differences(
	struct git_files *files, const struct git_bytes *output)
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
		file = git_add_file(files, at);
		/* A link or a submodule had no text of its own. */
		if (!strncmp(mode, "100", 3))
			memcpy(file->object, object, sizeof(object));
		at += strlen(at) + 1;
	}
}

static void git_take_untracked(
	struct git_files *files, const struct git_bytes *output)
{
	const char *at = output->text, *end = at + output->size;

	for (; at < end; at += strlen(at) + 1)
		git_add_file(files, at);
}

static int git_by_path(const void *a, const void *b)
{
	const struct git_file *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	/* Of two for one path, as in a merge, the one with a text. */
	return order ? order : strcmp(y->object, x->object);
}

/* Sorted, and only what is wanted. */
static void git_tidy(struct git_files *files,
	bool (*wanted)(const char *path, void *data), void *data)
{
	size_t left = 0;

	if (files->count)
		qsort(files->list, files->count, sizeof(*files->list),
			git_by_path);
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
static int git_take_texts(struct git *git, struct git_files *files,
	const struct git_bytes *output)
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
				"git lacks the text of '%s' in revision '%s'",
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
	struct git_bytes names = {0}, output = {0};
	int code = 0;

	names.text = xcalloc(files->count + 1, sizeof(files->list->object));
	for (size_t i = 0; i < files->count; i++)
		if (*files->list[i].object)
			names.size += (size_t)sprintf(names.text + names.size,
				"%s\n", files->list[i].object);
	if (names.size)
		code = git_run(git, show, &names, &output);
	if (code == 0 && names.size)
		code = git_take_texts(git, files, &output);
	free(names.text);
	free(output.text);
	return code;
}

/*
 * In a folder that git ignores, or that is of no interest to it, nothing ever
 * differs: that must not pass for an answer.
 */
static int git_check_known(struct git *git, const char *commit)
{
	const char *const list[] = {
		"ls-tree", "-z", "--name-only", commit, NULL};
	struct git_bytes output = {0};
	int code = git_run(git, list, NULL, &output);

	if (code == 0 && !output.size)
		code = err_set(git->err, -ENOENT,
			"git's revision '%s' does not contain '%s'",
			git->revision, git->directory);
	free(output.text);
	return code;
}

int git_changed_since(struct git_files *files, const char *directory,
	const char *revision, bool (*wanted)(const char *path, void *data),
	void *data, struct err *err)
{
	struct git git = {
		.directory = directory, .revision = revision, .err = err};
	char *commit = git_commit(&git);
	const char *const differ[] = {"diff", "--raw", "-z", "--no-abbrev",
		"--no-color", "--no-ext-diff", "--find-renames", "--relative",
		"--ignore-submodules", commit, "--", NULL};
	static const char *const others[] = {
		"ls-files", "-z", "--others", "--exclude-standard", "--", NULL};
	struct git_bytes output = {0};
	int code;

	if (!commit)
		return -EINVAL;
	code = git_run(&git, differ, NULL, &output);
	if (code == 0)
		git_take_differences(files, &output);
	free(output.text);
	output = (struct git_bytes){0};
	if (code == 0)
		code = git_run(&git, others, NULL, &output);
	if (code == 0)
		git_take_untracked(files, &output);
	free(output.text);
	if (code == 0 && !files->count)
		code = git_check_known(&git, commit);
	free(commit);
	if (code < 0)
		return code;
	git_tidy(files, wanted, data);
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
