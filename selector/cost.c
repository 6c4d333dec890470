/* SPDX-License-Identifier: MIT */
#include "selector/cost.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/read_file.h"
#include "languages/helper.h"
#include "runners/adapter.h"
#include "selector/affected_search.h"

struct costing {
	struct costs *costs;
	struct search search;
	struct affected affected; /* by an edit at a time */
	struct changes changes;
	struct map *map;
	struct err *err;
	uint32_t file; /* in changes.files */
	char *text;    /* of it */
	size_t size;
	bool has_tests;
};

static char *line_text(const struct costing *costing, uint32_t line)
{
	const char *at = costing->text, *end = at + costing->size, *stop;

	while (--line && at < end) {
		stop = memchr(at, '\n', (size_t)(end - at));
		at = stop ? stop + 1 : end;
	}
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	stop = memchr(at, '\n', (size_t)(end - at));
	if (!stop)
		stop = end;
	if (stop > at && stop[-1] == '\r')
		stop--;
	return xmemdup(at, (size_t)(stop - at));
}

/* Takes what was selected as the price of one more place, and text over. */
static void add_cost(struct costing *costing, uint32_t line, char *text,
	bool is_function, const char *reason)
{
	struct search *search = &costing->search;
	struct cost cost = {.line = line,
		.text = text,
		.decisive = costing->affected.decisive_count > 0};

	for (size_t i = 0; i < search->units.count; i++) {
		const struct query_unit *unit = &search->units.units[i];

		if (!affected_is_answer(
			    search->affected, unit->runner, unit->id) ||
			!(search->places[i] || cost.decisive))
			continue;
		cost.units++;
		cost.duration += unit->duration > 0 ? unit->duration : 0;
	}
	memset(search->places, 0,
		search->units.count * sizeof(*search->places));
	affected_release(&costing->affected);
	costing->affected.has_tests = costing->has_tests;
	if (!cost.units) {
		costing->costs->free++;
		free(text);
		return;
	}
	cost.reason = reason ? xstrdup(reason) : NULL;
	cost.is_function = is_function;
	*(struct cost *)array_add(&costing->costs->list, &costing->costs->count,
		&costing->costs->room, sizeof(cost)) = cost;
}

/* All who depend on one of these states. */
static int select_all(
	struct costing *costing, const int64_t *states, size_t count)
{
	struct query_hits hits = {0};
	struct meant meant = {{&hits}, 1};
	struct search *search = &costing->search;
	int code = query_dependents(
		&hits, costing->map, states, count, NULL, 0, costing->err);

	if (code == 0)
		search_note_decisive(search, &meant, "");
	for (size_t i = 0; code == 0 && i < search->units.count; i++)
		if (query_hits_find(&hits, search->units.units[i].scope) !=
			HIT_NONE)
			search_select(search, i);
	query_hits_release(&hits);
	return code;
}

/* An edit of anything in the file, where its parts are not told apart. */
static int add_whole(struct costing *costing)
{
	const struct map_files *files = &costing->changes.files;
	int64_t *states = NULL;
	size_t count = 0, room = 0;
	int code;

	for (uint32_t s = files->files[costing->file].state; s != FILE_NONE;
		s = files->states[s].next)
		if (!files->states[s].former)
			*(int64_t *)array_add(&states, &count, &room,
				sizeof(*states)) = files->states[s].id;
	code = select_all(costing, states, count);
	free(states);
	if (code == 0)
		add_cost(costing, 0, xstrdup(""), false, NULL);
	return code;
}

/*
 * The state that a function has now, or with "" the file's loading; FILE_NONE:
 * nobody entered it.
 */
static uint32_t cost_state_of(
	const struct costing *costing, const char *name, size_t size)
{
	const struct map_files *files = &costing->changes.files;

	for (uint32_t s = files->files[costing->file].state; s != FILE_NONE;
		s = files->states[s].next) {
		const struct map_state *state = &files->states[s];
		const struct interned *block =
			&files->blocks.entries[state->block];

		if (state->live && state->aspect == ASPECT_CODE &&
			block->size == size &&
			!memcmp(block->bytes, name, size))
			return s;
	}
	return FILE_NONE;
}

static int add_functions(struct costing *costing, const struct source *source)
{
	const struct map_files *files = &costing->changes.files;
	int code = 0;

	for (size_t i = 0; i < source->count; i++) {
		const struct source_block *block = &source->blocks[i];
		uint32_t s;

		if (block->on_load)
			continue;
		s = cost_state_of(costing, block->name, block->name_size);
		if (s != FILE_NONE)
			code = select_all(costing, &files->states[s].id, 1);
		if (code < 0)
			break;
		add_cost(costing, block->first,
			xmemdup(block->name, block->name_size), true, NULL);
	}
	return code;
}

struct places {
	uint32_t *lines;
	char **list;
	size_t count;
};

