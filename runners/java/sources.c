/* SPDX-License-Identifier: MIT */
#include "runners/java/sources.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/path.h"
#include "base/read_file.h"

/* Deeper folders have not been met. */
#define DEPTH_MAX 64

struct java_walk {
	struct java_sources *sources;
	const struct java_module *modules;
	size_t count, module;
	bool generated, resources;
	unsigned depth;
};

static bool java_sources_ends(const char *name, const char *ending)
{
	size_t n = strlen(name), k = strlen(ending);

	return n > k && !strcmp(name + n - k, ending);
}

static bool java_sources_is_other(const char *name)
{
	return java_sources_ends(name, ".kt") ||
	       java_sources_ends(name, ".groovy") ||
	       java_sources_ends(name, ".scala") ||
	       java_sources_ends(name, ".clj");
}

bool java_sources_is_one(const char *name)
{
	return java_sources_ends(name, ".java") || java_sources_is_other(name);
}

static void java_sources_add(struct java_walk *walk, const char *path)
{
	struct java_sources *sources = walk->sources;
	const char *name = path_last(path);
	struct java_source *source = array_add(&sources->list, &sources->count,
		&sources->room, sizeof(*source));
	size_t number = intern(&sources->names, name, strlen(name));

	if (number == sources->first_count)
		array_add(&sources->first, &sources->first_count,
			&sources->first_room, sizeof(*sources->first));
	source->path = xstrdup(path);
	source->module = walk->module;
	source->generated = walk->generated;
	source->other = java_sources_is_other(name);
	source->test =
		strstr(path_below(path, walk->modules[walk->module].folder),
			"/test") != NULL;
	source->next = sources->first[number];
	sources->first[number] = sources->count;
}

/* Folders of other modules are theirs; what is built is looked at apart. */
static bool java_sources_skips(const struct java_walk *walk, const char *folder)
{
	const char *name = path_last(folder);

	if (*name == '.' || !strcmp(name, "node_modules") ||
		!strcmp(folder, walk->modules[walk->module].target))
		return true;
	for (size_t i = 0; i < walk->count; i++)
		if (i != walk->module &&
			!strcmp(folder, walk->modules[i].folder))
			return true;
	return false;
}

static bool java_sources_is_folder(DIR *dir, const struct dirent *entry)
{
	struct stat st;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	return fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) ==
		       0 &&
	       S_ISDIR(st.st_mode);
}

/* "src/main/resources", and whatever else is called so in a folder of src. */
static bool java_sources_are_resources(const char *folder)
{
	return !strcmp(path_last(folder), "resources") &&
	       strstr(folder, "/src/");
}

/* Below a folder for sources: "src/main/java", of whatever language. */
static bool java_sources_are_here(
	const struct java_walk *walk, const char *folder)
{
	static const char *const names[] = {
		"java", "kotlin", "groovy", "scala", "clojure", NULL};
	const char *below =
		path_below(folder, walk->modules[walk->module].folder);
	const char *slash = below && !strncmp(below, "src/", 4)
				    ? strchr(below + 4, '/')
				    : NULL;

	for (size_t i = 0; slash && names[i]; i++) {
		size_t n = strlen(names[i]);

		if (!strncmp(slash + 1, names[i], n) &&
			(!slash[n + 1] || slash[n + 1] == '/'))
			return true;
	}
	return walk->generated;
}

/* Files first: whether there are sources says what the others are. */
static void java_walk_files(
	struct java_walk *walk, const char *folder, const struct words *files)
{
	struct java_sources *sources = walk->sources;
	bool any = java_sources_are_here(walk, folder);

	for (size_t i = 0; i < files->count; i++)
		any |= java_sources_is_one(path_last(files->list[i]));
	if (walk->resources)
		words_add_copy(&sources->resource_folders, folder);
	else if (any)
		words_add_copy(&sources->folders, folder);
	for (size_t i = 0; i < files->count; i++)
		if (!walk->resources &&
			java_sources_is_one(path_last(files->list[i])))
			java_sources_add(walk, files->list[i]);
		else if (walk->resources || (any && !walk->generated))
			words_add_copy(&sources->resources, files->list[i]);
}

static void java_walk_list(struct java_walk *walk, const char *folder,
	struct words *files, struct words *folders)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		char *path;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		path = xasprintf("%s/%s", folder, entry->d_name);
		if (!java_sources_is_folder(dir, entry))
			words_add(files, path);
		else if (!java_sources_skips(walk, path))
			words_add(folders, path);
		else
			free(path);
	}
	if (dir)
		closedir(dir);
}

