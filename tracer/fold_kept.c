/* SPDX-License-Identifier: MIT */
/*
 * Kept things: what the modules of sources keep in memory of what was computed
 * (docs/python.md). Who left something there entered the functions that
 * computed it, among others, which fold_kept_reach.c tells apart. Who entered
 * code that mentions a name of the thing may have got at it.
 */
#include <stdlib.h>
#include <string.h>

#include "map/alloc.h"
#include "tracer/fold_state.h"

struct kept_mark {
	const char *id;
	size_t id_size;
	const char *names; /* "name,name" */
	size_t names_size;
	const char *makers; /* the same */
	size_t makers_size;
	const char *path;
	size_t path_size;
};

/* "id=name,name;function/path", or "*"; false when it is malformed. */
static bool parse(const char *text, size_t size, struct kept_mark *mark)
{
	const char *end = text + size, *equals = memchr(text, '=', size);
	const char *stop =
		equals ? memchr(equals, ';', (size_t)(end - equals)) : NULL;
	const char *slash =
		stop ? memchr(stop, '/', (size_t)(end - stop)) : NULL;

	if (!slash)
		return false;
	mark->id = text;
	mark->id_size = (size_t)(equals - text);
	mark->names = equals + 1;
	mark->names_size = (size_t)(stop - mark->names);
	mark->makers = stop + 1;
	mark->makers_size = (size_t)(slash - mark->makers);
	/* The separator is followed by the path's own first slash. */
	mark->path = slash + 1 < end && slash[1] == '/' ? slash + 1 : slash;
	mark->path_size = (size_t)(end - mark->path);
	return true;
}

/* The scope of a thing, named by its source and the name in it. */
static uint32_t kept_scope(struct fold *fold, const struct kept_mark *mark)
{
	const char *root = fold->options->root, *path = mark->path;
	size_t n = strlen(root), size = mark->path_size;
	uint32_t scope;
	char *name;

	if (size > n + 1 && !memcmp(path, root, n) && path[n] == '/') {
		path += n + 1;
		size -= n + 1;
	}
	name = xasprintf(
		"%.*s:%.*s", (int)size, path, (int)mark->id_size, mark->id);
	scope = fold_scope(fold, SCOPE_KEPT, name, strlen(name));
	free(name);
	return scope;
}

/* Whether a name is one of "id" but the last: of what has the thing. */
static bool is_on_the_way(
	const struct kept_mark *mark, const char *name, size_t size)
{
	const char *at = mark->id, *end = at + mark->id_size, *dot;

	while ((dot = memchr(at, '.', (size_t)(end - at)))) {
		if ((size_t)(dot - at) == size && !memcmp(at, name, size))
			return true;
		at = dot + 1;
	}
	return false;
}

static void add_import_names(
	struct fold *fold, const struct kept_mark *mark, uint32_t kept)
{
	const char *at = mark->names, *end = at + mark->names_size;

	while (at < end) {
		const char *comma = memchr(at, ',', (size_t)(end - at));
		size_t n = (size_t)((comma ? comma : end) - at);

		if (n)
			names_add(is_on_the_way(mark, at, n) ? &fold->kept_ways
							     : &fold->kept_own,
				at, n, kept);
		at += n + 1;
	}
}

