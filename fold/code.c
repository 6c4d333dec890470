/* SPDX-License-Identifier: MIT */
/*
 * Code: which functions a scope entered, and which sources modules are.
 *
 * Loading a source reads what it does when it is loaded (the state of code
 * with the empty name), and entering a function reads that function. Where
 * that cannot be told, the whole file is read: a source that nobody declared
 * or that nobody can take apart, a function it is not known to have, a scope
 * that entered more than was recorded.
 */
#include "fold/code.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "fold/entered.h"
#include "fold/inputs.h"
#include "fold/kept.h"
#include "fold/memo.h"
#include "fold/passages.h"
#include "fold/path_tree.h"
#include "fold/scopes.h"
#include "fold/settings.h"
#include "fold/settle.h"
#include "fold/state.h"
#include "fold/steps.h"
#include "languages/code.h"
#include "languages/language.h"

/* Whether there is nothing to be asked: what stands in the map, stands. */
static bool fold_code_stands(
	struct fold *fold, struct map *map, uint32_t file, struct err *err)
{
	return file == FILE_NONE ||
	       (!fold->files.files[file].recode &&
		       map_file_source(&fold->files, file, map, err) &&
		       fold->code.interpreter_tag &&
		       !strcmp(fold->files.files[file].code->tag,
			       fold->code.interpreter_tag));
}

/* This run's interpreter is at hand, whatever this user may remember. */
static int fold_code_open(struct fold *fold, struct map *map,
	struct code_reader *reader, struct err *err)
{
	int code = code_reader_init(reader, &fold->files, map, err);

	if (code == 0 && fold->code.interpreter_tag)
		code_reader_set_interpreter(reader, fold->code.interpreter_tag,
			fold->code.interpreter);
	return code;
}

/* Gives every declared source its blocks, asking Python for what is new. */
static int read_sources(struct fold *fold, struct map *map, struct err *err)
{
	struct code_reader reader;
	uint32_t *list = NULL;
	size_t count = 0, room = 0;
	int code;

	for (size_t i = 0; i < fold->code.source_count; i++) {
		struct fold_source *source = &fold->code.sources[i];

		source->file = fold_file(fold, source->node);
		if (!fold_code_stands(fold, map, source->file, err))
			*(uint32_t *)array_add(&list, &count, &room,
				sizeof(*list)) = source->file;
	}
	for (size_t i = 0; i < fold->accesses.count; i++) {
		uint32_t file;

		if (!fold_is_section(fold, &fold->accesses.list[i]))
			continue;
		file = fold_file(fold, fold->accesses.list[i].node);
		if (!fold_code_stands(fold, map, file, err))
			*(uint32_t *)array_add(
				&list, &count, &room, sizeof(*list)) = file;
	}
	if (!count)
		return 0;
	code = fold_code_open(fold, map, &reader, err);
	if (code == 0)
		code = code_read(&reader, list, count, err);
	code_reader_release(&reader);
	free(list);
	return code;
}

/* A text that changed meanwhile may be another than the one that was loaded. */
static void note_loaded(struct fold *fold)
{
	for (size_t i = 0; i < fold->code.source_count; i++) {
		const struct fold_source *source = &fold->code.sources[i];
		struct source *text;

		if (source->file == FILE_NONE)
			continue;
		text = fold->files.files[source->file].code;
		if (fold->nodes[source->node].touched ||
			fold_changed_meanwhile(
				fold, source->node, ASPECT_CONTENT))
			text = NULL;
		map_file_set_loaded(&fold->files, source->file, text);
	}
}

/* Whether a block says that it goes through all modules: a line with "!". */
static bool fold_code_is_walk(const struct source_block *block)
{
	const char *at = block->mentions;

	return block->mentions_size && at[0] == '!' &&
	       (block->mentions_size == 1 || at[1] == '\n');
}

/* The state of a function, where its source can tell. */
static void fold_code_find_state(
	struct fold *fold, struct fold_function *function)
{
	uint32_t i = fold->nodes[function->node].source;
	uint32_t file = i ? fold->code.sources[i - 1].file : FILE_NONE;
	const struct source *source =
		file == FILE_NONE ? NULL : fold->files.files[file].code;
	const struct source_block *block;
	const struct print *print;

	if (!source || source->problem)
		return;
	print = &source->skeleton;
	if (function->name_size) {
		block = source_find_block(
			source, function->name, function->name_size);
		if (!block)
			return;
		function->on_load = block->on_load;
		if (block->on_load)
			return;
		print = &block->print;
		function->walks = fold_code_is_walk(block);
	}
	if (fold->nodes[function->node].touched ||
		fold_changed_meanwhile(fold, function->node, ASPECT_CONTENT))
		print = &print_unknown;
	function->state = map_file_code_state(
		&fold->files, file, function->name, function->name_size, print);
}

