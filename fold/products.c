/* SPDX-License-Identifier: MIT */
/*
 * Products that a run left as they were.
 *
 * Who reads a file depends on what it was made from. A build, a fixture or a
 * command that made a file runs again after an edit, and leaves the file: it
 * found the file to be up to date, or did not look, and would do the same once
 * more. So what the file was made from counts by what it is now: the file gets
 * another maker, which read the same inputs as they are today. With the inputs
 * of back then the edit would select the readers of the file for ever.
 *
 * Such a maker has the name of the scope that it stands for, and gives way to
 * the next in the same way. A unit that failed has not seen to what it made,
 * and is recorded anew all the same: its stand-in has the inputs of back then.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "fold/paths.h"
#include "fold/scopes.h"
#include "fold/settle.h"
#include "fold/state.h"
#include "fold/steps.h"
#include "map/project.h"
#include "map/query_makers.h"

struct products {
	struct fold *fold;
	struct map *map;
	struct err *err;
	struct interner made; /* numbers of files that this run made */
};

static void products_find_made(struct products *products)
{
	const struct recording *recording = &products->fold->recording;

	for (size_t i = 0; i < recording->scope_count; i++) {
		const struct recorded_scope *scope = &recording->scopes[i];

		for (size_t k = 0; k < scope->make_count; k++)
			if (scope->makes[k].kinds & KIND_MAKER)
				intern(&products->made, &scope->makes[k].file,
					sizeof(scope->makes[k].file));
	}
}

/* Whether a scope of this run came to its end, so that it tells something. */
static bool products_is_whole(const struct fold *fold, uint32_t scope)
{
	const struct recorded_scope *recorded;

	if (scope == SCOPE_NONE)
		return false;
	recorded = &fold->recording.scopes[scope];
	if (recorded->incomplete)
		return false;
	if (recorded->kind == SCOPE_UNIT)
		return fold->scopes.list[scope].ran && recorded->outcome &&
		       strcmp(recorded->outcome, "failed") != 0 &&
		       strcmp(recorded->outcome, "error") != 0;
	if (scope == fold->base)
		return fold->runner.ready ? fold->runner.collected
					  : fold->options->status == 0;
	return true;
}

/* A plain base has no name; it is known by the units that used it. */
static int is_former_base(bool *yes, const struct products *products,
	const struct query_maker *maker)
{
	const struct fold *fold = products->fold;
	char **names = NULL;
	size_t count = 0;
	int code = query_users(
		&names, &count, products->map, maker->scope, products->err);

	*yes = false;
	for (size_t i = 0; code == 0 && !*yes && i < count; i++) {
		uint32_t unit = fold_find_scope(
			fold, SCOPE_UNIT, names[i], strlen(names[i]));

		*yes = unit != SCOPE_NONE && fold->scopes.list[unit].ran;
	}
	query_paths_release(names, count);
	return code;
}

/* What a maker is called: "run/" and the command, "fixture/name". */
static char *products_name_of(
	const struct products *products, const struct query_maker *maker)
{
	const struct fold_options *options = products->fold->options;

	if (maker->kind == SCOPE_MAKER)
		return xstrdup(maker->name);
	if (maker->kind == SCOPE_RUN && !*maker->name)
		return xasprintf("run/%s %s", options->directory,
			options->asked ? options->asked : "");
	return xasprintf("%s/%s", scope_kind_name(maker->kind), maker->name);
}

/* The scope of this run that the name stands for; SCOPE_NONE: none. */
static uint32_t self_of(const struct products *products, const char *name)
{
	const struct fold *fold = products->fold;
	const struct fold_options *options = fold->options;
	const char *slash = strchr(name, '/');
	int kind = scope_kind_parse(name, (size_t)(slash - name));
	char *own;
	bool same;

	if (kind != SCOPE_RUN || options->definition)
		return fold_find_scope(fold, (enum scope_kind)kind, slash + 1,
			strlen(slash + 1));
	own = xasprintf("%s %s", options->directory,
		options->asked ? options->asked : "");
	same = !strcmp(own, slash + 1);
	free(own);
	return same ? fold->base : SCOPE_NONE;
}

/* Whether a unit ran again, and what it was before leaves the map. */
static bool is_replaced(const struct products *products,
	const struct query_maker *maker, const char *name)
{
	uint32_t self;

	if (maker->kind != SCOPE_UNIT)
		return false;
	self = self_of(products, name);
	return self != SCOPE_NONE && products->fold->scopes.list[self].ran;
}

static int vouches(bool *yes, const struct products *products,
	const struct query_maker *maker, const char *name)
{
	const struct fold *fold = products->fold;

	*yes = products_is_whole(fold, self_of(products, name));
	if (*yes && maker->kind == SCOPE_RUN && !*maker->name)
		return is_former_base(yes, products, maker);
	return 0;
}

static const struct map_state *products_find_state(
	const struct map_files *files, uint32_t file, int64_t id)
{
	uint32_t s = files->files[file].state;

	while (s != FILE_NONE && files->states[s].id != id)
		s = files->states[s].next;
	return s == FILE_NONE ? NULL : &files->states[s];
}

/* The maker may have seen it before or after: as fold/settle.c has it. */
static bool changed_meanwhile(
	struct fold *fold, const char *stored, enum aspect aspect)
{
	char *path = project_file(fold->options->root, stored);
	uint32_t at = fold_path(fold, path, strlen(path), true);

	free(path);
	return !fold->paths.list[at].ignored &&
	       fold_changed_meanwhile(fold, fold->paths.list[at].node, aspect);
}

