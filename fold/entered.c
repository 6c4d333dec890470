/* SPDX-License-Identifier: MIT */
/*
 * Which functions a scope entered, as scopes of their own: one for each set of
 * functions of a file that many entered. A test enters hundreds, but of most
 * files the same ones as other tests, so that the map holds each such set
 * once. What too few have in common to be worth it is read by each of them.
 *
 * Sets are rows of bits, in which each file has words of its own.
 */
#include "fold/entered.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "fold/memo.h"
#include "fold/passages.h"
#include "fold/scopes.h"
#include "fold/state.h"

#define WORD_BITS 64u

struct entered {
	struct fold *fold;
	uint64_t *set; /* of the scope in hand */
	size_t words;
	uint32_t *functions;  /* by rank */
	struct interner keys; /* a file and its part of a set ... */
	struct part {
		size_t users, functions;
		uint32_t scope; /* SCOPE_NONE: none yet */
	} * parts;              /* ... number i is parts[i] */
	size_t count, room;
	bool counting; /* the first time round: who has what in common */
};

/* What a scope of its own costs, in rows of the map. */
#define SCOPE_ROWS 8

static bool is_entered(const struct fold_function *function)
{
	return function->state != FILE_NONE && function->name_size;
}

/* Gives each file its words and each function its bit. */
static void rank(struct entered *entered)
{
	struct fold *fold = entered->fold;
	uint32_t *used = xcalloc(fold->code.source_count, sizeof(*used));

	for (size_t i = 0; i < fold->code.function_count; i++)
		if (is_entered(&fold->code.functions[i]))
			used[fold->nodes[fold->code.functions[i].node].source -
				1]++;
	for (size_t i = 0; i < fold->code.source_count; i++) {
		fold->code.sources[i].first = entered->words;
		fold->code.sources[i].count =
			(used[i] + WORD_BITS - 1) / WORD_BITS;
		entered->words += fold->code.sources[i].count;
		used[i] = 0;
	}
	entered->set = xcalloc(entered->words, sizeof(*entered->set));
	entered->functions = xcalloc(
		entered->words * WORD_BITS, sizeof(*entered->functions));
	for (uint32_t i = 0; i < fold->code.function_count; i++) {
		struct fold_function *function = &fold->code.functions[i];
		uint32_t source;

		if (!is_entered(function))
			continue;
		source = fold->nodes[function->node].source - 1;
		function->rank = (uint32_t)(fold->code.sources[source].first *
					    WORD_BITS) +
				 used[source]++;
		entered->functions[function->rank] = i;
	}
	free(used);
}

/* The part of the set that belongs to one file. */
static struct part *part_of(struct entered *entered, uint32_t i)
{
	const struct fold_source *source = &entered->fold->code.sources[i];
	const uint64_t *words = entered->set + source->first;
	size_t size = source->count * sizeof(*words);
	char *key = xcalloc(sizeof(i) + size, 1);
	struct part *part;
	uint32_t number;

	memcpy(key, &i, sizeof(i));
	memcpy(key + sizeof(i), words, size);
	number = intern(&entered->keys, key, sizeof(i) + size);
	free(key);
	if (number < entered->count)
		return &entered->parts[number];
	part = array_add(&entered->parts, &entered->count, &entered->room,
		sizeof(*part));
	part->scope = SCOPE_NONE;
	for (size_t w = 0; w < source->count; w++)
		part->functions += (size_t)__builtin_popcountll(
			(unsigned long long)words[w]);
	return part;
}

static bool is_worth_a_scope(const struct part *part)
{
	return part->users * part->functions >
	       part->users + part->functions + SCOPE_ROWS;
}

/* The functions of one file in the set become reads of a scope. */
static void entered_add_reads(
	struct entered *entered, uint32_t i, uint32_t scope)
{
	struct fold *fold = entered->fold;
	const struct fold_source *source = &fold->code.sources[i];
	struct recorded_scope *recorded = &fold->recording.scopes[scope];

