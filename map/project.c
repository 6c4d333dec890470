/* SPDX-License-Identifier: MIT */
#include "map/project.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/path.h"
#include "map/language.h"
#include "map/map.h"
#include "map/variable.h"

static const char *const checkouts[] = {".git", ".hg", ".jj", NULL};

/* Of tools that build in any language. */
static const char *const builders[] = {"configure.ac", "Makefile", NULL};

/* Those of runners. */
static const char *const *const no_marks[] = {NULL};
static const char *const *const *runners_marks = no_marks;

void project_marks_set(const char *const *const *lists)
{
	runners_marks = lists;
}

static bool project_has(const char *directory, const char *name)
{
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return access(path, F_OK) == 0;
}

/* CMake writes a Makefile of its own into the folder of a build. */
static bool is_written(const char *directory, const char *name)
{
	return !strcmp(name, "Makefile") &&
	       project_has(directory, "CMakeCache.txt");
}

static bool has_one(const char *directory, const char *const *names)
{
	for (; *names; names++)
		if (project_has(directory, *names) &&
			!is_written(directory, *names))
			return true;
	return false;
}

static bool has_map(const char *directory)
{
	return project_has(directory, MAP_PATH);
}

static bool has_checkout(const char *directory)
{
	return has_one(directory, checkouts);
}

static bool has_config(const char *directory)
{
	return project_has(directory, "ftrace.json");
}

static bool has_mark(const char *directory)
{
	const struct map_language *const *at = map_languages();
	const char *const *const *marks = runners_marks;

	while (*at && !((*at)->marks && has_one(directory, (*at)->marks)))
		at++;
	while (*marks && !has_one(directory, *marks))
		marks++;
	return *at || *marks || has_one(directory, builders);
}

/* The nearest directory upwards that has what it takes; NULL: none. */
static char *nearest(const char *from, bool (*has)(const char *directory))
{
	char *directory = xstrdup(from), *slash;

	for (;;) {
		if (has(directory))
			return directory;
		slash = strrchr(directory, '/');
		if (!slash || !directory[1])
			break;
		slash[slash == directory] = '\0';
	}
	free(directory);
	return NULL;
}

char *project_absolute(const char *directory, struct err *err)
{
	char real[PATH_MAX];

	if (realpath(directory, real) && access(real, X_OK) == 0)
		return xstrdup(real);
	err_set(err, -errno, "cannot use directory '%s': %s", directory,
		strerror(errno));
	return NULL;
}

char *project_root(const char *directory, struct err *err)
{
	char *real = project_absolute(directory, err), *root;

	if (!real)
		return NULL;
	root = nearest(real, has_map);
	if (!root)
		root = nearest(real, has_checkout);
	if (!root)
		root = nearest(real, has_config);
	if (!root)
		root = nearest(real, has_mark);
	if (!root)
		return real;
	free(real);
	return root;
}

/* Takes ".", ".." and empty parts out of an absolute path, in place. */
static void project_tidy(char *path)
{
	char *in = path, *out = path;

	while (*in) {
		size_t n;

		while (*in == '/')
			in++;
		n = strcspn(in, "/");
		if (n == 2 && in[0] == '.' && in[1] == '.') {
			while (out > path && *--out != '/')
				;
		} else if (n && !(n == 1 && *in == '.')) {
			*out++ = '/';
			memmove(out, in, n);
			out += n;
		}
		in += n;
	}
	if (out == path)
		*out++ = '/';
	*out = '\0';
}

/* As resolved as it can be: a file that is gone still has its directory. */
static char *absolute(const char *path)
{
	char real[PATH_MAX], *slash, *joined, *whole;

	if (realpath(path, real))
		return xstrdup(real);
	if (*path == '/') {
		whole = xstrdup(path);
	} else {
		if (!getcwd(real, sizeof(real)))
			return xstrdup(path);
		whole = xasprintf("%s/%s", real, path);
	}
	project_tidy(whole);
	slash = strrchr(whole, '/');
	*slash = '\0';
	if (slash > whole && realpath(whole, real)) {
		joined = xasprintf("%s/%s", real, slash + 1);
		free(whole);
		return joined;
	}
	*slash = '/';
	return whole;
}

char *project_path(const char *root, const char *path)
{
	char *whole = absolute(path), *stored;
	const char *rest = path_below(whole, root);

	if (!rest)
		return whole;
	stored = xstrdup(*rest ? rest : ".");
	free(whole);
	return stored;
}

char *project_file(const char *root, const char *stored)
{
	if (*stored == '/')
		return xstrdup(stored);
	return strcmp(stored, ".") ? xasprintf("%s/%s", root, stored)
				   : xstrdup(root);
}

void project_here(struct project_here *here, const char *root)
{
	char path[PATH_MAX];
	const char *rest =
		getcwd(path, sizeof(path))
			? path_below(path, strcmp(root, "/") ? root : "")
			: NULL;

	here->inside = rest != NULL;
	strcpy(here->below, rest ? rest : "");
}

char *project_show(const struct project_here *here, const char *path)
{
	const char *below = here->below, *mark = "";
	size_t depth = 0;
	char *shown;

	if (*path == '/' || !here->inside)
		return xstrdup(variable_shown(path));
	if (!strncmp(path, "./", 2)) {
		mark = "./";
		path += 2;
	}
	/* The part that both have in common needs no climbing. */
	while (*below) {
		size_t part = strcspn(below, "/");

		if (depth == 0 && !strncmp(path, below, part) &&
			path[part] == '/')
			path += part + 1;
		else
			depth++;
		below += part + (below[part] == '/');
	}
	shown = xcalloc(depth * 3 + strlen(mark) + strlen(path) + 1, 1);
	if (!depth)
		strcat(shown, mark);
	for (size_t i = 0; i < depth; i++)
		strcat(shown, "../");
	strcat(shown, path);
	return shown;
}
