/* SPDX-License-Identifier: MIT */
#include "selector/narrow_reply.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/intern.h"
#include "languages/language.h"
#include "map/query.h"

/* The place of a search: a file, in a map. */
struct place {
	const struct language *language;
	struct map_files *files;
	struct map *map;
	uint32_t file;
	const char *path;
};

static int narrowed_by_state(const void *a, const void *b)
{
	const struct narrowed_notice *x = a, *y = b;

	return (x->state > y->state) - (x->state < y->state);
}

const char *narrowed_notice(const struct narrowed *narrowed, int64_t state)
{
	const struct narrowed_notice key = {.state = state}, *found = NULL;

	if (narrowed->notice_count)
		found = bsearch(&key, narrowed->notices, narrowed->notice_count,
			sizeof(key), narrowed_by_state);
	return found ? found->text : NULL;
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

static void find_states(struct narrowed *narrowed, const struct wanted *wanted,
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

		if (state->aspect != ASPECT_CODE || state->former)
			continue;
		if (!name->size && doubted && !whole)
			add_doubt(&narrowed->doubts, place->path, state);
		catches = name->size && place->language->may_catch(wanted,
						place->path, source, name);
		if (catches)
			narrow_reply_add_state(&narrowed->catchers,
				&narrowed->catcher_count,
				&narrowed->catcher_room, state);
		notice = catches ? xstrdup("imports a file that may fail now")
			 : name->size ? place->language->notice(wanted,
						place->path, source, name)
			 : whole      ? xstrdup("is loaded")
				      : NULL;
		if (notice)
			add_noticing(narrowed, place, state, name, notice);
	}
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
		if (kind == SCOPE_ASKED ? wanted_asks(wanted, names[i].name)
					: wanted_touches(wanted, names[i].name))
			*(int64_t *)array_add(&narrowed->readers,
				&narrowed->reader_count, &narrowed->reader_room,
				sizeof(int64_t)) = names[i].scope;
	query_names_release(names, count);
	return code;
}

/* What is asked about later. */
static void keep_wanted(struct narrowed *narrowed, struct wanted *wanted)
{
	narrowed->names = wanted->tests;
	narrowed->name_count = wanted->test_count;
	wanted->tests = NULL;
	wanted->test_count = 0;
	narrowed->doubts.sure = wanted->sure;
	narrowed->doubts.late = wanted->late;
	memset(&wanted->sure, 0, sizeof(wanted->sure));
	memset(&wanted->late, 0, sizeof(wanted->late));
}

static int take_wanted(struct narrowed *narrowed, struct map_files *files,
	struct helper *helper, struct map *map, struct err *err)
{
	struct wanted wanted = {0};
	int code = wanted_take(&wanted, helper, err);

	for (uint32_t i = 0; code == 0 && i < files->count; i++)
		if (files->files[i].coded)
			find_states(narrowed, &wanted,
				&(struct place){helper->language, files, map, i,
					map_files_path(files, i)});
	if (narrowed->notice_count)
		qsort(narrowed->notices, narrowed->notice_count,
			sizeof(*narrowed->notices), narrowed_by_state);
	if (code == 0)
		code = find_readers(narrowed, &wanted, SCOPE_NAMES, map, err);
	if (code == 0)
		code = find_readers(narrowed, &wanted, SCOPE_ASKED, map, err);
	if (code == 0)
		keep_wanted(narrowed, &wanted);
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
