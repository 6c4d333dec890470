/* SPDX-License-Identifier: MIT */
#include "fold/passages.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "fold/entered.h"
#include "fold/scopes.h"
#include "fold/state.h"
#include "languages/passages_plan.h"
#include "map/project.h"

/* Which functions are worth it: of how many tests a share enters it, ... */
#define UNITS_LEAST 20
#define SHARE 5
/* ... and has how many lines more than its first. */
#define LINES_LEAST 4

/* Of a passage: more are none. */
#define NUMBER_MOST 100000u

/* What is planned of a source, or NULL. */
static const struct passages_file *planned_file(
	const struct fold *fold, uint32_t node)
{
	const struct passages_plan *plan = fold->options->passages;
	const struct passages_file *found = NULL;
	char path[PATH_MAX];

	if (!plan || !plan->count ||
		!path_tree_path(&fold->tree, node, path, sizeof(path)))
		return NULL;
	for (size_t i = 0; !found && i < plan->count; i++) {
		char *absolute = project_file(
			fold->options->root, plan->files[i].path);

		if (!strcmp(absolute, path))
			found = &plan->files[i];
		free(absolute);
	}
	return found;
}

/* What is planned of a function, or NULL; looked up once. */
static const struct passages_function *planned(
	struct fold *fold, uint32_t function, const struct passages_file **file)
{
	struct fold_function *told = &fold->code.functions[function];

	if (!told->sought) {
		told->sought = true;
		told->file = planned_file(fold, told->node);
		told->plan = told->file ? passages_plan_function(told->file,
						  told->name, told->name_size)
					: NULL;
	}
	*file = told->file;
	return told->plan;
}

static void add_passage(
	struct fold *fold, uint32_t scope, uint32_t function, uint32_t block)
{
	struct fold_passage *passage;

	/* Repeats come in runs, as those of functions. */
	if (fold->code.functions[block].last == scope + 1)
		return;
	fold->code.functions[block].last = scope + 1;
	passage = array_add(&fold->code.passages, &fold->code.passage_count,
		&fold->code.passage_room, sizeof(*passage));
	*passage = (struct fold_passage){scope, block, function};
}

static uint32_t block_of(
	struct fold *fold, uint32_t function, const struct frame *name)
{
	return fold_function_of(fold, fold->code.functions[function].node,
		name->bytes, name->size);
}

void fold_passages_take(struct fold *fold, uint32_t scope, uint32_t function,
	const char *text, size_t size)
{
	const struct passages_file *file;
	const struct passages_function *plan = planned(fold, function, &file);
	const char *end = text + size;
	/* The first one runs whenever the function is entered. */
	bool known = plan && size > 1 && text[1] == '0' &&
		     (size == 2 || text[2] == '.');

	while (known && text < end) {
		uint32_t number = 0;

		text++;
		known = text < end && *text != '.';
		for (; text < end && *text >= '0' && *text <= '9'; text++)
			number = number > NUMBER_MOST
					 ? number
					 : number * 10 + (uint32_t)(*text - '0');
		known = known && number < plan->count &&
			(text == end || *text == '.');
		if (known)
			add_passage(fold, scope, function,
				block_of(fold, function,
					&file->blocks[plan->first + number]));
	}
	if (known)
		fold_add_partial(fold, scope, function);
	else
		fold_add_entry(fold, scope, function);
}

/* Whether the source has just these already. */
static bool has_passages(
	const struct source *source, const struct passages_file *file)
{
	struct source planned = {0};
	bool same = source_set_blocks(
		&planned, file->text.bytes, file->text.size);

	for (size_t i = 0; same && i < planned.count; i++) {
		const struct source_block *block = &planned.blocks[i];
		const struct source_block *there = source_find_block(
			source, block->name, block->name_size);

		same = there && print_equal(&there->print, &block->print);
	}
	source_release(&planned);
	return same;
}

void fold_passages_sources(struct fold *fold)
{
	const struct passages_plan *plan = fold->options->passages;

	if (!plan || !fold->code.passage_count)
		return;
	for (size_t i = 0; i < fold->code.source_count; i++) {
		const struct fold_source *told = &fold->code.sources[i];
		const struct passages_file *file =
			planned_file(fold, told->node);
		struct source *source = told->file == FILE_NONE
						? NULL
						: map_file_source(&fold->files,
							  told->file,
							  fold->code.map, NULL);

		if (!file || !source || source->problem ||
			!print_equal(&source->content, &file->content) ||
			!fold->code.interpreter_tag ||
			strcmp(plan->tag, fold->code.interpreter_tag) != 0)
			continue;
		fold->code.sources[i].has_passages = true;
		if (!has_passages(source, file))
			source_set_passages(
				source, file->text.bytes, file->text.size);
	}
}

void fold_passages_settle(struct fold *fold)
{
	for (size_t i = 0; i < fold->code.passage_count; i++) {
		const struct fold_passage *passage = &fold->code.passages[i];
		const struct fold_function *block =
			&fold->code.functions[passage->block];
		uint32_t source = fold->nodes[block->node].source;

		if (block->state == FILE_NONE || !source ||
			!fold->code.sources[source - 1].has_passages)
			fold_add_entry(
				fold, passage->scope, passage->function);
	}
}