void fold_take_kept(struct fold *fold, const struct trace_event *event)
{
	uint32_t scope = fold_event_scope(fold, event), path, i;
	struct fold_keeping *keeping;
	struct kept_mark mark;
	char *key;

	if (!parse(event->record->text, event->record->size, &mark))
		return;
	path = fold_path(fold, mark.path, mark.path_size, false);
	if (fold->paths[path].ignored)
		return;
	key = xasprintf(
		"%u/%.*s", fold->paths[path].node, (int)mark.id_size, mark.id);
	i = intern(&fold->kept_keys, key, strlen(key));
	free(key);
	if (i == fold->kept_count) {
		struct fold_kept *kept = array_add(&fold->kept,
			&fold->kept_count, &fold->kept_room, sizeof(*kept));

		kept->node = fold->paths[path].node;
		kept->scope = kept_scope(fold, &mark);
		kept->is_global = !memchr(mark.id, '.', mark.id_size);
	}
	if (mark.names_size == 1 && *mark.names == '*') {
		fold->kept[i].is_import = true;
	} else {
		names_add_all(
			&fold->kept_names, mark.names, mark.names_size, i);
		add_import_names(fold, &mark, i);
	}
	names_add_all(&fold->kept_makers, mark.makers, mark.makers_size, i);
	fold->kept[i].has_makers |= mark.makers_size > 0;
	if (fold->recording.scopes[scope].kind == SCOPE_RUN)
		return;
	keeping = array_add(&fold->keepings, &fold->keeping_count,
		&fold->keeping_room, sizeof(*keeping));
	keeping->scope = scope;
	keeping->kept = i;
}

/* "name=function,function" */
void fold_take_leads(struct fold *fold, const struct wire_record *record)
{
	const char *text = record->text, *end = text + record->size;
	const char *equals = memchr(text, '=', record->size);
	uint32_t name;

	if (!equals)
		return;
	name = intern(&fold->texts, text, (size_t)(equals - text));
	names_add_all(
		&fold->leads, equals + 1, (size_t)(end - equals - 1), name);
}

static void gets_at(struct fold_function *function, uint32_t kept)
{
	for (size_t i = 0; i < function->kept_count; i++)
		if (function->kept[i] == kept)
			return;
	*(uint32_t *)array_add(&function->kept, &function->kept_count,
		&function->kept_room, sizeof(kept)) = kept;
}

/* The things that a function mentions a name of: docs/python.md. */
static void find_mentions(const struct fold *fold,
	struct fold_function *function, const struct source_block *block)
{
	const char *at = block->mentions, *end = at + block->mentions_size;

	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t n = (size_t)((stop ? stop : end) - at);
		const struct name_list *list;

		list = n ? names_find(&fold->kept_names, at + 1, n - 1) : NULL;
		for (size_t k = 0; list && k < list->count; k++)
			gets_at(function, list->items[k]);
		at += n + 1;
	}
}

const struct source_block *fold_block_of(
	const struct fold *fold, const struct fold_function *function)
{
	uint32_t source = fold->source_of[function->node];
	uint32_t file = source ? fold->sources[source - 1].file : FILE_NONE;
	const struct source *text =
		file == FILE_NONE ? NULL : fold->files.files[file].code;

	if (!text || text->problem)
		return NULL;
	return source_find_block(text, function->name, function->name_size);
}

static void find_users(struct fold *fold)
{
	for (size_t i = 0; i < fold->function_count; i++) {
		struct fold_function *function = &fold->functions[i];
		const struct source_block *block =
			fold_block_of(fold, function);

		if (block)
			find_mentions(fold, function, block);
	}
}

/* Not by the module itself: what it keeps came after it was loaded. */
static void use(struct fold *fold, uint32_t scope, const struct fold_kept *kept)
{
	uint32_t source = fold->source_of[kept->node];

	if (!source || fold->sources[source - 1].module != scope)
		fold_use(fold, scope, kept->scope);
}

bool fold_uses(const struct fold *fold, uint32_t scope, uint32_t used)
{
	const struct recorded_scope *recorded = &fold->recording.scopes[scope];

	for (size_t i = 0; i < recorded->use_count; i++)
		if (recorded->uses[i] == used)
			return true;
	return false;
}

/*
 * A module gets at a thing while it is imported: it loads a name of it, takes
 * over what a global of another module is bound to, or hands what has the
 * thing to code that is not the project's, as an operator does.
 */
static void use_on_import(
	struct fold *fold, uint32_t module, const char *mention, size_t size)
{
	const struct name_list *list;
	bool imports = *mention == 'i', all = size == 2 && mention[1] == '*';

