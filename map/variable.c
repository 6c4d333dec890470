/* SPDX-License-Identifier: MIT */
#include "map/variable.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "map/language.h"

#define PREFIX_SIZE (sizeof(VARIABLE_PREFIX) - 1)

static const char *const uncounted[] = {
	"_", "SHLVL", "PWD", "OLDPWD", "FTRACE_*", NULL};

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

bool variable_is_among(const char *const *list, const char *name, size_t size)
{
	for (; *list; list++) {
		const char *star = strchr(*list, '*');
		size_t n = star ? (size_t)(star - *list) : strlen(*list);

		if (size >= n && (star || size == n) && !memcmp(name, *list, n))
			return true;
	}
	return false;
}

bool variable_counts(const char *name, size_t size)
{
	return size > 0 && !variable_is_among(uncounted, name, size);
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

/*
 * Without what others put there that has not changed by that: an ftrace around
 * this one (tracer/run.c), git, an interpreter.
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
	for (const struct map_language *const *at = map_languages(); *at; at++)
		if ((*at)->gives && (*at)->gives(name, value))
			return NULL;
	return xstrdup(value);
}

struct print variable_print(const char *path, const struct map_places *places)
{
	char *value = ambient(path + PREFIX_SIZE), *text;
	struct print print = print_absent;
	size_t size;

	if (!value)
		return print;
	size = strlen(value);
	text = map_places_take_out(places, value, size, &size);
	print = print_bytes(text ? text : value, size, 0);
	free(text);
	free(value);
	return print;
}
