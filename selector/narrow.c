/* SPDX-License-Identifier: MIT */
#include "selector/narrow.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "languages/helper.h"
#include "map/query.h"
#include "runners/adapter.h"
#include "selector/narrow_reply.h"

/* More changed files than that are a new checkout, where all is selected. */
#define NARROWED_MAX 256

/* A changed file with the states of its loading that stand no more. */
struct candidate {
	uint32_t file;
	size_t first, count; /* in the narrowing's list */
};

struct question {
	struct narrowing *narrowing;
	struct changes *changes;
	struct map *map;
	struct err *err;
	struct candidate *candidates;
	size_t count, room;
	struct query_name *modules; /* name of a module, file of its source */
	size_t module_count;
	struct query_name *collected; /* files that tests are collected from */
	size_t collected_count;
	/* Where in the one file an edit is imagined, a place a state; or NULL.
	 */
	char *const *places;
};

static struct narrowed *add_narrowed(
	struct narrowing *narrowing, const struct map_state *state)
{
	struct narrowed *narrowed = array_add(&narrowing->list,
		&narrowing->count, &narrowing->room, sizeof(*narrowed));

	narrowed->file = state->file;
	narrowed->state = state->id;
	narrowed->whole = true;
	return narrowed;
}

static void add_candidate(struct question *question, uint32_t file)
{
	const struct map_files *files = &question->changes->files;
	struct narrowing *narrowing = question->narrowing;
	struct candidate candidate = {.file = file, .first = narrowing->count};

	for (uint32_t s = files->files[file].state; s != FILE_NONE;
		s = files->states[s].next) {
		const struct map_state *state = &files->states[s];

		if (state->live || state->former ||
			state->aspect != ASPECT_CODE ||
			files->blocks.entries[state->block].size)
			continue;
		add_narrowed(narrowing, state);
		candidate.count++;
	}
	if (candidate.count)
		*(struct candidate *)array_add(&question->candidates,
			&question->count, &question->room, sizeof(candidate)) =
			candidate;
}

/* The names that a file's module goes by, a line each. */
static void add_module_names(
	struct frames *request, const struct question *question, uint32_t file)
{
	int64_t id = question->changes->files.files[file].id;
	char *names = xstrdup(""), *longer;

	for (size_t i = 0; i < question->module_count; i++) {
		const struct query_name *module = &question->modules[i];

		if (module->scope != id)
			continue;
		longer = xasprintf("%s%s%.*s", names, *names ? "\n" : "",
			(int)strcspn(module->name, "@"), module->name);
		free(names);
		names = longer;
	}
	frames_add_text(request, names);
	free(names);
}

static bool is_collected(const struct question *question, const char *path)
{
	for (size_t i = 0; i < question->collected_count; i++)
		if (!strcmp(question->collected[i].name, path))
			return true;
	return false;
}

static void add_outline(
	struct frames *request, struct question *question, uint32_t file)
{
	struct source *source = map_file_source(
		&question->changes->files, file, question->map, question->err);

	if (source && !source->problem)
		frames_add(request, source->outline, source->outline_size);
	else
		frames_add(request, "", 0);
}

static uint32_t narrow_find_state(const struct map_files *files, int64_t id)
{
	for (uint32_t s = 0; s < files->state_count; s++)
		if (files->states[s].id == id)
			return s;
	return FILE_NONE;
}

/* The outline that a state of a file's loading was. */
static void add_old(
	struct frames *request, struct question *question, int64_t id)
{
	const struct map_files *files = &question->changes->files;
	uint32_t s = narrow_find_state(files, id);
	size_t size;
	char *outline = source_outline(
		question->map, &files->states[s].print, &size, question->err);

	frames_add(request, outline ? outline : "", size);
	free(outline);
}

static void narrow_add_changed(struct frames *request,
	struct question *question, const struct candidate *candidate)
{
	const struct map_files *files = &question->changes->files;
	const char *path = map_files_path(files, candidate->file);

	frames_add_text(request, path);
	frames_add_text(request, adapter_is_guide(path)         ? "c"
				 : is_collected(question, path) ? "t"
								: "");
	add_module_names(request, question, candidate->file);
	frames_add_number(request, candidate->count);
	for (size_t i = 0; i < candidate->count; i++)
		if (question->places)
			frames_add_text(request, question->places[i]);
		else
			add_old(request, question,
				question->narrowing->list[candidate->first + i]
					.state);
	add_outline(request, question, candidate->file);
}

static bool is_candidate(const struct question *question, uint32_t file)
{
	for (size_t i = 0; i < question->count; i++)
		if (question->candidates[i].file == file)
			return true;
	return false;
}

