/* SPDX-License-Identifier: MIT */
#include "fold/loader_search.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/intern.h"
#include "wire/record.h"

#define OBJECT_NONE UINT32_MAX

/* What the loader remembers of a directory's folder (see loader_machine). */
enum status { UNKNOWN, THERE, NOT_THERE };

/* A list of directories: their numbers, each once. */
struct places {
	uint32_t *directories;
	size_t count, room;
	bool ready;
};

struct object {
	const struct loader_object *self;
	const char *rpath, *runpath; /* NULL: none */
	struct places rpath_places, runpath_places;
	uint32_t loader; /* whose need it was */
	bool loaded;
};

struct search {
	const struct loader_start *start;
	struct object *objects;
	struct interner directories; /* with a slash at the end, or "" */
	unsigned char *statuses;     /* of folders, by directory */
	size_t status_room;
	struct places library_path, system;
	struct interner names; /* what loaded objects are known by */
	uint32_t *owners;      /* by name */
	size_t owner_count, owner_room;
	uint32_t *queue;
	size_t queued;
	struct loader_lookup *lookups;
	size_t count, room;
};

static bool loader_search_is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_';
}

/* The bytes of a token after its dollar, with braces or without; 0: none. */
static size_t token_size(const char *text, const char *name)
{
	size_t n = strlen(name);
	bool braces = *text == '{';

	text += braces;
	if (strncmp(text, name, n) != 0 || loader_search_is_word(text[n]) ||
		(braces && text[n] != '}'))
		return 0;
	return n + 2 * braces;
}

bool loader_expand(const struct loader_machine *machine, const char *origin,
	const char *text, char *buffer, size_t size)
{
	const struct {
		const char *name, *value;
	} tokens[] = {{"ORIGIN", origin}, {"LIB", machine->lib},
		{"PLATFORM", machine->platform}};
	size_t at = 0;

	while (*text) {
		const char *piece = text;
		size_t n = 1, skipped = 1;

		for (size_t i = 0; *text == '$' && i < 3; i++) {
			size_t token = token_size(text + 1, tokens[i].name);

			if (!token)
				continue;
			if (!tokens[i].value)
				return false;
			piece = tokens[i].value;
			n = strlen(piece);
			skipped = token + 1;
			break;
		}
		if (at + n >= size)
			return false;
		memcpy(buffer + at, piece, n);
		at += n;
		text += skipped;
	}
	buffer[at] = '\0';
	return true;
}

static size_t folder_count(const struct search *search)
{
	return search->start->machine->count;
}

static unsigned char *loader_search_status_of(
	struct search *search, uint32_t directory, size_t folder)
{
	return &search->statuses[directory * folder_count(search) + folder];
}

static uint32_t directory_numbered(struct search *search, const char *name)
{
	uint32_t i = intern(&search->directories, name, strlen(name) + 1);
	size_t folders = folder_count(search);

	if ((i + 1) * folders <= search->status_room)
		return i;
	search->status_room = (i + 8) * 2 * folders;
	search->statuses =
		xreallocarray(search->statuses, search->status_room, 1);
	for (size_t k = i * folders; k < search->status_room; k++)
		search->statuses[k] = UNKNOWN;
	return i;
}

/* Of what is relative nothing is remembered: the directory may change. */
static void add_place(
	struct search *search, struct places *places, const char *name)
{
	uint32_t directory = directory_numbered(search, name);

	for (size_t i = 0; i < places->count; i++)
		if (places->directories[i] == directory)
			return;
	if (*name != '/')
		memset(loader_search_status_of(search, directory, 0), THERE,
			folder_count(search));
	*(uint32_t *)array_add(&places->directories, &places->count,
		&places->room, sizeof(directory)) = directory;
}

/* The directory of an object, without a slash at the end unless the root. */
static void origin_of(const struct loader_object *object, char *buffer)
{
	const char *slash = strrchr(object->path, '/');
	size_t n = slash ? (size_t)(slash - object->path) : 0;

	if (n >= PATH_MAX)
		n = 0;
	memcpy(buffer, object->path, n);
	if (!n)
		buffer[n++] = '/';
	buffer[n] = '\0';
}

static void add_places(struct search *search, struct places *places,
	const struct loader_object *object, const char *list,
	const char *separators)
{
	char origin[PATH_MAX], piece[PATH_MAX], name[PATH_MAX];
	bool more = *list != '\0';

	places->ready = true;
	origin_of(object, origin);
	while (more) {
		size_t n = strcspn(list, separators);

		more = list[n] != '\0';
		if (n < sizeof(piece)) {
			memcpy(piece, list, n);
			piece[n] = '\0';
			if (!n)
				add_place(search, places, "");
			else if (loader_expand(search->start->machine, origin,
					 piece, name, sizeof(name) - 1) &&
				 *name) {
				n = strlen(name);
				while (n > 1 && name[n - 1] == '/')
					n--;
				if (name[n - 1] != '/')
					name[n++] = '/';
				name[n] = '\0';
				add_place(search, places, name);
			}
			n = strcspn(list, separators);
		}
		list += n + more;
	}
}

