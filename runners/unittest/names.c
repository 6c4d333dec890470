/* SPDX-License-Identifier: MIT */
#include "runners/unittest/names.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/id.h"
#include "base/path.h"

static bool is_identifier(const char *name, size_t size)
{
	if (!size || isdigit((unsigned char)*name))
		return false;
	for (size_t i = 0; i < size; i++)
		if (!isalnum((unsigned char)name[i]) && name[i] != '_' &&
			(unsigned char)name[i] < 128)
			return false;
	return true;
}

/* It looks only into packages. */
bool unittest_skips(const char *directory)
{
	return !is_identifier(directory, strlen(directory)) ||
	       !strcmp(directory, "__pycache__");
}

/* A pattern is matched with names, of modules alone. */
bool unittest_matches(const char *pattern, const char *path)
{
	const char *name = path_last(path);
	size_t n = strcspn(name, ".");

	return !strcmp(name + n, ".py") && is_identifier(name, n) &&
	       fnmatch(pattern, name, FNM_NOESCAPE) == 0;
}

/*
 * Of a file the name of its module, as it is called where the file is seen so;
 * names behind it are those of a class and a test, or of something that is
 * only found with its module.
 */
static char *names_dotted(const char *id, size_t file)
{
	size_t size = strlen(id), n = file;
	bool named = file && !strchr(id + file, '[');
	char *argument, *to;

	for (size_t at = id_next(file), end; named && at < size;
		at = id_next(end)) {
		end = id_part_end(id, size, at);
		named = is_identifier(id + at, end - at);
	}
	if (n < 3 || memcmp(id + n - 3, ".py", 3) != 0 || *id == '/' ||
		!strncmp(id, "../", 3))
		return xstrdup(id);
	n -= 3;
	argument = xasprintf("%.*s", (int)n, id);
	for (to = argument; *to; to++)
		if (*to == '/')
			*to = '.';
	if (n > 9 && !strcmp(argument + n - 9, ".__init__"))
		argument[n - 9] = '\0';
	for (size_t at = id_next(file), end; named && at < size;
		at = id_next(end)) {
		char *longer;

		end = id_part_end(id, size, at);
		longer = xasprintf(
			"%s.%.*s", argument, (int)(end - at), id + at);
		free(argument);
		argument = longer;
	}
	return argument;
}

char *unittest_argument(const char *id)
{
	return names_dotted(id, id_file(id));
}

char *unittest_label(const char *id)
{
	size_t file = id_file(id);

	return names_dotted(id, file ? file : strlen(id));
}