static void add_others(struct frames *request, struct question *question)
{
	struct map_files *files = &question->changes->files;
	struct frames rest = {0};
	size_t count = 0;

	for (uint32_t i = 0; i < files->count; i++) {
		if (!files->files[i].coded || is_candidate(question, i) ||
			code_is_settings(map_files_path(files, i)))
			continue;
		frames_add_text(&rest, map_files_path(files, i));
		frames_add_text(&rest,
			is_collected(question, map_files_path(files, i)) ? "t"
									 : "");
		add_module_names(&rest, question, i);
		add_outline(&rest, question, i);
		count++;
	}
	frames_add_number(request, count);
	request->bytes =
		xreallocarray(request->bytes, request->size + rest.size + 1, 1);
	if (rest.size)
		memcpy(request->bytes + request->size, rest.bytes, rest.size);
	request->size += rest.size;
	request->room = request->size + 1;
	frames_release(&rest);
}

static int narrow_ask(struct question *question, struct helper *helper)
{
	struct frames request = {0};
	struct err why = {""};
	int code;

	frames_add_text(&request, "narrow");
	frames_add_number(&request, question->count);
	for (size_t i = 0; i < question->count; i++)
		narrow_add_changed(
			&request, question, &question->candidates[i]);
	add_others(&request, question);
	code = helper_send(helper, &request, &why);
	frames_release(&request);
	for (size_t i = 0; code == 0 && i < question->narrowing->count; i++)
		code = narrow_reply(&question->narrowing->list[i],
			&question->changes->files, helper, question->map, &why);
	if (code < 0)
		/* Nobody can prove anything: all who load them, then. */
		for (size_t i = 0; i < question->narrowing->count; i++)
			question->narrowing->list[i].whole = true;
	return 0;
}

/* Every change of what loading a file does concerns all who load it then. */
static bool narrow_is_off(void)
{
	const char *value = getenv(NARROW_VARIABLE);

	return value && !strcmp(value, "off");
}

/* Asks where there is anything to be asked, and somebody who can answer. */
static int ask_helper(struct question *question)
{
	struct changes *changes = question->changes;
	struct narrowing *narrowing = question->narrowing;
	bool off = narrow_is_off();
	struct helper *helper = narrowing->count && !off
					? code_helper(&changes->reader, NULL)
					: NULL;
	int code = 0;

	for (size_t i = 0; off && i < narrowing->count; i++)
		narrowing->list[i].reason = xstrdup(NARROW_VARIABLE " is off");

	if (helper)
		code = query_sources(&question->modules,
			&question->module_count, question->map, question->err);
	if (helper && code == 0)
		code = query_names(&question->collected,
			&question->collected_count, question->map,
			SCOPE_COLLECT, question->err);
	if (helper && code == 0)
		code = narrow_ask(question, helper);
	query_names_release(question->modules, question->module_count);
	query_names_release(question->collected, question->collected_count);
	free(question->candidates);
	code_helper_dismiss(&changes->reader);
	return code;
}

int narrowing_find(struct narrowing *narrowing, struct changes *changes,
	struct map *map, struct err *err)
{
	struct question question = {.narrowing = narrowing,
		.changes = changes,
		.map = map,
		.err = err};

	memset(narrowing, 0, sizeof(*narrowing));
	for (size_t i = 0; i < changes->count && i < NARROWED_MAX; i++)
		add_candidate(&question, changes->list[i].file);
	return ask_helper(&question);
}

int narrowing_imagine(struct narrowing *narrowing, struct changes *changes,
	uint32_t state, char *const *places, size_t count, struct map *map,
	struct err *err)
{
	const struct map_state *loading = &changes->files.states[state];
	struct question question = {.narrowing = narrowing,
		.changes = changes,
		.map = map,
		.err = err,
		.places = places};
	struct candidate candidate = {.file = loading->file, .count = count};

	memset(narrowing, 0, sizeof(*narrowing));
	for (size_t i = 0; i < count; i++)
		add_narrowed(narrowing, loading);
	*(struct candidate *)array_add(&question.candidates, &question.count,
		&question.room, sizeof(candidate)) = candidate;
	return ask_helper(&question);
}

void narrowing_release(struct narrowing *narrowing)
{
	for (size_t i = 0; i < narrowing->count; i++) {
		struct narrowed *narrowed = &narrowing->list[i];

		for (size_t k = 0; k < narrowed->name_count; k++)
			free(narrowed->names[k].name);
		free(narrowed->names);
		free(narrowed->states);
		for (size_t k = 0; k < narrowed->notice_count; k++)
			free(narrowed->notices[k].text);
		free(narrowed->notices);
		free(narrowed->readers);
		free(narrowed->doubts.states);
		for (size_t k = 0; k < narrowed->doubts.path_count; k++)
			free(narrowed->doubts.paths[k]);
		free(narrowed->doubts.paths);
		interner_release(&narrowed->doubts.sure);
		interner_release(&narrowed->doubts.late);
		free(narrowed->catchers);
		free(narrowed->reason);
	}
	free(narrowing->list);
	memset(narrowing, 0, sizeof(*narrowing));
}

const struct narrowed *narrowing_of(
	const struct narrowing *narrowing, int64_t state)
{
	for (size_t i = 0; i < narrowing->count; i++)
		if (narrowing->list[i].state == state)
			return &narrowing->list[i];
	return NULL;
}