static struct loader_sight loader_search_look(
	struct search *search, const char *path)
{
	return search->start->look(search->start->context, path);
}

static void loader_search_note(
	struct search *search, uint32_t path, enum access_kind kind)
{
	struct loader_lookup *lookup = array_add(&search->lookups,
		&search->count, &search->room, sizeof(*lookup));

	lookup->path = path;
	lookup->kind = kind;
}

/* False when it is too long, or relative to a directory that is unknown. */
static bool make_path(const struct search *search, uint32_t directory,
	size_t folder, const char *name, char *path)
{
	const char *base = search->directories.entries[directory].bytes;
	const char *from = search->start->directory;
	int n;

	if (*base != '/' && !*from)
		return false;
	n = snprintf(path, PATH_MAX, "%s%s%s%s%s", *base == '/' ? "" : from,
		*base == '/' ? "" : "/", base,
		search->start->machine->folders[folder], name);
	return n > 0 && n < PATH_MAX;
}

static uint32_t object_at(const struct search *search, uint32_t file)
{
	for (uint32_t i = 0; i < search->start->count; i++)
		if (search->start->objects[i].file == file)
			return i;
	return OBJECT_NONE;
}

/*
 * What is at the path and was not mapped was opened all the same, and was of
 * another machine.
 */
static uint32_t look_for_file(struct search *search, uint32_t directory,
	size_t folder, const char *name)
{
	char path[PATH_MAX];
	struct loader_sight sight;
	uint32_t object;

	if (!make_path(search, directory, folder, name, path))
		return OBJECT_NONE;
	sight = loader_search_look(search, path);
	object = object_at(search, sight.file);
	loader_search_note(search, sight.path,
		object == OBJECT_NONE && sight.what == SIGHT_ABSENT
			? ACCESS_ABSENT
			: ACCESS_READ);
	return object;
}

static enum status look_for_folder(
	struct search *search, uint32_t directory, size_t folder)
{
	char path[PATH_MAX];
	struct loader_sight sight;
	size_t n;

	if (!make_path(search, directory, folder, "", path))
		return NOT_THERE;
	n = strlen(path);
	if (n > 1)
		path[n - 1] = '\0';
	sight = loader_search_look(search, path);
	loader_search_note(search, sight.path,
		sight.what == SIGHT_ABSENT ? ACCESS_ABSENT : ACCESS_STAT);
	return sight.what == SIGHT_DIRECTORY ? THERE : NOT_THERE;
}

static uint32_t search_places(
	struct search *search, const struct places *places, const char *name)
{
	for (size_t i = 0; i < places->count; i++) {
		uint32_t directory = places->directories[i];

		for (size_t k = 0; k < folder_count(search); k++) {
			unsigned char *status =
				loader_search_status_of(search, directory, k);
			uint32_t object;

			if (*status == NOT_THERE)
				continue;
			object = look_for_file(search, directory, k, name);
			if (object != OBJECT_NONE) {
				*status = THERE;
				return object;
			}
			if (*status == UNKNOWN)
				*status = (unsigned char)look_for_folder(
					search, directory, k);
		}
	}
	return OBJECT_NONE;
}

/* DT_RPATH of the object that has the need, and of those that needed it. */
static uint32_t search_rpaths(
	struct search *search, uint32_t loader, const char *name)
{
	uint32_t found = OBJECT_NONE;

	for (uint32_t i = loader; found == OBJECT_NONE && i != OBJECT_NONE;
		i = search->objects[i].loader) {
		struct object *object = &search->objects[i];

		if (!object->rpath || object->runpath)
			continue;
		if (!object->rpath_places.ready)
			add_places(search, &object->rpath_places, object->self,
				object->rpath, ":");
		found = search_places(search, &object->rpath_places, name);
	}
	return found;
}

static uint32_t search_all(
	struct search *search, uint32_t loader, const char *name)
{
	struct object *object = &search->objects[loader];
	uint32_t found = OBJECT_NONE;

	if (!object->runpath)
		found = search_rpaths(search, loader, name);
	if (found == OBJECT_NONE)
		found = search_places(search, &search->library_path, name);
	if (found != OBJECT_NONE || !object->runpath)
		return found;
	if (!object->runpath_places.ready)
		add_places(search, &object->runpath_places, object->self,
			object->runpath, ":");
	return search_places(search, &object->runpath_places, name);
}

static void know_by(struct search *search, uint32_t object, const char *name)
{
	uint32_t i = intern(&search->names, name, strlen(name) + 1);

	if (i == search->owner_count)
		*(uint32_t *)array_add(&search->owners, &search->owner_count,
			&search->owner_room, sizeof(object)) = object;
}

/* The next of an object's words, or NULL: what is cut short is none. */
static const char *next_word(
	const struct loader_object *object, const char *word)
{
	const char *end = object->words + object->words_size;

	word = word ? word + strlen(word) + 1 : object->words;
	if (word >= end || !memchr(word, '\0', (size_t)(end - word)) || !*word)
		return NULL;
	return word;
}

static void loader_search_load(
	struct search *search, uint32_t i, uint32_t loader)
{
	struct object *object = &search->objects[i];

