/* SPDX-License-Identifier: MIT */
#include "runners/java/parts.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/path.h"
#include "base/read_file.h"
#include "map/project.h"

/* What packages and modules say of themselves is of no one class: these stay
 * what the build reads, for all tests. */
static bool java_parts_is_info(const char *name)
{
	return !strcmp(name, "package-info.class") ||
	       !strcmp(name, "module-info.class");
}

static size_t java_parts_make(struct java_parts *parts, char *name)
{
	struct runner_tests *tests = parts->tests;
	struct runner_part *part = runner_parts_add(
		&tests->parts, &tests->part_count, &tests->part_room);

	part->name = name;
	array_add(&parts->list, &parts->count, &parts->room,
		sizeof(*parts->list));
	parts->list[parts->count - 1].package = xstrdup("");
	return tests->part_count - 1;
}

void java_parts_link(struct java_parts *parts, size_t from, size_t to)
{
	size_t key[2] = {from, to}, before = parts->edges.count;

	if (from == to)
		return;
	intern(&parts->edges, key, sizeof(key));
	if (parts->edges.count == before)
		return;
	runner_part_use(&parts->tests->parts[from], to);
	if (from != parts->all && from != parts->main &&
		!parts->list[from - parts->first].test)
		parts->list[to - parts->first].used = true;
}

/* A source that was compiled, and the class that tells of it. */
struct java_meeting {
	struct java_parts *parts;
	struct java_class *class;
	bool test, any; /* for tests; or wherever it lies */
	bool generated;
};

static void java_parts_take_source(void *data, size_t place)
{
	struct java_meeting *met = data;
	struct java_parts *parts = met->parts;
	const struct java_source *source = &parts->sources.list[place];
	size_t *part = &parts->of_source[place];
	struct java_part *its;

	if (source->generated != met->generated ||
		(!met->any && source->test != met->test))
		return;
	if (!*part) {
		*part = 1 + java_parts_make(parts,
				    project_path(parts->root, source->path));
		its = &parts->list[*part - 1 - parts->first];
		its->source = place + 1;
		its->test = source->test;
		/* What a build makes it makes of anything. */
		if (!source->generated)
			words_add_copy(&parts->tests->parts[*part - 1].files,
				source->path);
	}
	*(size_t *)array_add(&met->class->parts.list, &met->class->parts.count,
		&met->class->parts.room, sizeof(size_t)) = *part - 1;
}

/* "a/b/Outer.java"; the file's name is told, the folder is the package's. */
static char *java_parts_path(const struct class_file *file)
{
	const char *name = file->name.bytes;
	const char *slash = memrchr(name, '/', file->name.size);
	size_t package = slash ? (size_t)(slash - name) + 1 : 0;
	const char *dollar;

	if (file->source.size)
		return xasprintf("%.*s%.*s", (int)package, name,
			(int)file->source.size, file->source.bytes);
	dollar = memchr(name + package, '$', file->name.size - package);
	return xasprintf("%.*s.java",
		(int)(dollar ? (size_t)(dollar - name) : file->name.size),
		name);
}

static void java_parts_find_sources(
	struct java_meeting *met, size_t module, char *path)
{
	/* Its own kind of folder first, then any, then what the build made. */
	for (int i = 0; i < 4 && !met->class->parts.count; i++) {
		met->any = i & 1;
		met->generated = i & 2;
		java_sources_each(&met->parts->sources, module, path,
			java_parts_take_source, met);
	}
}

static void java_parts_name(
	struct java_parts *parts, const struct class_file *file, size_t part)
{
	struct class_text name = file->name;
	const char *slash = memrchr(name.bytes, '/', name.size);
	size_t package = slash ? (size_t)(slash - name.bytes) + 1 : 0;
	struct java_part *its = &parts->list[part - parts->first];
	const char *dollar;
	size_t size = name.size - package;

	java_index_add(&parts->named, name.bytes, name.size, part);
	dollar = memchr(name.bytes + package + 1, '$', size - 1);
	if (dollar)
		size = (size_t)(dollar - name.bytes) - package;
	java_index_add(&parts->simple, name.bytes + package, size, part);
	for (size_t i = 0; i < file->constant_count; i++)
		java_index_add(&parts->constants, file->constants[i].bytes,
			file->constants[i].size, part);
	if (*its->package || !package)
		return;
	free(its->package);
	its->package = xmemdup(name.bytes, package - 1);
	java_index_add(&parts->packages, name.bytes, package - 1, part);
}

/* What has no source can come from anything. */
static void java_parts_take_orphan(
	struct java_parts *parts, struct java_class *class)
{
	size_t part =
		java_parts_make(parts, project_path(parts->root, class->path));

	*(size_t *)array_add(&class->parts.list, &class->parts.count,
		&class->parts.room, sizeof(size_t)) = part;
}

static void java_parts_take_class(
	struct java_parts *parts, size_t module, bool test, const char *path)
{
	struct java_class *class;
	size_t size;
	char *bytes = read_file(path, 0, &size), *source;
	struct java_meeting met = {.parts = parts, .test = test};

