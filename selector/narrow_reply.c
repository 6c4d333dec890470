/* SPDX-License-Identifier: MIT */
#include "selector/narrow_reply.h"

#include <stdlib.h>
#include <string.h>

#include "map/alloc.h"
#include "map/intern.h"

/* What functions have to mention, or to be, to be meant. */
struct wanted {
	struct interner globals; /* "path\0name": a global name in that file */
	struct interner names;   /* attributes, whoever mentions them */
	struct interner classes; /* "path\0class", "\0class" for any file */
	struct interner whole;   /* paths: everything that loading them does */
};

static void wanted_release(struct wanted *wanted)
{
	interner_release(&wanted->globals);
	interner_release(&wanted->names);
	interner_release(&wanted->classes);
	interner_release(&wanted->whole);
}

/* A count and so many entries of one or two frames, joined by a NUL. */
static int take_list(struct helper *helper, struct interner *into, int parts,
	struct err *err)
{
	uint32_t count = 0;
	int code = helper_next_number(helper, &count, err);

	for (uint32_t i = 0; code == 0 && i < count; i++) {
		struct frame frame;
		char *first = NULL, *both;
		size_t n = 0;

		code = helper_next(helper, &frame, err);
		if (code == 0 && parts == 1) {
			intern(into, frame.bytes, frame.size);
			continue;
		}
		if (code == 0) {
			n = frame.size;
			first = xmemdup(frame.bytes, n);
			code = helper_next(helper, &frame, err);
		}
		if (code == 0) {
			both = xcalloc(n + 1 + frame.size, 1);
			memcpy(both, first, n);
			memcpy(both + n + 1, frame.bytes, frame.size);
			intern(into, both, n + 1 + frame.size);
			free(both);
		}
		free(first);
	}
	return code;
}

static int take_names(
	struct narrowed *narrowed, struct helper *helper, struct err *err)
{
	uint32_t count = 0;
	int code = helper_next_number(helper, &count, err);

	for (uint32_t i = 0; code == 0 && i < count; i++) {
		struct narrowed_name *name;
		struct frame frame;

		code = helper_next(helper, &frame, err);
		if (code < 0)
			break;
		name = array_add(&narrowed->names, &narrowed->name_count,
			&narrowed->name_room, sizeof(*name));
		name->name = xmemdup(frame.bytes, frame.size);
		code = helper_next(helper, &frame, err);
		if (code == 0 && frame.size == 1) {
			name->exists = *frame.bytes != 'g';
			name->by_itself = *frame.bytes == 'n';
		}
	}
	return code;
}

static bool has_pair(const struct interner *interner, const char *path,
	const char *name, size_t size)
{
	size_t n = strlen(path);
	char key[512], *longer = key;
	bool found;

	if (!interner->count)
		return false;
	if (n + 1 + size > sizeof(key))
		longer = xcalloc(n + 1 + size, 1);
	memcpy(longer, path, n);
	longer[n] = '\0';
	memcpy(longer + n + 1, name, size);
	found = intern_find(interner, longer, n + 1 + size) != INTERN_NONE;
	if (longer != key)
		free(longer);
	return found;
}

/* Whether code mentions a wanted name; reflection mentions all of them. */
static bool mentions_wanted(const struct wanted *wanted, const char *path,
	const struct source_block *block)
{
	const char *line = block->mentions, *end = line + block->mentions_size;

	while (line < end) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		size_t n = (size_t)((stop ? stop : end) - line);

		if (n && *line == '*')
			return wanted->globals.count || wanted->names.count;
		if (n && *line == 'g' &&
			has_pair(&wanted->globals, path, line + 1, n - 1))
			return true;
		if (n && *line == 'a' &&
			intern_find(&wanted->names, line + 1, n - 1) !=
				INTERN_NONE)
			return true;
		line += n + 1;
	}
	return false;
}

/* Whether a function lies in a wanted class, or in what lies in one. */
static bool is_member(const struct wanted *wanted, const char *path,
	const char *name, size_t size)
{
	for (size_t n = 0; wanted->classes.count && n < size; n++) {
		size_t from = n;

		if (name[n] != '.')
			continue;
		while (from && name[from - 1] != '.')
			from--;
		if (has_pair(&wanted->classes, path, name, n) ||
			has_pair(&wanted->classes, "", name + from, n - from))
			return true;
	}
	return false;
}

static void find_states(struct narrowed *narrowed, const struct wanted *wanted,
	struct map_files *files, uint32_t file, struct map *map)
{
	const char *path = map_files_path(files, file);
	bool whole =
		intern_find(&wanted->whole, path, strlen(path)) != INTERN_NONE;
	struct source *source = map_file_source(files, file, map, NULL);

	for (uint32_t s = files->files[file].state; s != FILE_NONE;
		s = files->states[s].next) {
		const struct map_state *state = &files->states[s];
		const struct interned *name =
			&files->blocks.entries[state->block];
		const struct source_block *block =
			source ? source_find_block(
					 source, name->bytes, name->size)
			       : NULL;

		if (state->aspect != ASPECT_CODE)
			continue;
		if (name->size ? !is_member(wanted, path, name->bytes,
					 name->size) &&
					 !(block && mentions_wanted(wanted,
							    path, block))
			       : !whole)
			continue;
		*(int64_t *)array_add(&narrowed->states, &narrowed->state_count,
			&narrowed->state_room, sizeof(int64_t)) = state->id;
	}
}

static int take_wanted(struct narrowed *narrowed, struct map_files *files,
	struct helper *helper, struct map *map, struct err *err)
{
	struct wanted wanted = {0};
	int code = take_list(helper, &wanted.globals, 2, err);

	if (code == 0)
		code = take_list(helper, &wanted.names, 1, err);
	if (code == 0)
		code = take_list(helper, &wanted.classes, 2, err);
	if (code == 0)
		code = take_list(helper, &wanted.whole, 1, err);
	if (code == 0)
		code = take_names(narrowed, helper, err);
	for (uint32_t i = 0; code == 0 && i < files->count; i++)
		if (files->files[i].coded)
			find_states(narrowed, &wanted, files, i, map);
	wanted_release(&wanted);
	return code;
}

int narrow_reply(struct narrowed *narrowed, struct map_files *files,
	struct helper *helper, struct map *map, struct err *err)
{
	struct frame frame;
	char *verdict;
	int code = helper_next(helper, &frame, err);

	if (code < 0)
		return code;
	verdict = xmemdup(frame.bytes, frame.size);
	code = helper_next(helper, &frame, err);
	if (code == 0) {
		narrowed->reason = xmemdup(frame.bytes, frame.size);
		narrowed->whole =
			strcmp(verdict, "names") && strcmp(verdict, "none");
		if (!strcmp(verdict, "names"))
			code = take_wanted(narrowed, files, helper, map, err);
	}
	free(verdict);
	return code;
}