	if (object->loaded)
		return;
	object->loaded = true;
	object->loader = loader;
	search->queue[search->queued++] = i;
	know_by(search, i, object->self->path);
	for (const char *word = NULL; (word = next_word(object->self, word));) {
		if (*word == WORD_SONAME)
			know_by(search, i, word + 1);
		else if (*word == WORD_RPATH)
			object->rpath = word + 1;
		else if (*word == WORD_RUNPATH)
			object->runpath = word + 1;
	}
}

/* What the cache knew, or the system's directories had: by its last name. */
static uint32_t find_named(const struct search *search, const char *name)
{
	for (uint32_t i = 0; i < search->start->count; i++) {
		const char *path = search->start->objects[i].path;
		const char *slash = strrchr(path, '/');

		if (slash && !strcmp(slash + 1, name))
			return i;
	}
	return OBJECT_NONE;
}

static uint32_t find_placed(
	struct search *search, uint32_t loader, const char *name)
{
	char origin[PATH_MAX], expanded[PATH_MAX], path[2 * PATH_MAX];
	struct loader_sight sight;
	uint32_t object;
	int n;

	origin_of(search->objects[loader].self, origin);
	if (!loader_expand(search->start->machine, origin, name, expanded,
		    sizeof(expanded)))
		return OBJECT_NONE;
	n = snprintf(path, sizeof(path), "%s%s%s",
		*expanded == '/' ? "" : search->start->directory,
		*expanded == '/' ? "" : "/", expanded);
	if (n <= 0 || n >= PATH_MAX)
		return OBJECT_NONE;
	sight = loader_search_look(search, path);
	object = object_at(search, sight.file);
	if (object == OBJECT_NONE && sight.what == SIGHT_ABSENT)
		loader_search_note(search, sight.path, ACCESS_ABSENT);
	return object;
}

static void need(struct search *search, uint32_t loader, const char *name)
{
	uint32_t found;

	if (!*name || intern_find(&search->names, name, strlen(name) + 1) !=
			      INTERN_NONE)
		return;
	if (strchr(name, '/')) {
		found = find_placed(search, loader, name);
	} else {
		found = search_all(search, loader, name);
		if (found == OBJECT_NONE)
			found = find_named(search, name);
		/* The cache did not know it either. */
		if (found == OBJECT_NONE)
			found = search_places(search, &search->system, name);
	}
	if (found == OBJECT_NONE)
		return;
	loader_search_load(search, found, loader);
	know_by(search, found, name);
}

static void preload(struct search *search, const char *list)
{
	while (*list) {
		size_t n = strcspn(list, " :");
		char *name = xmemdup(list, n);

		need(search, 0, name);
		free(name);
		list += n + (list[n] != '\0');
	}
}

/* The loader is there before it loads anything. */
static void know_loader(struct search *search)
{
	for (uint32_t i = 0; i < search->start->count; i++) {
		const char *path = search->start->objects[i].path;
		const char *slash = strrchr(path, '/');

		if (slash && (!strncmp(slash, "/ld-linux", 9) ||
				     !strncmp(slash, "/ld-2.", 6)))
			loader_search_load(search, i, OBJECT_NONE);
	}
}

static void need_all(struct search *search, uint32_t i)
{
	const struct loader_object *object = search->objects[i].self;

	for (const char *word = NULL; (word = next_word(object, word));)
		if (*word == WORD_NEEDED)
			need(search, i, word + 1);
}

static void loader_search_run(struct search *search)
{
	const struct loader_object *program = search->objects[0].self;
	size_t taken = 0;

	loader_search_load(search, 0, OBJECT_NONE);
	add_places(search, &search->library_path, program,
		search->start->search, ":;");
	if (search->start->machine->system)
		add_places(search, &search->system, program,
			search->start->machine->system, ":");
	know_loader(search);
	for (const char *word = NULL; (word = next_word(program, word));)
		if (*word == WORD_PRELOAD)
			preload(search, word + 1);
	while (taken < search->queued)
		need_all(search, search->queue[taken++]);
	/* Those of /etc/ld.so.preload and of auditors, whose needs it are. */
	for (uint32_t i = 0; i < search->start->count; i++) {
		loader_search_load(search, i, 0);
		while (taken < search->queued)
			need_all(search, search->queue[taken++]);
	}
}

struct loader_lookup *loader_search(
	const struct loader_start *start, size_t *count)
{
	struct search search = {.start = start};

	*count = 0;
	if (!start->count || !start->machine->count)
		return NULL;
	search.objects = xcalloc(start->count, sizeof(*search.objects));
	search.queue = xcalloc(start->count, sizeof(*search.queue));
	for (size_t i = 0; i < start->count; i++)
		search.objects[i].self = &start->objects[i];
	loader_search_run(&search);
	for (size_t i = 0; i < start->count; i++) {
		free(search.objects[i].rpath_places.directories);
		free(search.objects[i].runpath_places.directories);
	}
	interner_release(&search.directories);
	interner_release(&search.names);
	free(search.library_path.directories);
	free(search.system.directories);
	free(search.statuses);
	free(search.owners);
	free(search.objects);
	free(search.queue);
	*count = search.count;
	return search.lookups;
}