	for (size_t w = 0; w < source->count; w++) {
		uint64_t word = entered->set[source->first + w];

		for (; word; word &= word - 1) {
			size_t rank = (source->first + w) * WORD_BITS +
				      (size_t)__builtin_ctzll(word);
			struct recorded_read *read = array_add(&recorded->reads,
				&recorded->read_count, &recorded->read_room,
				sizeof(*read));

			read->state =
				fold->code.functions[entered->functions[rank]]
					.state;
			read->kinds = KIND_BIT(ACCESS_READ);
		}
	}
	fold_use(fold, scope, source->module);
	if (scope != source->module)
		fold_use_memos(fold, scope, source->node);
}

/* What a scope entered of one file. */
static void entered_take_part(
	struct entered *entered, uint32_t i, uint32_t scope)
{
	struct fold *fold = entered->fold;
	bool own = scope == fold->code.sources[i].module;
	struct part *part = part_of(entered, i);
	const char *path;

	/* Of what a module enters while it is loaded, nothing was kept yet. */
	if (own && !entered->counting) {
		entered_add_reads(entered, i, scope);
		return;
	}
	if (entered->counting) {
		part->users += !own;
		return;
	}
	if (!is_worth_a_scope(part)) {
		entered_add_reads(entered, i, scope);
		return;
	}
	if (part->scope == SCOPE_NONE) {
		/* No name tells these apart; what they read does. */
		path = map_files_path(&fold->files, fold->code.sources[i].file);
		part->scope =
			fold_new_scope(fold, SCOPE_ENTERED, path, strlen(path));
		entered_add_reads(entered, i, part->scope);
	}
	fold_use(fold, scope, part->scope);
}

/* What the scope in hand entered, file by file; empties the set. */
static void entered_finish(struct entered *entered, uint32_t scope)
{
	struct fold *fold = entered->fold;

	for (uint32_t i = 0; i < fold->code.source_count; i++) {
		const struct fold_source *source = &fold->code.sources[i];
		bool any = false;

		for (size_t w = 0; w < source->count; w++)
			any |= entered->set[source->first + w] != 0;
		if (any)
			entered_take_part(entered, i, scope);
	}
	memset(entered->set, 0, entered->words * sizeof(*entered->set));
}

struct fold_entry *fold_entries_by_scope(const struct fold *fold,
	const struct fold_entry *entries, size_t count)
{
	size_t *at = xcalloc(fold->scopes.count + 1, sizeof(*at));
	struct fold_entry *sorted = xcalloc(count + 1, sizeof(*sorted));

	for (size_t i = 0; i < count; i++)
		at[entries[i].scope + 1]++;
	for (size_t i = 1; i <= fold->scopes.count; i++)
		at[i] += at[i - 1];
	for (size_t i = 0; i < count; i++)
		sorted[at[entries[i].scope]++] = entries[i];
	free(at);
	return sorted;
}

static void entered_take_all(
	struct entered *entered, const struct fold_entry *entries, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct fold_function *function =
			&entered->fold->code.functions[entries[i].function];

		if (is_entered(function))
			entered->set[function->rank / WORD_BITS] |=
				UINT64_C(1) << function->rank % WORD_BITS;
		if (i + 1 == count || entries[i + 1].scope != entries[i].scope)
			entered_finish(entered, entries[i].scope);
	}
}

void fold_entered(struct fold *fold)
{
	struct entered entered = {.fold = fold, .counting = true};
	struct fold_entry *entries;
	size_t count;

	if (!fold->code.entry_count)
		return;
	rank(&entered);
	entries = fold_passages_reads(fold, &count);
	entered_take_all(&entered, entries, count);
	entered.counting = false;
	entered_take_all(&entered, entries, count);
	free(entries);
	free(entered.set);
	free(entered.functions);
	free(entered.parts);
	interner_release(&entered.keys);
}