	if (!bytes)
		return;
	class = array_add(&parts->classes, &parts->class_count,
		&parts->class_room, sizeof(*class));
	class->path = xstrdup(path);
	class->bytes = (unsigned char *)bytes;
	met.class = class;
	if (class_file_read(&class->file, class->bytes, size)) {
		source = java_parts_path(&class->file);
		java_parts_find_sources(&met, module, source);
		free(source);
	}
	if (!class->parts.count)
		java_parts_take_orphan(parts, class);
	for (size_t i = 0; i < class->parts.count; i++) {
		size_t part = class->parts.list[i];

		words_add_copy(&parts->tests->parts[part].made, path);
		if (class->file.name.size)
			java_parts_name(parts, &class->file, part);
	}
}

static int java_parts_by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void java_parts_list(const char *folder, struct words *words)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (*entry->d_name != '.')
			words_add(words,
				xasprintf("%s/%s", folder, entry->d_name));
	if (dir)
		closedir(dir);
	if (words->count)
		qsort(words->list, words->count, sizeof(char *),
			java_parts_by_name);
}

static void java_parts_walk(
	struct java_parts *parts, size_t module, bool test, const char *folder)
{
	struct words words = {0};

	java_parts_list(folder, &words);
	for (size_t i = 0; i < words.count; i++) {
		const char *path = words.list[i], *name = path_last(path);
		const char *dot = strrchr(name, '.');
		struct stat st;

		if (lstat(path, &st) < 0)
			continue;
		if (S_ISDIR(st.st_mode))
			java_parts_walk(parts, module, test, path);
		else if (dot && !strcmp(dot, ".class") &&
			 !java_parts_is_info(name))
			java_parts_take_class(parts, module, test, path);
	}
	words_free(words.list);
}

static void java_parts_add_folders(struct java_parts *parts)
{
	struct runner_tests *tests = parts->tests;
	/* That the build lists sources tells of no test: it is explained, and
	 * used by none. */
	size_t folders = java_parts_make(parts, xstrdup("folders of sources"));
	const struct java_sources *sources = &parts->sources;
	struct runner_part *part;

	for (size_t i = 0; i < sources->folders.count; i++)
		runner_part_look(&tests->parts[folders],
			xstrdup(sources->folders.list[i]), "");
	part = &tests->parts[parts->resources];
	for (size_t i = 0; i < sources->resources.count; i++)
		words_add_copy(&part->files, sources->resources.list[i]);
	for (size_t i = 0; i < parts->module_count; i++)
		words_add_list(&part->files,
			(const char *const *)parts->modules[i].settings.list);
	for (size_t i = 0; i < sources->resource_folders.count; i++)
		runner_part_look(
			part, xstrdup(sources->resource_folders.list[i]), "");
}

void java_parts_add(struct java_parts *parts, struct runner_tests *tests,
	const struct java_module *modules, size_t count, const char *root)
{
	memset(parts, 0, sizeof(*parts));
	parts->tests = tests;
	parts->modules = modules;
	parts->module_count = count;
	parts->root = root;
	parts->first = tests->part_count;
	java_sources_find(&parts->sources, modules, count);
	parts->of_source =
		xcalloc(parts->sources.count + 1, sizeof(*parts->of_source));
	parts->all = java_parts_make(parts, xstrdup("all sources"));
	parts->main = java_parts_make(parts, xstrdup("all but tests"));
	parts->resources = java_parts_make(parts, xstrdup("resources"));
	java_parts_add_folders(parts);
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < modules[i].classes.count; k++)
			java_parts_walk(
				parts, i, k > 0, modules[i].classes.list[k]);
}

void java_parts_close(struct java_parts *parts)
{
	struct words *files = &parts->tests->parts[parts->resources].files;

	for (size_t i = 0; i < parts->sources.count; i++)
		if (!parts->of_source[i] && !parts->sources.list[i].generated)
			words_add_copy(files, parts->sources.list[i].path);
}

void java_parts_release(struct java_parts *parts)
{
	for (size_t i = 0; i < parts->count; i++)
		free(parts->list[i].package);
	for (size_t i = 0; i < parts->class_count; i++) {
		free(parts->classes[i].path);
		free(parts->classes[i].bytes);
		free(parts->classes[i].parts.list);
		class_file_release(&parts->classes[i].file);
	}
	free(parts->list);
	free(parts->of_source);
	free(parts->classes);
	java_index_release(&parts->named);
	java_index_release(&parts->simple);
	java_index_release(&parts->constants);
	java_index_release(&parts->packages);
	interner_release(&parts->edges);
	java_sources_release(&parts->sources);
	memset(parts, 0, sizeof(*parts));
}

const char *java_parts_source(const struct java_parts *parts, size_t part)
{
	size_t source = parts->list[part - parts->first].source;

	return source ? parts->sources.list[source - 1].path : NULL;
}

size_t java_parts_of_class(
	const struct java_parts *parts, size_t module, const char *class)
{
	char *name = xstrdup(class);
	const struct java_places *places;
	size_t found = JAVA_NO_PART;

	for (char *at = name; *at; at++)
		if (*at == '.')
			*at = '/';
	places = java_index_find(&parts->named, name, strlen(name));
	for (size_t i = 0; places && i < places->count; i++) {
		size_t part = places->list[i];
		size_t source = parts->list[part - parts->first].source;

		if (source && parts->sources.list[source - 1].module == module)
			found = part;
	}
	free(name);
	return found;
}
