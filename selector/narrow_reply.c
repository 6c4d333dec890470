/* SPDX-License-Identifier: MIT */
#include "selector/narrow_reply.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/intern.h"
#include "map/query.h"

/* What functions have to mention, or to be, to be meant. */
struct wanted {
	struct interner globals; /* "path\0name": a global name in that file */
	struct interner names;   /* attributes, whoever mentions them */
	struct interner classes; /* "path\0class", "\0class" for any file */
	struct interner whole;   /* paths: everything that loading them does */
	/* The same as globals and names, but not where they are only called; */
	struct interner global_values, values;
	/* nor where nothing but an attribute of them is wanted. */
	struct interner global_heads, heads;
	struct interner functions; /* "path\0name": who entered them */
	/* Paths of files that may fail now, and of what imports one of them; */
	struct interner doubts, leading;
	/* "path\0imports module": what may catch that, or its callers. */
	struct interner imports;
	/* One, where what objects and classes have is not what it was. */
	struct interner touched;
};

static void wanted_release(struct wanted *wanted)
{
	interner_release(&wanted->globals);
	interner_release(&wanted->names);
	interner_release(&wanted->classes);
	interner_release(&wanted->whole);
	interner_release(&wanted->global_values);
	interner_release(&wanted->values);
	interner_release(&wanted->global_heads);
	interner_release(&wanted->heads);
	interner_release(&wanted->functions);
	interner_release(&wanted->doubts);
	interner_release(&wanted->leading);
	interner_release(&wanted->imports);
	interner_release(&wanted->touched);
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

/* The next line of a block's mentions; false at the end. */
static bool narrow_reply_next_mention(
	const char **at, const char *end, struct frame *line)
{
	const char *stop;

	if (*at >= end)
		return false;
	stop = memchr(*at, '\n', (size_t)(end - *at));
	line->bytes = *at;
	line->size = (size_t)((stop ? stop : end) - *at);
	*at += line->size + 1;
	return true;
}

/* The place of a search: a file, in a map. */
struct place {
	struct map_files *files;
	struct map *map;
	uint32_t file;
	const char *path;
};

static bool wants_global(const struct wanted *wanted, const struct place *place,
	const struct frame *line)
{
	const char *name = line->bytes + 1;
	size_t n = line->size - 1;

	switch (*line->bytes) {
	case 'g':
		if (has_pair(&wanted->global_heads, place->path, name, n))
			return true;
		/* fallthrough */
	case 'h':
		if (has_pair(&wanted->global_values, place->path, name, n))
			return true;
		/* fallthrough */
	default:
		return has_pair(&wanted->globals, place->path, name, n);
	}
}

static bool wants_attribute(
	const struct wanted *wanted, const struct frame *line)
{
	const char *name = line->bytes + 1;
	size_t n = line->size - 1;

	switch (*line->bytes) {
	case 'a':
		if (intern_find(&wanted->heads, name, n) != INTERN_NONE)
			return true;
		/* fallthrough */
	case 'b':
		if (intern_find(&wanted->values, name, n) != INTERN_NONE)
			return true;
		/* fallthrough */
	default:
		return intern_find(&wanted->names, name, n) != INTERN_NONE;
	}
}

/* Whether a name of that file changed, in whatever way, or all of them. */
static bool is_touched(const struct wanted *wanted, const char *path)
{
	const struct interner *const of_names[] = {&wanted->globals,
		&wanted->classes, &wanted->global_values, &wanted->global_heads,
		&wanted->functions};
	size_t n = strlen(path) + 1;

	if (intern_find(&wanted->whole, path, n - 1) != INTERN_NONE ||
		intern_find(&wanted->leading, path, n - 1) != INTERN_NONE)
		return true;
	for (size_t i = 0; i < sizeof(of_names) / sizeof(*of_names); i++)
		for (size_t k = 0; k < of_names[i]->count; k++)
			if (of_names[i]->entries[k].size > n &&
				!memcmp(of_names[i]->entries[k].bytes, path, n))
				return true;
	return false;
}

/*
 * Whether code mentions a wanted name: a global of its file, an attribute.
 * The letters are those of docs/explanation/python.md; reflection mentions all.
 */
static bool mentions_wanted(struct wanted *wanted, const struct place *place,
	const struct source_block *block, struct frame *which)
{
	const char *at = block->mentions, *end = at + block->mentions_size;
	bool any = wanted->globals.count || wanted->names.count ||
		   wanted->global_values.count || wanted->values.count ||
		   wanted->global_heads.count || wanted->heads.count;

	while (any && narrow_reply_next_mention(&at, end, which)) {
		switch (which->size ? *which->bytes : '\0') {
		case '*':
			return true;
		case '@':
			if (is_touched(wanted, place->path))
				return true;
			break;
		case '+':
			if (wanted->touched.count)
				return true;
			break;
		case 'g':
		case 'h':
		case 'G':
			if (wants_global(wanted, place, which))
				return true;
			break;
		case 'a':
		case 'b':
		case 'A':
			if (wants_attribute(wanted, which))
				return true;
			break;
		default:
			break;
		}
	}
	return false;
}

/* Whether a mention is that of code that imports what is not written in it. */
static bool imports_any(const struct frame *line)
{
	static const char *const names[] = {"import_module", "__import__",
		"exec_module", "load_module", "resolve_name"};

	if (line->size && *line->bytes == '*')
		return true;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (line->size == strlen(names[i]) + 1 &&
			!memcmp(line->bytes + 1, names[i], line->size - 1))
			return true;
	return false;
}

/* Whether code imports what may fail now: it, or its callers, may catch it. */
static bool may_catch(const struct wanted *wanted, bool late,
	const struct place *place, const struct source *source,
	const struct interned *name)
{
	const struct source_block *block =
		(wanted->imports.count || late) && source
			? source_find_block(source, name->bytes, name->size)
			: NULL;
	const char *at = block ? block->mentions : NULL;
	const char *end = block ? at + block->mentions_size : NULL;
	struct frame line;

	while (block && narrow_reply_next_mention(&at, end, &line))
		if ((late && imports_any(&line)) ||
			(line.size && *line.bytes == 'a' &&
				has_pair(&wanted->imports, place->path,
					line.bytes + 1, line.size - 1)))
			return true;
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

/* What a mention means, for people; its letter is its first. */
static char *notice_of_mention(const struct frame *line)
{
	switch (*line->bytes) {
	case '*':
		return xstrdup("looks for names that are not written in it");
	case '@':
		return xstrdup("goes through the names of its module");
	case '+':
		return xstrdup("goes through the attributes of objects");
	default:
		return xasprintf(
			"mentions %.*s", (int)line->size - 1, line->bytes + 1);
	}
}

/* Why a function notices, to be freed; NULL: it does not. */
static char *notice_of(struct wanted *wanted, const struct place *place,
	const struct source *source, const struct interned *name)
{
	const struct source_block *block;
	struct frame which;

	if (is_member(wanted, place->path, name->bytes, name->size))
		return xstrdup("is of a class that changed");
	if (has_pair(&wanted->functions, place->path, name->bytes, name->size))
		return xstrdup("works with something that changed");
	block = source ? source_find_block(source, name->bytes, name->size)
		       : NULL;
	return block && mentions_wanted(wanted, place, block, &which)
		       ? notice_of_mention(&which)
		       : NULL;
}

static void narrow_reply_add_state(int64_t **states, size_t *count,
	size_t *room, const struct map_state *state)
{
	*(int64_t *)array_add(states, count, room, sizeof(int64_t)) = state->id;
}

static void add_doubt(struct narrowed_doubts *doubts, const char *path,
	const struct map_state *state)
{
	narrow_reply_add_state(
		&doubts->states, &doubts->count, &doubts->room, state);
	*(char **)array_add(&doubts->paths, &doubts->path_count,
		&doubts->path_room, sizeof(char *)) = xstrdup(path);
}

/* Takes the notice over. */
static void add_noticing(struct narrowed *narrowed, const struct place *place,
	const struct map_state *state, const struct interned *name,
	char *notice)
{
	narrow_reply_add_state(&narrowed->states, &narrowed->state_count,
		&narrowed->state_room, state);
	*(struct narrowed_notice *)array_add(&narrowed->notices,
		&narrowed->notice_count, &narrowed->notice_room,
		sizeof(*narrowed->notices)) = (struct narrowed_notice){
		state->id,
		xasprintf("%s%s%.*s %s", place->path, name->size ? ":" : "",
			(int)name->size, name->bytes, notice)};
	free(notice);
}

static void find_states(struct narrowed *narrowed, struct wanted *wanted,
	const struct place *place)
{
	struct map_files *files = place->files;
	size_t n = strlen(place->path);
	bool whole = intern_find(&wanted->whole, place->path, n) != INTERN_NONE;
	bool doubted =
		intern_find(&wanted->doubts, place->path, n) != INTERN_NONE;
	struct source *source =
		map_file_source(files, place->file, place->map, NULL);
	bool catches;
	char *notice;

	for (uint32_t s = files->files[place->file].state; s != FILE_NONE;
		s = files->states[s].next) {
		const struct map_state *state = &files->states[s];
		const struct interned *name =
			&files->blocks.entries[state->block];

		if (state->aspect != ASPECT_CODE)
			continue;
		if (!name->size && doubted && !whole)
			add_doubt(&narrowed->doubts, place->path, state);
		catches = name->size &&
			  may_catch(wanted, narrowed->doubts.late.count != 0,
				  place, source, name);
		if (catches)
			narrow_reply_add_state(&narrowed->catchers,
				&narrowed->catcher_count,
				&narrowed->catcher_room, state);
		notice = catches ? xstrdup("imports a file that may fail now")
			 : name->size ? notice_of(wanted, place, source, name)
			 : whole      ? xstrdup("is loaded")
				      : NULL;
		if (notice)
			add_noticing(narrowed, place, state, name, notice);
	}
}

/* Whether an attribute of that name changed, in whatever way. */
static bool narrow_reply_is_asked(const struct wanted *wanted, const char *name)
{
	const struct interner *const of_names[] = {
		&wanted->names, &wanted->values, &wanted->heads};

	for (size_t i = 0; i < sizeof(of_names) / sizeof(*of_names); i++)
		if (intern_find(of_names[i], name, strlen(name)) != INTERN_NONE)
			return true;
	return false;
}

/*
 * Who has code of others read names of a file where some changed; or asked for
 * such a name, where that is the kind.
 */
static int find_readers(struct narrowed *narrowed, const struct wanted *wanted,
	enum scope_kind kind, struct map *map, struct err *err)
{
	struct query_name *names = NULL;
	size_t count = 0;
	int code = query_all_names(&names, &count, map, kind, err);

	for (size_t i = 0; code == 0 && i < count; i++)
		if (kind == SCOPE_ASKED
				? narrow_reply_is_asked(wanted, names[i].name)
				: is_touched(wanted, names[i].name))
			*(int64_t *)array_add(&narrowed->readers,
				&narrowed->reader_count, &narrowed->reader_room,
				sizeof(int64_t)) = names[i].scope;
	query_names_release(names, count);
	return code;
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
	if (code == 0)
		code = take_list(helper, &wanted.global_values, 2, err);
	if (code == 0)
		code = take_list(helper, &wanted.values, 1, err);
	if (code == 0)
		code = take_list(helper, &wanted.functions, 2, err);
	if (code == 0)
		code = take_list(helper, &wanted.global_heads, 2, err);
	if (code == 0)
		code = take_list(helper, &wanted.heads, 1, err);
	if (code == 0)
		code = take_list(helper, &wanted.doubts, 1, err);
	if (code == 0)
		code = take_list(helper, &wanted.leading, 1, err);
	if (code == 0)
		code = take_list(helper, &wanted.imports, 2, err);
	if (code == 0)
		code = take_list(helper, &narrowed->doubts.sure, 2, err);
	if (code == 0)
		code = take_list(helper, &narrowed->doubts.late, 1, err);
	if (code == 0)
		code = take_list(helper, &wanted.touched, 1, err);
	for (uint32_t i = 0; code == 0 && i < files->count; i++)
		if (files->files[i].coded)
			find_states(narrowed, &wanted,
				&(struct place){files, map, i,
					map_files_path(files, i)});
	if (narrowed->notice_count)
		qsort(narrowed->notices, narrowed->notice_count,
			sizeof(*narrowed->notices), narrowed_by_state);
	if (code == 0)
		code = find_readers(narrowed, &wanted, SCOPE_NAMES, map, err);
	if (code == 0)
		code = find_readers(narrowed, &wanted, SCOPE_ASKED, map, err);
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
		narrowed->named = !strcmp(verdict, "names");
		if (narrowed->named)
			code = take_wanted(narrowed, files, helper, map, err);
	}
	free(verdict);
	return code;
}
