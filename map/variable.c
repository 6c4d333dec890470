/* SPDX-License-Identifier: MIT */
#include "map/variable.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define PREFIX_SIZE (sizeof(VARIABLE_PREFIX) - 1)

/* Where a name ends with a star it stands for all that begin so. */
static const char *const uncounted[] = {"_", "SHLVL", "PWD", "OLDPWD",
	"FTRACE_*", "PYTEST_CURRENT_TEST", "PYTEST_VERSION", "PYTEST_XDIST_*"};

bool variable_is(const char *path)
{
	return !strncmp(path, VARIABLE_PREFIX, PREFIX_SIZE);
}

const char *variable_shown(const char *path)
{
	return variable_is(path) ? path + PREFIX_SIZE - 1 : path;
}

char *variable_stored(const char *shown)
{
	return *shown == '$' ? variable_path(shown + 1, strlen(shown + 1))
			     : xstrdup(shown);
}

bool variable_counts(const char *name, size_t size)
{
	for (size_t i = 0; i < sizeof(uncounted) / sizeof(*uncounted); i++) {
		const char *star = strchr(uncounted[i], '*');
		size_t n = star ? (size_t)(star - uncounted[i])
				: strlen(uncounted[i]);

		if (size >= n && (star || size == n) &&
			!memcmp(name, uncounted[i], n))
			return false;
	}
	return size > 0;
}

char *variable_path(const char *name, size_t size)
{
	return xasprintf(VARIABLE_PREFIX "%.*s", (int)size, name);
}

static bool ends_with(const char *text, size_t size, const char *end)
{
	size_t n = strlen(end);

	return size >= n && !memcmp(text + size - n, end, n);
}

/* git puts the folder of its own programs in front, for its hooks. */
static const char *without_git(const char *value)
{
	size_t n = strcspn(value, ":");

	while (value[n] && ends_with(value, n, "/git-core")) {
		value += n + 1;
		n = strcspn(value, ":");
	}
	return value;
}

/* The parts of a list that do not end so; NULL when no other one is left. */
static char *without_parts(
	const char *value, const char *separators, const char *end)
{
	char *left = xcalloc(strlen(value) + 1, 1), *to = left;
	bool found = false;

	for (;;) {
		size_t n = strcspn(value, separators);

		if (ends_with(value, n, end)) {
			found = true;
		} else {
			memcpy(to, value, n + (value[n] != '\0'));
			to += n + (value[n] != '\0');
		}
		if (!value[n])
			break;
		value += n + 1;
	}
	/* The separator before a last part that went goes as well. */
	if (found && to > left && strchr(separators, to[-1]))
		*--to = '\0';
	if (!found || *left)
		return left;
	free(left);
	return NULL;
}

static bool map_variable_is_among(const char *value, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(value ? value : "", *list))
			return true;
	return false;
}

/*
 * What Python gives LC_CTYPE itself where the locale is C (PEP 538), for all
 * that it starts: there it would be the same unset.
 */
static bool is_coerced(const char *value)
{
	static const char *const coerced[] = {
		"C.UTF-8", "C.utf8", "UTF-8", NULL};
	static const char *const plain[] = {"", "C", "POSIX", NULL};
	static const char *const never[] = {"0", NULL};
	static const char *const empty[] = {"", NULL};

	return map_variable_is_among(value, coerced) &&
	       map_variable_is_among(getenv("LC_ALL"), empty) &&
	       map_variable_is_among(getenv("LANG"), plain) &&
	       !map_variable_is_among(getenv("PYTHONCOERCECLOCALE"), never);
}

/*
 * Without what others put there that has not changed by that: an ftrace around
 * this one (tracer/run.c), git, Python.
 */
static char *ambient(const char *name)
{
	const char *value = getenv(name);

	if (!value)
		return NULL;
	if (!strcmp(name, "PATH"))
		return xstrdup(without_git(value));
	if (!strcmp(name, "LD_PRELOAD"))
		return without_parts(value, ": ", "/libftrace.so");
	if (!strcmp(name, "LC_CTYPE") && is_coerced(value))
		return NULL;
	return xstrdup(value);
}

struct print variable_print(const char *path)
{
	char *value = ambient(path + PREFIX_SIZE);
	struct print print = print_absent;

	if (value)
		print = print_bytes(value, strlen(value), 0);
	free(value);
	return print;
}
