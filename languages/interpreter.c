/* SPDX-License-Identifier: MIT */
#include "languages/interpreter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/capture.h"
#include "base/put_file.h"
#include "base/read_file.h"
#include "base/state_folder.h"

/* Nobody has more of them; the oldest goes first. */
#define LIST_LINES 64
#define LIST_BYTES ((size_t)1 << 20)

/* The list's text, to be freed; NULL when there is none to be trusted. */
static char *interpreter_list(const char *path)
{
	size_t size;

	return path && state_folder_trusts(path)
		       ? read_file(path, LIST_BYTES, &size)
		       : NULL;
}

/* What stands behind the tag in a line of the list; NULL: another's line. */
static const char *interpreter_of_line(const char *line, const char *tag)
{
	size_t n = strlen(tag);

	return !strncmp(line, tag, n) && line[n] == '\t' && line[n + 1] == '/'
		       ? line + n + 1
		       : NULL;
}

/* Where it still is; to be freed. */
static char *interpreter_in_list(const char *tag)
{
	char *path = state_folder_path("interpreters"),
	     *text = interpreter_list(path);
	char *found = NULL, *rest = text, *line;

	while (!found && (line = strsep(&rest, "\n"))) {
		const char *place = interpreter_of_line(line, tag);

		if (place && access(place, X_OK) == 0)
			found = xstrdup(place);
	}
	free(text);
	free(path);
	return found;
}

/* The list with the line in front, and the tag's former line left out. */
static char *interpreter_new_list(
	const char *old, const char *tag, const char *path)
{
	char *text = xasprintf("%s\t%s\n", tag, path);
	char *copy = xstrdup(old ? old : ""), *rest = copy, *line;
	unsigned lines = 1;

	while ((line = strsep(&rest, "\n")) && lines < LIST_LINES) {
		char *longer;

		if (!*line || interpreter_of_line(line, tag))
			continue;
		longer = xasprintf("%s%s\n", text, line);
		free(text);
		text = longer;
		lines++;
	}
	free(copy);
	return text;
}

void interpreter_remember(const char *tag, const char *path)
{
	char *known, *list, *old, *text;
	mode_t mask;

	if (*path != '/' || strpbrk(path, "\t\n") || strpbrk(tag, "\t\n"))
		return;
	known = interpreter_in_list(tag);
	list = state_folder_path("interpreters");
	if (!known && list && state_folder_make(list)) {
		old = interpreter_list(list);
		text = interpreter_new_list(old, tag, path);
		mask = umask(0077);
		put_file(list, text, NULL);
		umask(mask);
		free(text);
		free(old);
	}
	free(list);
	free(known);
}

/* What a program says its tag is, to be freed; NULL: it does not say. */
static char *interpreter_ask(
	const struct language *language, const char *program)
{
	char *argv[2 * LANGUAGE_OPTIONS_MAX + 2] = {(char *)program};
	size_t n = 1, size;
	char *said;

	for (size_t i = 0; language->options[i]; i++)
		argv[n++] = (char *)language->options[i];
	for (size_t i = 0; language->tells_tag[i]; i++)
		argv[n++] = (char *)language->tells_tag[i];
	if (capture(argv, &said, &size, NULL) < 0)
		return NULL;
	said[strcspn(said, "\n")] = '\0';
	return said;
}

/*
 * Along PATH, but for folders of it that hang on where we are: what lies there
 * came with the project. tag: NULL takes any. Its path to be freed, and the
 * tag that it said.
 */
static char *interpreter_on_path(
	const struct language *language, const char *tag, char **said)
{
	const char *path = getenv("PATH");
	char *copy = xstrdup(path ? path : "/usr/local/bin:/usr/bin:/bin");
	char *rest = copy, *folder, *found = NULL;

	*said = NULL;
	while (!found && (folder = strsep(&rest, ":"))) {
		for (size_t i = 0;
			*folder == '/' && !found && language->programs[i];
			i++) {
			char *program = xasprintf(
				"%s/%s", folder, language->programs[i]);

			if (access(program, X_OK) == 0)
				*said = interpreter_ask(language, program);
			if (*said && (!tag || !strcmp(*said, tag))) {
				found = program;
				continue;
			}
			free(*said);
			*said = NULL;
			free(program);
		}
	}
	free(copy);
	return found;
}

char *interpreter_here(const struct language *language)
{
	char *tag, *path = interpreter_on_path(language, NULL, &tag);

	free(path);
	return tag;
}

char *interpreter_find(
	const struct language *language, const char *tag, struct err *err)
{
	char *found = interpreter_in_list(tag), *said;

	if (found)
		return found;
	found = interpreter_on_path(language, tag, &said);
	free(said);
	if (found)
		interpreter_remember(tag, found);
	else
		err_set(err, -ENOENT,
			"%s of the recorded version (%s) is not known on this "
			"machine: put it on PATH, or record here",
			language->programs[0], tag);
	return found;
}