static uint32_t products_state_now(struct fold *fold, uint32_t file,
	const char *stored, enum aspect aspect, const struct interned *block)
{
	struct map_files *files = &fold->files;
	const char *bytes = block ? block->bytes : "";
	size_t size = block ? block->size : 0;

	if (!files->files[file].variable &&
		changed_meanwhile(fold, stored, aspect))
		return map_file_state_of(
			files, file, aspect, bytes, size, &print_unknown);
	return map_file_state(files, file, aspect, bytes, size);
}

/* Whether an input is as it was; in `now` its state of today. */
static bool is_as_it_was(
	struct fold *fold, const struct query_input *input, uint32_t *now)
{
	struct map_files *files = &fold->files;
	uint32_t file =
		map_files_intern(files, input->path, strlen(input->path));
	const struct map_state *state;
	bool same;

	map_file_check(files, file, NULL);
	state = products_find_state(files, file, input->state);
	same = state && state->live &&
	       !(files->files[file].recode && state->aspect == ASPECT_CODE);
	if (same) {
		*now = (uint32_t)(state - files->states);
	} else if (!state || state->aspect == ASPECT_CODE) {
		*now = products_state_now(
			fold, file, input->path, ASPECT_CONTENT, NULL);
	} else {
		*now = products_state_now(fold, file, input->path,
			state->aspect, &files->blocks.entries[state->block]);
	}
	return same;
}

/* An input as it was, as far as the map still has that. */
static uint32_t state_then(
	struct map_files *files, const struct query_input *input)
{
	uint32_t file =
		map_files_intern(files, input->path, strlen(input->path));
	const struct map_state *state;

	map_file_check(files, file, NULL);
	state = products_find_state(files, file, input->state);
	return state ? (uint32_t)(state - files->states)
		     : map_file_state_of(files, file, ASPECT_CONTENT, "", 0,
			       &print_unknown);
}

/* The maker that stands for another one, with the inputs in these states. */
static uint32_t add_maker(struct products *products, const char *name,
	const struct query_inputs *inputs, const uint32_t *states)
{
	struct fold *fold = products->fold;
	uint32_t scope = fold_new_scope(fold, SCOPE_MAKER, name, strlen(name));
	struct recorded_scope *maker = &fold->recording.scopes[scope];

	for (size_t i = 0; i < inputs->count; i++)
		*(struct recorded_read *)array_add(&maker->reads,
			&maker->read_count, &maker->read_room,
			sizeof(*maker->reads)) = (struct recorded_read){
			states[i], inputs->list[i].kinds};
	if (inputs->incomplete)
		maker->incomplete = fold_text(
			fold, inputs->incomplete, strlen(inputs->incomplete));
	return scope;
}

/*
 * Whether somebody reads it, and this run did not make it anew: then it is not
 * the old maker's any more.
 */
static bool is_left(struct products *products, const struct query_made *made,
	uint32_t *file)
{
	struct map_files *files = &products->fold->files;

	*file = map_files_intern(files, made->path, strlen(made->path));
	return files->files[*file].state != FILE_NONE &&
	       intern_find(&products->made, file, sizeof(*file)) == INTERN_NONE;
}

static bool leaves_any(
	struct products *products, const struct query_maker *maker)
{
	uint32_t file;

	for (size_t i = 0; i < maker->count; i++)
		if (is_left(products, &maker->files[i], &file))
			return true;
	return false;
}

static void add_products(struct products *products, uint32_t scope,
	const struct query_maker *maker)
{
	struct recorded_scope *recorded =
		&products->fold->recording.scopes[scope];
	uint32_t file;

	for (size_t i = 0; i < maker->count; i++)
		if (is_left(products, &maker->files[i], &file))
			*(struct recorded_make *)array_add(&recorded->makes,
				&recorded->make_count, &recorded->make_room,
				sizeof(*recorded->makes)) =
				(struct recorded_make){
					file, maker->files[i].kinds};
}

/* as_ever: with the inputs as the maker had them. */
static int replace(struct products *products, const struct query_maker *maker,
	const char *name, bool as_ever)
{
	struct map_files *files = &products->fold->files;
	struct query_inputs inputs;
	uint32_t *states, scope;
	bool same = !as_ever;
	int code = query_inputs(
		&inputs, products->map, maker->scope, products->err);

	states = xcalloc(inputs.count, sizeof(*states));
	for (size_t i = 0; code == 0 && i < inputs.count; i++) {
		const struct query_input *input = &inputs.list[i];

		if (as_ever)
			states[i] = state_then(files, input);
		else
			same &= is_as_it_was(products->fold, input, &states[i]);
	}
	/*
	 * By a name that lasts: a base is swept with the units that used it,
	 * and a unit is dropped as soon as it reads something else.
	 */
	if (code == 0 && (!same || maker->kind == SCOPE_RUN ||
				 maker->kind == SCOPE_UNIT)) {
		scope = add_maker(products, name, &inputs, states);
		add_products(products, scope, maker);
	}
	free(states);
	query_inputs_release(&inputs);
	return code;
}

int fold_products(struct fold *fold, struct map *map, struct err *err)
{
	struct products products = {.fold = fold, .map = map, .err = err};
	struct query_maker *makers = NULL;
	size_t count = 0;
	int code = query_makers(&makers, &count, map, err);

	if (code == 0 && count)
		products_find_made(&products);
	for (size_t i = 0; code == 0 && i < count; i++) {
		char *name = products_name_of(&products, &makers[i]);
		bool yes, replaced = is_replaced(&products, &makers[i], name);

		code = vouches(&yes, &products, &makers[i], name);
		if (code == 0 && (yes || replaced) &&
			leaves_any(&products, &makers[i]))
			code = replace(&products, &makers[i], name, !yes);
		free(name);
	}
	query_makers_release(makers, count);
	interner_release(&products.made);
	return code;
}