static void java_walk_folder(struct java_walk *walk, const char *folder)
{
	bool outside = !walk->resources;
	struct words files = {0}, folders = {0};

	if (walk->depth == DEPTH_MAX)
		return;
	walk->depth++;
	walk->resources |= java_sources_are_resources(folder);
	java_walk_list(walk, folder, &files, &folders);
	java_walk_files(walk, folder, &files);
	for (size_t i = 0; i < folders.count; i++)
		java_walk_folder(walk, folders.list[i]);
	words_free(files.list);
	words_free(folders.list);
	if (outside)
		walk->resources = false;
	walk->depth--;
}

void java_sources_find(struct java_sources *sources,
	const struct java_module *modules, size_t count)
{
	static const char *const generated[] = {
		"generated-sources", "generated-test-sources", NULL};

	memset(sources, 0, sizeof(*sources));
	for (size_t i = 0; i < count; i++) {
		struct java_walk walk = {.sources = sources,
			.modules = modules,
			.count = count,
			.module = i};

		java_walk_folder(&walk, modules[i].folder);
		walk.generated = true;
		for (const char *const *name = generated; *name; name++) {
			char *folder =
				xasprintf("%s/%s", modules[i].target, *name);

			java_walk_folder(&walk, folder);
			free(folder);
		}
	}
}

void java_sources_release(struct java_sources *sources)
{
	for (size_t i = 0; i < sources->count; i++)
		free(sources->list[i].path);
	free(sources->list);
	free(sources->first);
	interner_release(&sources->names);
	words_free(sources->folders.list);
	words_free(sources->resources.list);
	words_free(sources->resource_folders.list);
	memset(sources, 0, sizeof(*sources));
}

static bool java_source_lies_at(
	const struct java_source *source, const char *path)
{
	size_t n = strlen(source->path), k = strlen(path);

	return n > k && source->path[n - k - 1] == '/' &&
	       !strcmp(source->path + n - k, path);
}

size_t java_sources_each(const struct java_sources *sources, size_t module,
	const char *path, void (*found)(void *data, size_t place), void *data)
{
	const char *name = path_last(path);
	uint32_t number = intern_find(&sources->names, name, strlen(name));
	size_t first = number == INTERN_NONE ? 0 : sources->first[number];
	size_t count = 0;

	/* Other languages do not ask for folders after packages. */
	for (int nearly = 0; nearly < 2 && !count; nearly++)
		for (size_t i = first; i; i = sources->list[i - 1].next) {
			const struct java_source *source =
				&sources->list[i - 1];

			if (source->module != module ||
				(!nearly && !java_source_lies_at(source, path)))
				continue;
			found(data, i - 1);
			count++;
		}
	return count;
}

/* Behind blanks and what is a comment. */
static const char *java_sources_skip(const char *text)
{
	for (;;) {
		const char *end;

		while (isspace((unsigned char)*text))
			text++;
		if (!strncmp(text, "//", 2))
			end = strchr(text, '\n');
		else if (!strncmp(text, "/*", 2))
			end = strstr(text + 2, "*/")
				      ? strstr(text + 2, "*/") + 2
				      : NULL;
		else
			return text;
		if (!end)
			return "";
		text = end;
	}
}

/* Annotations may stand before it in a package-info.java alone. */
static char *java_sources_package(const char *text)
{
	size_t n;

	text = java_sources_skip(text);
	if (strncmp(text, "package", 7) != 0 ||
		!isspace((unsigned char)text[7]))
		return xstrdup("");
	text = java_sources_skip(text + 7);
	for (n = 0; text[n] == '.' || text[n] == '_' || text[n] == '$' ||
		    isalnum((unsigned char)text[n]) ||
		    (unsigned char)text[n] >= 0x80;)
		n++;
	return xasprintf("%.*s.", (int)n, text);
}

static size_t java_sources_word(const char *text)
{
	size_t n = 0;

	while (text[n] == '_' || text[n] == '$' ||
		isalnum((unsigned char)text[n]) ||
		(unsigned char)text[n] >= 0x80)
		n++;
	return n;
}

static void java_sources_take_class(struct words *classes, const char *package,
	const char *name, size_t size)
{
	char *class = xasprintf("%s%.*s", package, (int)size, name);

	for (size_t i = 0; i < classes->count; i++)
		if (!strcmp(classes->list[i], class)) {
			free(class);
			return;
		}
	words_add(classes, class);
}

void java_sources_classes(struct words *classes, const char *path)
{
	size_t size, n;
	char *text = read_file(path, 0, &size);
	char *package = java_sources_package(text ? text : "");
	const char *name = path_last(path), *at = text ? text : "";

	java_sources_take_class(classes, package, name, strcspn(name, "."));
	for (; (at = strstr(at, "class")); at += 5) {
		const char *next = java_sources_skip(at + 5);

		n = java_sources_word(next);
		if (next > at + 5 && n && !isdigit((unsigned char)*next) &&
			(at == text || !java_sources_word(at - 1)))
			java_sources_take_class(classes, package, next, n);
	}
	free(package);
	free(text);
}
