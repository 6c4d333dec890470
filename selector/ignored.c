/* SPDX-License-Identifier: MIT */
#include "selector/ignored.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "git/git_run.h"

const struct ignored_row ignored_rows[] = {
	{"*/.hypothesis", false, "examples that failed before"},
	{"*/.mypy_cache", false, "results by the content of the sources"},
	{"*/.pytest_cache", false, "which tests failed last"},
	{"*/.ruff_cache", false, "results by the content of the sources"},
	{"*/Testing/Temporary", false, "times and logs of ctest"},
	{"*/haste-map-*", false, "what jest knows of files by their times"},
	{"*/jest-transform-cache-*", false,
		"results by the content of the sources"},
	{"*/perf-cache-*", false, "how long each of jest's tests took"},
	{"*/node_modules/.vite/vitest/*/results.json", false,
		"how long each test took"},
	{"*/node_modules/.vite/vitest/results.json", false,
		"how long each test took"},
	{"*/.npm/_logs", true, "logs"},
	{"*/.npm/_update-notifier-last-checked", true, "a time"},
	{"*/go/telemetry", true, "counts of how often go commands ran"},
	{0},
};

void ignored_init(struct ignored *ignored, const char *root)
{
	struct err err;

	memset(ignored, 0, sizeof(*ignored));
	ignored->root = root;
	if (config_load(&ignored->config, root, &err) < 0) {
		config_release(&ignored->config);
		memset(&ignored->config, 0, sizeof(ignored->config));
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

static bool is_known(const char *path, const char *rooted)
{
	for (size_t i = 0; ignored_rows[i].glob; i++)
		if ((!ignored_rows[i].outside || *path == '/') &&
			ignored_matches(ignored_rows[i].glob, rooted))
			return true;
	return false;
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
