/* SPDX-License-Identifier: MIT */
#include "selector/own.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "languages/language.h"
#include "map/variable.h"
#include "runners/adapter.h"
#include "wire/kind.h"

#define KINDS_USED \
	(KIND_BIT(ACCESS_READ) | KIND_BIT(ACCESS_EXEC) | KIND_BIT(ACCESS_LINK))

/* Whose content others have written, or programs for themselves. */
static const char *const foreign[] = {".ftrace", ".git", ".hg", ".jj", NULL};

static bool own_is_among(
	const char *const *names, const char *name, size_t size)
{
	for (; *names; names++)
		if (strlen(*names) == size && !memcmp(*names, name, size))
			return true;
	return false;
}

static bool own_is_foreign(const char *name, size_t size)
{
	const struct language *language;
	const struct adapter *adapter;

	if (own_is_among(foreign, name, size) || language_of_cache(name, size))
		return true;
	for (size_t i = 0; (language = language_at(i)); i++)
		if (own_is_among(language->installed, name, size))
			return true;
	for (size_t i = 0; (adapter = adapter_at(i)); i++)
		if (adapter->installed &&
			own_is_among(adapter->installed, name, size))
			return true;
	return false;
}

static bool is_environment(const char *root, const char *path, size_t size)
{
	const struct language *language;
	bool is = false;

	for (size_t i = 0; !is && (language = language_at(i)); i++) {
		char *mark = xasprintf("%s/%.*s/%s", root, (int)size, path,
			language->environment);

		is = access(mark, F_OK) == 0;
		free(mark);
	}
	return is;
}

static bool is_installed(const char *path, const char *root)
{
	const char *from = path;

	for (;;) {
		size_t size = strcspn(from, "/");

		if (own_is_foreign(from, size))
			return true;
		from += size;
		if (!*from)
			return false;
		if (is_environment(root, path, (size_t)(from - path)))
			return true;
		from++;
	}
}

/* A runner reads for itself first; any other command is its one test. */
static bool is_by_runner(
	const struct dependency *dependency, const struct query_unit *unit)
{
	return dependency->kind == SCOPE_RUN && adapter_named(unit->runner);
}

/* Whether the test did it, or a fixture on its behalf. */
static bool is_by_test(
	const struct dependency *dependency, const struct query_unit *unit)
{
	return dependency->kind == SCOPE_UNIT ||
	       dependency->kind == SCOPE_FIXTURE ||
	       (dependency->kind == SCOPE_RUN &&
		       !is_by_runner(dependency, unit));
}

bool own_is(const struct dependency *dependency, const struct query_unit *unit,
	const char *root)
{
	if (variable_is(dependency->path))
		return !is_by_runner(dependency, unit);
	if (*dependency->path == '/')
		return false;
	if (!is_by_test(dependency, unit) &&
		!(dependency->input && (dependency->kinds & KINDS_USED)))
		return false;
	return !is_installed(dependency->path, root);
}
