/* SPDX-License-Identifier: MIT */
#include "runners/cargo/depfile.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/path.h"
#include "base/read_file.h"

/* Deeper folders of what a script reads have not been met. */
#define DEPTH_MAX 32

static bool depfile_is_below(const char *path, const char *folder)
{
	return folder && *folder && path_below(path, folder);
}

static char *depfile_absolute(const char *folder, const char *path)
{
	return *path == '/' ? xstrdup(path) : xasprintf("%s/%s", folder, path);
}

/* A path as make has it: a blank in it has a backslash before. */
static char *next_path(char **at)
{
	char *to, *start;

	while (**at == ' ')
		(*at)++;
	for (start = to = *at; **at && **at != ' '; (*at)++) {
		if (**at == '\\' && (*at)[1])
			(*at)++;
		*to++ = **at;
	}
	if (**at)
		(*at)++;
	*to = '\0';
	return *start ? start : NULL;
}

/* "TARGET: SOURCE ...": the first line has them all. */
static void depfile_take_line(struct runner_part *part, char *line,
	const char *workspace, const char *built)
{
	char *at = strstr(line, ": "), *path;

	if (!at)
		return;
	at += 2;
	while ((path = next_path(&at))) {
		char *file = depfile_absolute(workspace, path);

		if (depfile_is_below(file, built))
			free(file);
		else
			words_add(&part->files, file);
	}
}

/* The file of dependencies of something made; to be freed, or NULL. */
static char *read_beside(const char *made)
{
	const char *slash = strrchr(made, '/'), *name = slash + 1;
	const char *dot = strrchr(name, '.');
	int folder = (int)(slash - made);
	int size = dot ? (int)(dot - name) : (int)strlen(name);
	char *path = xasprintf("%.*s/%.*s.d", folder, made, size, name), *text;
	size_t n;

	text = read_file(path, 0, &n);
	free(path);
	if (text || strncmp(name, "lib", 3) != 0)
		return text;
	path = xasprintf("%.*s/%.*s.d", folder, made, size - 3, name + 3);
	text = read_file(path, 0, &n);
	free(path);
	return text;
}

/* One more name of the same file, in a folder; to be freed, or NULL. */
static char *other_name(const char *made, const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	struct stat own, st;
	char *found = NULL;

	if (stat(made, &own) < 0)
		own.st_ino = 0;
	while (dir && !found && (entry = readdir(dir))) {
		char *path = xasprintf("%s/%s", folder, entry->d_name);

		if (entry->d_ino == own.st_ino && stat(path, &st) == 0 &&
			st.st_dev == own.st_dev && strcmp(path, made) != 0)
			found = path;
		else
			free(path);
	}
	if (dir)
		closedir(dir);
	return found;
}

/* Of what cargo gives to its user, which is a link to what it has built. */
static char *read_of_original(const char *made)
{
	int n = (int)(strrchr(made, '/') - made);
	char *beside = xasprintf("%.*s", n, made);
	char *deps = xasprintf("%.*s/deps", n, made), *text = NULL;
	char *original = other_name(made, deps);

	if (!original)
		original = other_name(made, beside);
	if (original)
		text = read_beside(original);
	free(original);
	free(beside);
	free(deps);
	return text;
}

/* A script's is called after the folder that it lies in. */
static char *read_of_script(const char *made)
{
	const char *slash = strrchr(made, '/'), *hash = slash;
	char *path, *text;
	size_t n;

	while (hash > made && *hash != '-')
		hash--;
	path = xasprintf("%.*s/build_script_build%.*s.d", (int)(slash - made),
		made, (int)(slash - hash), hash);
	text = read_file(path, 0, &n);
	free(path);
	return text;
}

bool depfile_take(
	struct runner_part *part, const char *workspace, const char *built)
{
	for (size_t i = 0; i < part->made.count; i++) {
		char *text = read_beside(part->made.list[i]);

		if (!text)
			text = read_of_original(part->made.list[i]);
		if (!text)
			text = read_of_script(part->made.list[i]);
		if (!text)
			continue;
		if (strchr(text, '\n'))
			*strchr(text, '\n') = '\0';
		depfile_take_line(part, text, workspace, built);
		free(text);
		return true;
	}
	return false;
}

static void take_tree(struct runner_part *part, const char *path,
	const char *built, unsigned depth)
{
	struct dirent *entry;
	struct stat st;
	DIR *dir;

	if (depfile_is_below(path, built) || depth > DEPTH_MAX)
		return;
	if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode)) {
		words_add_copy(&part->files, path);
		return;
	}
	dir = opendir(path);
	if (!dir)
		return;
	runner_part_look(part, xstrdup(path), "*");
	while ((entry = readdir(dir))) {
		char *file;

		if (*entry->d_name == '.')
			continue;
		file = xasprintf("%s/%s", path, entry->d_name);
		take_tree(part, file, built, depth + 1);
		free(file);
	}
	closedir(dir);
}

void depfile_take_script(struct runner_part *part, const char *output,
	const char *package, const char *built)
{
	char *path = xasprintf(
		"%.*s/output", (int)(strrchr(output, '/') - output), output);
	size_t n;
	char *text = read_file(path, 0, &n), *line, *rest = text;
	bool said = false;

	while (rest && (line = strsep(&rest, "\n"))) {
		const char *at = line;

		if (strncmp(at, "cargo:", 6) != 0)
			continue;
		at += at[6] == ':' ? 7 : 6;
		said |= !strncmp(at, "rerun-if-", 9);
		if (!strncmp(at, "rerun-if-changed=", 17)) {
			char *file = depfile_absolute(package, at + 17);

			take_tree(part, file, built, 0);
			free(file);
		}
	}
	if (!said)
		take_tree(part, package, built, 0);
	free(text);
	free(path);
}