struct fold_entry *fold_passages_reads(const struct fold *fold, size_t *count)
{
	size_t most = fold->code.entry_count + fold->code.passage_count;
	struct fold_entry *all = xcalloc(most + 1, sizeof(*all)), *sorted;

	*count = 0;
	for (size_t i = 0; i < fold->code.entry_count; i++)
		if (!fold->code.entries[i].partial)
			all[(*count)++] = fold->code.entries[i];
	for (size_t i = 0; i < fold->code.passage_count; i++)
		all[(*count)++] = (struct fold_entry){
			fold->code.passages[i].scope,
			fold->code.passages[i].block, false};
	sorted = fold_entries_by_scope(fold, all, *count);
	free(all);
	return sorted;
}

struct fold_passages_by_scope *fold_passages_by_scope(const struct fold *fold)
{
	struct fold_passages_by_scope *all = xcalloc(1, sizeof(*all));
	size_t count = fold->code.passage_count, *at;

	all->list = xcalloc(count + 1, sizeof(*all->list));
	all->first = xcalloc(fold->scopes.count + 2, sizeof(*all->first));
	at = all->first + 1;
	for (size_t i = 0; i < count; i++)
		at[fold->code.passages[i].scope + 1]++;
	for (size_t i = 1; i <= fold->scopes.count; i++)
		at[i] += at[i - 1];
	/* Each ends up where the next one begins. */
	for (size_t i = 0; i < count; i++)
		all->list[at[fold->code.passages[i].scope]++] =
			fold->code.passages[i];
	return all;
}

void fold_passages_by_scope_free(struct fold_passages_by_scope *all)
{
	free(all->list);
	free(all->first);
	free(all);
}

void fold_passages_hand(struct fold *fold,
	const struct fold_passages_by_scope *all, uint32_t from, uint32_t to,
	const bool *wanted, const bool *whole)
{
	for (size_t i = all->first[from]; i < all->first[from + 1]; i++) {
		const struct fold_passage *passage = &all->list[i];

		if (wanted[passage->function] && !whole[passage->function])
			add_passage(
				fold, to, passage->function, passage->block);
	}
}

/* How many units entered each function; to be freed. */
static uint32_t *count_units(const struct fold *fold)
{
	struct fold_entry *entries = fold_entries_by_scope(
		fold, fold->code.entries, fold->code.entry_count);
	uint32_t *counts =
		xcalloc(fold->code.function_count + 1, sizeof(*counts));
	uint32_t *last = xcalloc(fold->code.function_count + 1, sizeof(*last));

	for (size_t i = 0; i < fold->code.entry_count; i++) {
		uint32_t scope = entries[i].scope;
		uint32_t function = entries[i].function;

		if (fold->recording.scopes[scope].kind != SCOPE_UNIT ||
			!fold->scopes.list[scope].ran ||
			last[function] == scope + 1)
			continue;
		last[function] = scope + 1;
		counts[function]++;
	}
	free(last);
	free(entries);
	return counts;
}

static bool is_worth_it(
	const struct fold *fold, const struct fold_function *function)
{
	uint32_t source = fold->nodes[function->node].source;
	const struct source *text;
	const struct source_block *block;

	if (!source || !function->name_size || function->state == FILE_NONE ||
		fold->code.sources[source - 1].file == FILE_NONE ||
		source_function_size(function->name, function->name_size) <
			function->name_size)
		return false;
	text = fold->files.files[fold->code.sources[source - 1].file].code;
	block = text ? source_find_block(
			       text, function->name, function->name_size)
		     : NULL;
	return block && block->last >= block->first + LINES_LEAST;
}

void fold_passages_choose(const struct fold *fold)
{
	struct passages_plan plan = {0}, before;
	char **names = xcalloc(fold->code.source_count + 1, sizeof(*names));
	uint32_t *counts = count_units(fold);
	size_t units = 0;
	struct err err;

	for (size_t i = 0; i < fold->scopes.count; i++)
		units += fold->recording.scopes[i].kind == SCOPE_UNIT &&
			 fold->scopes.list[i].ran;
	for (size_t i = 0; i < fold->code.function_count; i++) {
		const struct fold_function *function = &fold->code.functions[i];
		char **list, *more;

		if (units < UNITS_LEAST || counts[i] * SHARE <= units ||
			!is_worth_it(fold, function))
			continue;
		list = &names[fold->nodes[function->node].source - 1];
		more = xasprintf("%s%.*s\n", *list ? *list : "",
			(int)function->name_size, function->name);
		free(*list);
		*list = more;
	}
	plan.tag = xstrdup(fold->code.interpreter_tag);
	for (size_t i = 0; i < fold->code.source_count; i++)
		if (names[i])
			passages_plan_add(&plan,
				map_files_path(&fold->files,
					fold->code.sources[i].file),
				names[i]);
	passages_plan_load(&before, fold->options->root);
	/* A lost plan costs nothing but to plan again. */
	if (!passages_plan_take_over(&plan, &before))
		passages_plan_save(&plan, fold->options->root, &err);
	passages_plan_release(&before);
	passages_plan_release(&plan);
	for (size_t i = 0; i < fold->code.source_count; i++)
		free(names[i]);
	free(names);
	free(counts);
}

void fold_passages_release(struct fold *fold)
{
	free(fold->code.passages);
}
