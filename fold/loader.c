/* SPDX-License-Identifier: MIT */
/*
 * What the dynamic loader did before the interposer was there to see it.
 */
#include "fold/loader.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "fold/accesses.h"
#include "fold/loader_machine.h"
#include "fold/loader_search.h"
#include "fold/paths.h"
#include "fold/scopes.h"
#include "fold/state.h"

#if defined(__x86_64__)
#define MUSL_PATHS "/etc/ld-musl-x86_64.path"
#else
#define MUSL_PATHS "/etc/ld-musl-aarch64.path"
#endif

/* A search that happened, perhaps many times. */
struct loader_result {
	struct loader_lookup *lookups;
	size_t count;
};

struct fold_loader {
	struct loader_machine machine;
	struct interner searches; /* number i is results[i] */
	struct loader_result *results;
	size_t count, room;
};

/* The records of one search. */
struct gathered {
	const struct wire_record *search;
	struct loader_object *objects;
	size_t count, room;
	char *key; /* what it depends on */
	size_t key_size, key_room;
};

static void take_file(
	struct fold *fold, const struct trace_event *event, const char *name)
{
	uint32_t path = fold_path(fold, name, strlen(name), false);

	if (!fold->paths.list[path].ignored)
		fold_take(fold, event, path,
			fold->tree.nodes[fold->paths.list[path].node]
					.identity.mode
				? ACCESS_READ
				: ACCESS_ABSENT);
}

void fold_loader_files(struct fold *fold, const struct trace_event *event)
{
	unsigned flags = event->record->flags;

	if (flags & RECORD_SEEN)
		return;
	if (flags & RECORD_MUSL) {
		take_file(fold, event, MUSL_PATHS);
		return;
	}
	take_file(fold, event, "/etc/ld.so.preload");
	take_file(fold, event, "/etc/ld.so.cache");
}

static struct loader_sight loader_look_through(void *context, const char *name)
{
	struct fold *fold = context;
	uint32_t i = fold_path(fold, name, strlen(name), false);
	const struct fold_path *path = &fold->paths.list[i];
	struct loader_sight sight = {.path = i, .file = LOADER_FILE_NONE};
	uint32_t mode;

	if (path->ignored)
		return sight;
	sight.file = path->node;
	mode = fold->tree.nodes[path->node].identity.mode;
	if (S_ISDIR(mode))
		sight.what = SIGHT_DIRECTORY;
	else if (mode)
		sight.what = SIGHT_FILE;
	return sight;
}

static void add_key(struct gathered *gathered, const void *bytes, size_t size)
{
	if (gathered->key_size + size > gathered->key_room) {
		gathered->key_room = 2 * (gathered->key_size + size);
		gathered->key =
			xreallocarray(gathered->key, gathered->key_room, 1);
	}
	memcpy(gathered->key + gathered->key_size, bytes, size);
	gathered->key_size += size;
}

static void add_record(
	struct gathered *gathered, const struct wire_record *record)
{
	add_key(gathered, &record->head, sizeof(record->head));
	add_key(gathered, &record->size, sizeof(record->size));
	add_key(gathered, record->text, record->size);
}

static void add_object(struct fold *fold, struct gathered *gathered,
	const struct wire_record *record)
{
	struct loader_object *object = array_add(&gathered->objects,
		&gathered->count, &gathered->room, sizeof(*object));

	add_record(gathered, record);
	object->words = record->text;
	object->words_size = record->head;
	object->path = fold_text(
		fold, record->text + record->head, record->size - record->head);
	object->file = loader_look_through(fold, object->path).file;
}

/* They follow each other in the image, if not in the session. */
static void loader_gather(struct fold *fold, const struct trace_event *event,
	struct gathered *gathered)
{
	const struct trace *trace = fold->trace;
	size_t i = (size_t)(event - trace->events);

	gathered->search = event->record;
	/* Paths lead elsewhere when links have changed. */
	add_key(gathered, &fold->tree.epoch, sizeof(fold->tree.epoch));
	add_record(gathered, event->record);
	while (++i < trace->count) {
		if (trace->events[i].image != event->image)
			continue;
		if (trace->events[i].record->type != RECORD_OBJECT)
			break;
		add_object(fold, gathered, trace->events[i].record);
	}
}

static void simulate(struct fold *fold, const struct gathered *gathered,
	struct loader_result *result)
{
	const struct wire_record *record = gathered->search;
	struct loader_start start = {.machine = &fold->loader->machine,
		.objects = gathered->objects,
		.count = gathered->count,
		.look = loader_look_through,
		.context = fold};

	start.search = fold_text(fold, record->text, record->head);
	start.directory = fold_text(
		fold, record->text + record->head, record->size - record->head);
	result->lookups = loader_search(&start, &result->count);
}

static struct loader_result *result_of(
	struct fold *fold, const struct trace_event *event)
{
	struct fold_loader *loader = fold->loader;
	struct gathered gathered = {0};
	struct loader_result *result;
	uint32_t i;

	loader_gather(fold, event, &gathered);
	i = intern(&loader->searches, gathered.key, gathered.key_size);
	if (i == loader->count) {
		result = array_add(&loader->results, &loader->count,
			&loader->room, sizeof(*result));
		simulate(fold, &gathered, result);
	}
	free(gathered.objects);
	free(gathered.key);
	return &loader->results[i];
}

void fold_loader_search(struct fold *fold, const struct trace_event *event)
{
	const struct loader_result *result;

	if (!fold->loader) {
		fold->loader = xcalloc(1, sizeof(*fold->loader));
		loader_machine_ask(&fold->loader->machine);
	}
	result = result_of(fold, event);
	for (size_t i = 0; i < result->count; i++)
		fold_take(fold, event, result->lookups[i].path,
			result->lookups[i].kind);
}

void fold_loader_release(struct fold *fold)
{
	struct fold_loader *loader = fold->loader;

	if (!loader)
		return;
	loader_machine_release(&loader->machine);
	interner_release(&loader->searches);
	for (size_t i = 0; i < loader->count; i++)
		free(loader->results[i].lookups);
	free(loader->results);
	free(loader);
}
