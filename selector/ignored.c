/* SPDX-License-Identifier: MIT */
#include "selector/ignored.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/ignored_row.h"
#include "git/git_run.h"
#include "languages/language.h"
#include "runners/adapter.h"

void ignored_init(struct ignored *ignored, const char *root)
{
	struct err err;

	memset(ignored, 0, sizeof(*ignored));
	ignored->root = root;
	if (config_load(&ignored->config, root, &err) < 0) {
		config_release(&ignored->config);
		memset(&ignored->config, 0, sizeof(ignored->config));
		ignored->config.keep = MAP_KEEP;
	}
}

void ignored_release(struct ignored *ignored)
{
	config_release(&ignored->config);
	memset(ignored, 0, sizeof(*ignored));
}

bool ignored_matches(const char *glob, const char *path)
{
	char *below;
	bool found = fnmatch(glob, path, 0) == 0;

	if (found)
		return true;
	below = xasprintf("%s/*", glob);
	found = fnmatch(below, path, 0) == 0;
	free(below);
	return found;
}

static bool has_row(
	const struct ignored_row *row, const char *path, const char *rooted)
{
	for (; row && row->glob; row++)
		if ((!row->outside || *path == '/') &&
			ignored_matches(row->glob, rooted))
			return true;
	return false;
}

static bool is_known(const char *path, const char *rooted)
{
	const struct adapter *adapter;
	const struct language *language;
	bool found = false;

	for (size_t i = 0; !found && (adapter = adapter_at(i)); i++)
		found = has_row(adapter->ignored, path, rooted);
	for (size_t i = 0; !found && (language = language_at(i)); i++)
		found = has_row(language->ignored, path, rooted);
	return found;
}

/* Globs of the project are relative to the root, or absolute. */
static bool is_configured(const struct ignored *ignored, const char *path)
{
	const struct config_texts *globs = &ignored->config.ignore;

	for (size_t i = 0; i < globs->count; i++)
		if (ignored_matches(globs->items[i], path))
			return true;
	return false;
}

static bool is_tracked(const struct ignored *ignored, const char *path)
{
	const char *const arguments[] = {"ls-files", "-z", "--", path, NULL};
	struct git_bytes output = {0};
	struct err err;
	struct git git = {.directory = ignored->root, .err = &err};
	bool found;

	if (*path == '/')
		return false;
	found = git_run(&git, arguments, NULL, &output) == 0 && output.size > 0;
	free(output.text);
	return found;
}

bool ignored_has(const struct ignored *ignored, const char *path)
{
	/* What the folders above the project are called says nothing of it. */
	char *rooted = xasprintf("%s%s", *path == '/' ? "" : "/", path);
	bool found = is_known(path, rooted) || is_configured(ignored, path);

	free(rooted);
	return found && !is_tracked(ignored, path);
}
