/* SPDX-License-Identifier: MIT */
/*
 * What the map has to know of Python: what its imports see of a directory, what
 * installed distributions tell of themselves there, and what an interpreter
 * does to the environment.
 */
#include "languages/python/map.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "languages/python/places.h"

static const char *const caches[] = {".hypothesis", "__pycache__", NULL};

static const char *const marks[] = {"pyproject.toml", "pytest.ini", "setup.cfg",
	"setup.py", "tox.ini", NULL};

/* As importlib.machinery.all_suffixes() has them: .py, .pyc, .abi3.so, ... */
static bool python_is_module(const char *rest)
{
	const char *last = strrchr(rest, '.');

	return !*rest || !strcmp(rest, ".py") || !strcmp(rest, ".pyc") ||
	       (last && !strcmp(last, ".so"));
}

/* As importlib.metadata has it; the last is inside of an egg. */
static bool tells_groups(const char *entry)
{
	const char *dot = strrchr(entry, '.');

	return (dot && (!strcasecmp(dot, ".dist-info") ||
			       !strcasecmp(dot, ".egg-info"))) ||
	       !strcasecmp(entry, "egg-info");
}

static bool is_among(const char *value, const char *const *list)
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
static bool gives(const char *variable, const char *value)
{
	static const char *const coerced[] = {
		"C.UTF-8", "C.utf8", "UTF-8", NULL};
	static const char *const plain[] = {"", "C", "POSIX", NULL};
	static const char *const never[] = {"0", NULL};
	static const char *const empty[] = {"", NULL};

	return !strcmp(variable, "LC_CTYPE") && is_among(value, coerced) &&
	       is_among(getenv("LC_ALL"), empty) &&
	       is_among(getenv("LANG"), plain) &&
	       !is_among(getenv("PYTHONCOERCECLOCALE"), never);
}

const struct map_language python_map = {
	.caches = caches,
	.marks = marks,
	.is_module = python_is_module,
	.tells_groups = tells_groups,
	.group_file = "entry_points.txt",
	.gives = gives,
	.placed = python_placed,
	.plain = python_plain,
	.places = python_places,
};