	list = names_find(*mention == 'k' ? &fold->kept_ways : &fold->kept_own,
		mention + 1, size - 1);
	for (size_t k = 0; list && k < list->count; k++) {
		const struct fold_kept *kept = &fold->kept[list->items[k]];

		if (!imports || (kept->is_global && !kept->has_makers))
			use(fold, module, kept);
	}
	for (size_t k = 0; imports && all && k < fold->kept_count; k++) {
		const struct fold_kept *kept = &fold->kept[k];
		uint32_t source = fold->source_of[kept->node];

		if (kept->is_global && !kept->has_makers && source &&
			fold_uses(
				fold, module, fold->sources[source - 1].module))
			use(fold, module, kept);
	}
}

/* Of a source that nobody could take apart all may be. */
static void find_importers(struct fold *fold, const struct fold_source *from)
{
	const struct source *text =
		from->file == FILE_NONE ? NULL
					: fold->files.files[from->file].code;

	if (!text || text->problem) {
		for (size_t k = 0; k < fold->kept_count; k++)
			use(fold, from->module, &fold->kept[k]);
		return;
	}
	for (size_t i = 0; i < text->count; i++) {
		const struct source_block *block = &text->blocks[i];
		const char *at = block->mentions;
		const char *end = at + block->mentions_size;

		while (block->on_load && at < end) {
			const char *stop = memchr(at, '\n', (size_t)(end - at));
			size_t n = (size_t)((stop ? stop : end) - at);

			if (n > 1 && strchr("lki", *at))
				use_on_import(fold, from->module, at, n);
			at += n + 1;
		}
	}
}

void fold_kept(struct fold *fold)
{
	if (!fold->kept_count)
		return;
	for (uint32_t i = 0; i < fold->kept_count; i++) {
		uint32_t source = fold->source_of[fold->kept[i].node];

		if (!source)
			continue;
		fold_use(fold, fold->kept[i].scope,
			fold->sources[source - 1].module);
		if (fold->kept[i].is_import)
			fold_use(fold, fold->sources[source - 1].module,
				fold->kept[i].scope);
	}
	for (size_t i = 0; i < fold->keeping_count; i++)
		if (fold->scopes[fold->keepings[i].scope].coarse)
			fold->scopes[fold->kept[fold->keepings[i].kept].scope]
				.coarse = true;
	find_users(fold);
	for (size_t i = 0; i < fold->source_count; i++)
		find_importers(fold, &fold->sources[i]);
	fold_kept_reach(fold);
}

/*
 * What a module enters while it is imported, of its own, often names what it
 * makes itself: of others it is what the module imports.
 */
static bool is_near(const struct fold *fold, uint32_t scope,
	const struct fold_function *function, uint32_t kept)
{
	uint32_t own = fold->source_of[function->node];
	uint32_t source = fold->source_of[fold->kept[kept].node];

	return !own || fold->sources[own - 1].module != scope || !source ||
	       fold_uses(fold, scope, fold->sources[source - 1].module);
}

void fold_use_kept(
	struct fold *fold, uint32_t scope, const struct fold_function *function)
{
	for (size_t i = 0; i < function->kept_count; i++)
		if (is_near(fold, scope, function, function->kept[i]))
			use(fold, scope, &fold->kept[function->kept[i]]);
	for (size_t i = 0; function->gets_at_all && i < fold->kept_count; i++)
		if (is_near(fold, scope, function, (uint32_t)i))
			use(fold, scope, &fold->kept[i]);
}

void fold_kept_release(struct fold *fold)
{
	for (size_t i = 0; i < fold->function_count; i++)
		free(fold->functions[i].kept);
	free(fold->kept);
	free(fold->keepings);
	interner_release(&fold->kept_keys);
	names_release(&fold->kept_names);
	names_release(&fold->kept_own);
	names_release(&fold->kept_ways);
	names_release(&fold->kept_makers);
	names_release(&fold->leads);
}