/* Where the statements of the file are that are none of a function's. */
static int cost_find_places(struct places *places, struct costing *costing)
{
	struct helper *helper =
		code_helper(&costing->changes.reader, costing->err);
	struct frames request = {0};
	struct frame place;
	uint32_t count = 0;
	int code;

	if (!helper)
		return -1;
	frames_add_text(&request, "statements");
	frames_add(&request, costing->text, costing->size);
	code = helper_send(helper, &request, costing->err);
	frames_release(&request);
	if (code == 0)
		code = helper_next_number(helper, &count, costing->err);
	if (code < 0)
		return code;
	places->lines = xcalloc(count, sizeof(*places->lines));
	places->list = xcalloc(count, sizeof(*places->list));
	for (uint32_t i = 0; code == 0 && i < count; i++) {
		code = helper_next_number(
			helper, &places->lines[i], costing->err);
		if (code == 0)
			code = helper_next(helper, &place, costing->err);
		if (code < 0)
			break;
		places->list[i] =
			xasprintf("@%.*s", (int)place.size, place.bytes);
		places->count++;
	}
	return code;
}

static int add_statement(
	struct costing *costing, const struct narrowed *narrowed, uint32_t line)
{
	struct search *search = &costing->search;
	int code = narrowed->whole
			   ? select_all(costing, &narrowed->state, 1)
			   : search_narrowed(search, narrowed, "modified",
				     map_files_path(&costing->changes.files,
					     costing->file));

	if (code == 0)
		add_cost(costing, line, line_text(costing, line), false,
			narrowed->whole ? narrowed->reason : NULL);
	return code;
}

static int add_statements(struct costing *costing)
{
	struct narrowing narrowing = {0};
	struct places places = {0};
	uint32_t state = cost_state_of(costing, "", 0);
	int code = 0;

	if (state == FILE_NONE)
		return 0;
	code = cost_find_places(&places, costing);
	if (code == 0 && places.count)
		code = narrowing_imagine(&narrowing, &costing->changes, state,
			places.list, places.count, costing->map, costing->err);
	for (size_t i = 0; code == 0 && i < places.count; i++)
		code = add_statement(
			costing, &narrowing.list[i], places.lines[i]);
	narrowing_release(&narrowing);
	for (size_t i = 0; i < places.count; i++)
		free(places.list[i]);
	free(places.list);
	free(places.lines);
	return code;
}

static int by_price(const void *a, const void *b)
{
	const struct cost *x = a, *y = b;

	if (x->units != y->units)
		return x->units < y->units ? 1 : -1;
	return (x->line > y->line) - (x->line < y->line);
}

static int cost_find(struct costing *costing, const char *path)
{
	struct map_files *files = &costing->changes.files;
	struct source *source;
	char *absolute;
	int code = 0;

	for (size_t i = 0; i < costing->changes.count; i++)
		if (!strcmp(costing->changes.list[i].path, path))
			return err_set(costing->err, -ESTALE,
				"'%s' has changed since the tests that depend "
				"on it ran: run these first, with ftrace test",
				path);
	costing->file = map_files_intern(files, path, strlen(path));
	source = files->files[costing->file].coded && !code_is_settings(path)
			 ? map_file_source(files, costing->file, costing->map,
				   costing->err)
			 : NULL;
	if (!source || source->problem) {
		if (source)
			costing->costs->problem = xstrdup(source->problem);
		return add_whole(costing);
	}
	absolute = map_files_absolute(files, costing->file);
	costing->text = read_file(absolute, 0, &costing->size);
	free(absolute);
	if (!costing->text)
		return err_set(costing->err, -errno, "cannot read '%s': %s",
			path, strerror(errno));
	code = add_functions(costing, source);
	if (code == 0)
		code = add_statements(costing);
	return code;
}

static void count_units(struct costing *costing)
{
	const struct query_units *units = &costing->search.units;

	for (size_t i = 0; i < units->count; i++)
		costing->has_tests |=
			adapter_named(units->units[i].runner) != NULL;
	costing->affected.has_tests = costing->has_tests;
	for (size_t i = 0; i < units->count; i++)
		costing->costs->units += affected_is_answer(&costing->affected,
			units->units[i].runner, units->units[i].id);
}

int costs_find(
	struct costs *costs, struct map *map, const char *path, struct err *err)
{
	struct costing costing = {.costs = costs, .map = map, .err = err};
	int code;

	memset(costs, 0, sizeof(*costs));
	costing.search.affected = &costing.affected;
	costing.search.map = map;
	costing.search.err = err;
	code = map_enter(map, err);
	if (code < 0)
		return code;
	code = changes_find(&costing.changes, map, err);
	if (code == 0)
		code = search_open(&costing.search);
	if (code == 0)
		count_units(&costing);
	if (code == 0)
		code = cost_find(&costing, path);
	if (costs->count)
		qsort(costs->list, costs->count, sizeof(*costs->list),
			by_price);
	affected_release(&costing.affected);
	search_close(&costing.search);
	changes_release(&costing.changes);
	free(costing.text);
	map_leave(map, NULL);
	return code;
}

void costs_release(struct costs *costs)
{
	for (size_t i = 0; i < costs->count; i++) {
		free(costs->list[i].text);
		free(costs->list[i].reason);
	}
	free(costs->list);
	free(costs->problem);
	memset(costs, 0, sizeof(*costs));
}
