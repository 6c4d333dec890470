/* SPDX-License-Identifier: MIT */
#include "git/hook_staged.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/read_file.h"
#include "git/git_run.h"
#include "map/map.h"

/* Submodules are staged, too, and are no files. */
#define MODE_OF_SUBMODULE "160000"

static struct print print_now(const struct staged *staged, const char *path)
{
	char *whole = xasprintf("%s/%s", staged->top, path);
	bool link = S_ISLNK(identity_read(whole).mode);
	unsigned hashed = 0;
	struct print print = print_take(
		whole, link ? ASPECT_LINK : ASPECT_CONTENT, "", 0, &hashed);

	free(whole);
	return print;
}

/* ":MODE MODE BLOB BLOB STATE" and the path, each with a NUL behind. */
static void hook_staged_take(struct staged *staged, char *text, size_t size)
{
	char *at = text, *path, mode[8], blob[130];
	struct staged_file *file;

	while (at < text + size) {
		path = at + strlen(at) + 1;
		if (path >= text + size ||
			sscanf(at, ":%*s %7s %*s %129s", mode, blob) != 2)
			return;
		at = path + strlen(path) + 1;
		if (!strcmp(mode, MODE_OF_SUBMODULE))
			continue;
		file = array_add(&staged->list, &staged->count, &staged->room,
			sizeof(*file));
		file->path = xstrdup(path);
		file->blob = xstrdup(blob);
		file->before = print_now(staged, path);
	}
}

/* "BLOB PATH", each with a NUL behind. */
static void recall(struct staged *staged)
{
	size_t size = 0;
	char *notes = read_file(staged->notes, 0, &size), *at = notes, *line;

	for (; notes && at < notes + size; at += strlen(at) + 1)
		intern(&staged->told, at, strlen(at));
	for (size_t i = 0; notes && i < staged->count; i++) {
		struct staged_file *file = &staged->list[i];

		line = xasprintf("%s %s", file->blob, file->path);
		file->rewritten = intern_find(&staged->told, line,
					  strlen(line)) != INTERN_NONE;
		free(line);
	}
	free(notes);
}

void hook_staged_look(struct staged *staged, const char *root)
{
	static const char *const ask_top[] = {
		"rev-parse", "--show-toplevel", NULL};
	static const char *const ask[] = {"diff", "--cached", "--raw", "-z",
		"--no-abbrev", "--no-renames", "--no-ext-diff",
		"--diff-filter=d", "--", NULL};
	struct err err;
	struct git git = {.directory = ".", .err = &err};
	struct git_bytes output = {0};

	memset(staged, 0, sizeof(*staged));
	staged->top = git_line(&git, ask_top);
	if (!staged->top)
		return;
	git.directory = staged->top;
	git.index = staged->index = git_hook_index(&git);
	staged->notes = xasprintf("%s/" MAP_DIRECTORY "/rewritten", root);
	if (git_run(&git, ask, NULL, &output) == 0)
		hook_staged_take(staged, output.text, output.size);
	free(output.text);
	recall(staged);
}

/* The files of the work tree that are not as they are staged. */
static bool find_differing(
	const struct staged *staged, struct interner *differing)
{
	static const char *const ask[] = {"diff", "--name-only", "-z",
		"--no-ext-diff", "--no-renames", "--ignore-submodules", "--",
		NULL};
	struct err err;
	struct git git = {
		.directory = staged->top, .err = &err, .index = staged->index};
	struct git_bytes output = {0};
	bool asked = git_run(&git, ask, NULL, &output) == 0;

	for (char *at = output.text; asked && at < output.text + output.size;
		at += strlen(at) + 1)
		intern(differing, at, strlen(at));
	free(output.text);
	return asked;
}

static bool hook_staged_is_listed(const struct staged *staged, const char *path)
{
	for (size_t i = 0; i < staged->count; i++)
		if (!strcmp(staged->list[i].path, path))
			return true;
	return false;
}

/* With what was told of files that are no part of this commit. */
static void hook_staged_keep(const struct staged *staged)
{
	FILE *file = fopen(staged->notes, "we");
	bool any = false;

	if (!file)
		return;
	for (size_t i = 0; i < staged->count; i++) {
		if (!staged->list[i].rewritten)
			continue;
		any = true;
		fprintf(file, "%s %s%c", staged->list[i].blob,
			staged->list[i].path, 0);
	}
	for (size_t i = 0; i < staged->told.count; i++) {
		const char *line = staged->told.entries[i].bytes;
		const char *space = strchr(line, ' ');

		if (!space || hook_staged_is_listed(staged, space + 1))
			continue;
		any = true;
		fprintf(file, "%s%c", line, 0);
	}
	fclose(file);
	if (!any)
		unlink(staged->notes);
}

bool hook_staged_rewritten(struct staged *staged)
{
	struct interner differing = {0};
	bool asked, any = false;
	struct print now;

	if (!staged->count)
		return false;
	asked = find_differing(staged, &differing);
	for (size_t i = 0; i < staged->count; i++) {
		struct staged_file *file = &staged->list[i];

		now = print_now(staged, file->path);
		file->rewritten |= !print_equal(&now, &file->before);
		file->rewritten &=
			!asked || intern_find(&differing, file->path,
					  strlen(file->path)) != INTERN_NONE;
		any |= file->rewritten;
	}
	interner_release(&differing);
	if (any || staged->told.count)
		hook_staged_keep(staged);
	return any;
}

void hook_staged_release(struct staged *staged)
{
	for (size_t i = 0; i < staged->count; i++) {
		free(staged->list[i].path);
		free(staged->list[i].blob);
	}
	free(staged->list);
	free(staged->top);
	free(staged->index);
	free(staged->notes);
	interner_release(&staged->told);
	memset(staged, 0, sizeof(*staged));
}
