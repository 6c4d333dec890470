/* SPDX-License-Identifier: MIT */
#include "languages/python/places.h"

#include <ctype.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/path.h"
#include "base/read_file.h"

#define TEXT_BYTES ((size_t)64 << 10)

/* What environments, and packages installed in place, consist of. */
const char *const python_placed[] = {"pyvenv.cfg", "*.pth", "*.egg-link",
	"direct_url.json", "RECORD", "__editable__*.py", NULL};

/* Whether RECORD has a print of a text that names places: they have others. */
static bool is_of_placed(const char *name, size_t size)
{
	char *path = xmemdup(name, size);
	const char *last = path_last(path);
	bool found = strstr(path, "/bin/") != NULL;

	for (size_t i = 0; !found && python_placed[i]; i++)
		found = fnmatch(python_placed[i], last, 0) == 0;
	free(path);
	return found;
}

char *python_plain(
	const char *name, const char *text, size_t size, size_t *left)
{
	const char *at = text, *end = text + size;
	char *plain = NULL;
	FILE *out;

	if (strcmp(name, "RECORD") != 0)
		return NULL;
	out = open_memstream(&plain, left);
	if (!out)
		abort();
	while (at < end) {
		const char *line = memchr(at, '\n', (size_t)(end - at));
		size_t n = line ? (size_t)(line - at) + 1 : (size_t)(end - at);
		const char *comma = memchr(at, ',', n);

		if (comma && is_of_placed(at, (size_t)(comma - at))) {
			fwrite(at, 1, (size_t)(comma - at), out);
			fputc('\n', out);
		} else {
			fwrite(at, 1, n, out);
		}
		at += n;
	}
	fclose(out);
	return plain;
}

/* A small text; NULL: there is none. Nobody waits for what is no file. */
static char *places_text(const char *folder, const char *name)
{
	char *path = xasprintf("%s/%s", folder, name), *text = NULL;
	struct stat st;
	size_t size;

	if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
		text = read_file(path, TEXT_BYTES, &size);
	free(path);
	return text;
}

/* What stands in a line "name = value"; to be freed. */
static char *places_setting(const char *text, const char *name)
{
	size_t n = strlen(name);

	for (; text; text = strchr(text, '\n')) {
		const char *value;

		text += *text == '\n';
		if (strncmp(text, name, n) != 0)
			continue;
		value = text + n + strspn(text + n, " \t");
		if (*value != '=')
			continue;
		value += 1 + strspn(value + 1, " \t");
		return xasprintf("%.*s", (int)strcspn(value, "\r\n"), value);
	}
	return NULL;
}

/* "python3.11": the name of a program that says which it is. */
static const char *places_named(const char *program)
{
	const char *last = path_last(program);
	size_t letters = strspn(last, "abcdefghijklmnopqrstuvwxyz");
	const char *dot = strchr(last, '.');

	return letters && dot && dot > last + letters &&
			       isdigit((unsigned char)dot[1]) &&
			       !dot[1 + strspn(dot + 1, "0123456789t")] &&
			       strlen(last) < 32
		       ? last
		       : NULL;
}

/* Its headers say it exactly. To be freed. */
static char *places_version(const char *prefix, const char *name)
{
	char *include = xasprintf("%s/include/%s", prefix, name);
	char *text = places_text(include, "patchlevel.h"), *version = NULL;
	const char *at = text ? strstr(text, "PY_VERSION") : NULL;

	while (at && at[10] == '_')
		at = strstr(at + 10, "PY_VERSION");
	at = at ? strchr(at, '"') : NULL;
	if (at)
		version = xasprintf(
			"Python %.*s", (int)strcspn(at + 1, "\"\n"), at + 1);
	free(text);
	free(include);
	return version;
}

/* The folder above that of a program; to be freed. */
static char *places_above(const char *program)
{
	char *folder = xstrdup(program);

	for (int i = 0; i < 2 && strrchr(folder, '/'); i++)
		*strrchr(folder, '/') = '\0';
	return folder;
}

static void places_add_installed(struct map_places *places, const char *root,
	const char *prefix, const char *name, char *version)
{
	struct map_place *place = NULL;

	if (!path_below(root, prefix) && !path_below(prefix, root))
		place = map_places_add(places, name, prefix);
	if (!place)
		place = map_places_add_fact(places, name);
	if (place)
		place->version = version;
	else
		free(version);
}

void python_places(
	struct map_places *places, const char *root, const char *program)
{
	char *folder = places_above(program);
	char *settings = places_text(folder, "pyvenv.cfg");
	char *home = places_setting(settings, "home"), *prefix = NULL;
	char *real = realpath(program, NULL), *version = NULL, *role;
	const char *name = real ? places_named(real) : NULL;

	if (!name)
		goto out;
	if (home && *home == '/' && strlen(home) < PATH_MAX) {
		char *inside = xasprintf("%s/-", home);

		prefix = places_above(inside);
		free(inside);
		role = xasprintf("environment of %s", name);
		if (!path_below(folder, root))
			map_places_add(places, role, folder);
		free(role);
	} else {
		prefix = places_above(real);
	}
	version = places_version(prefix, name);
	if (!version && settings) {
		char *said = places_setting(settings, "version");

		if (!said)
			said = places_setting(settings, "version_info");
		version = said ? xasprintf("Python %.40s", said) : NULL;
		free(said);
	}
	places_add_installed(places, root, prefix, name, version);
out:
	free(prefix);
	free(home);
	free(settings);
	free(real);
	free(folder);
}