/* The sources of every module that a scope leads to. */
static void add_whole_sources(struct fold *fold, uint32_t from)
{
	size_t count = 0, room = 0;
	bool *seen = xcalloc(fold->scopes.count, sizeof(*seen));
	uint32_t *queue = NULL;

	*(uint32_t *)array_add(&queue, &count, &room, sizeof(*queue)) = from;
	seen[from] = true;
	for (size_t i = 0; i < count; i++) {
		const struct recorded_scope *scope =
			&fold->recording.scopes[queue[i]];

		for (size_t k = 0; k < scope->use_count; k++) {
			uint32_t used = scope->uses[k];

			if (seen[used])
				continue;
			seen[used] = true;
			*(uint32_t *)array_add(
				&queue, &count, &room, sizeof(*queue)) = used;
		}
	}
	for (size_t i = 0; i < fold->code.source_count; i++)
		if (seen[fold->code.sources[i].module]) {
			fold_add(fold, from, fold->code.sources[i].node,
				fold->no_block, ACCESS_READ, ROLE_INPUT);
			fold_use_memos(fold, from, fold->code.sources[i].node);
		}
	free(queue);
	free(seen);
}

/* Whoever goes through all modules can see what any of them is made of. */
static void add_modules(struct fold *fold)
{
	for (size_t i = 0; i < fold->code.entry_count; i++) {
		const struct fold_entry *entry = &fold->code.entries[i];

		if (!fold->code.functions[entry->function].walks)
			continue;
		for (size_t k = 0; k < fold->code.source_count; k++)
			fold_use(fold, entry->scope,
				fold->code.sources[k].module);
	}
}

/* A template may be compiled under its own name; its code is no module's. */
static bool is_source(const struct fold *fold, uint32_t node)
{
	size_t n;
	const char *name = path_tree_name(&fold->tree, node, &n);

	return language_of(name, n) != NULL;
}

/* What no set of functions can say: a source's loading, or all of a file. */
static void fold_code_take_entry(
	struct fold *fold, const struct fold_entry *entry)
{
	const struct fold_function *function =
		&fold->code.functions[entry->function];
	struct recorded_scope *scope;
	struct recorded_read *read;

	if (function->state == FILE_NONE && !function->on_load) {
		fold_input(fold, entry->scope, function->node, fold->no_block,
			ACCESS_READ);
		fold_use_memos(fold, entry->scope, function->node);
		if (is_source(fold, function->node))
			fold_use_opaque(fold, entry->scope);
	}
	if (function->state == FILE_NONE || function->name_size)
		return;
	scope = &fold->recording.scopes[entry->scope];
	read = array_add(&scope->reads, &scope->read_count, &scope->read_room,
		sizeof(*read));
	read->state = function->state;
	read->kinds = KIND_BIT(ACCESS_READ);
}

int fold_code(struct fold *fold, struct map *map, struct err *err)
{
	int code = 0;

	if (fold->code.interpreter_tag) {
		code_remember_interpreter(
			fold->code.interpreter_tag, fold->code.interpreter);
		code = source_set_interpreter(
			map, fold->code.interpreter_tag, err);
	}
	if (code == 0)
		code = read_sources(fold, map, err);
	if (code < 0)
		return code;
	note_loaded(fold);
	fold->code.map = map;
	fold_passages_sources(fold);
	fold_memos(fold);
	for (size_t i = 0; i < fold->code.function_count; i++)
		fold_code_find_state(fold, &fold->code.functions[i]);
	fold_passages_settle(fold);
	add_modules(fold);
	fold_kept(fold);
	for (size_t i = 0; i < fold->code.entry_count; i++)
		fold_code_take_entry(fold, &fold->code.entries[i]);
	fold_entered(fold);
	for (uint32_t i = 0; i < fold->scopes.count; i++)
		if (fold->scopes.list[i].coarse)
			add_whole_sources(fold, i);
	if (fold->code.interpreter_tag && !fold->options->audit &&
		!fold->options->selection)
		fold_passages_choose(fold);
	return 0;
}

/* The files that were met besides, and may have changed. */
int fold_code_settle(struct fold *fold, struct map *map, struct err *err)
{
	struct code_reader reader;
	int code = fold_code_open(fold, map, &reader, err);

	if (code == 0)
		code = code_read_changed(&reader, err);
	code_reader_release(&reader);
	return code;
}
