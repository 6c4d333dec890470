/* SPDX-License-Identifier: MIT */
/*
 * Which functions a scope entered, as scopes of their own: one for each set of
 * functions of a file that somebody entered. A test enters hundreds, but of
 * most files the same ones as many other tests, so that the map holds each
 * such set once.
 *
 * Sets are rows of bits, in which each file has words of its own.
 */
#include <stdlib.h>
#include <string.h>

#include "map/alloc.h"
#include "tracer/fold_state.h"

#define WORD_BITS 64u

struct entered {
	struct fold *fold;
	uint64_t *set; /* of the scope in hand */
	size_t words;
	uint32_t *functions;  /* by rank */
	struct interner keys; /* a file and its part of a set ... */
	uint32_t *scopes;     /* ... number i is scopes[i] */
	size_t count, room;
};

static bool is_entered(const struct fold_function *function)
{
	return function->state != FILE_NONE && function->name_size;
}

/* Gives each file its words and each function its bit. */
static void rank(struct entered *entered)
{
	struct fold *fold = entered->fold;
	uint32_t *used = xcalloc(fold->source_count, sizeof(*used));

	for (size_t i = 0; i < fold->function_count; i++)
		if (is_entered(&fold->functions[i]))
			used[fold->source_of[fold->functions[i].node] - 1]++;
	for (size_t i = 0; i < fold->source_count; i++) {
		fold->sources[i].first = entered->words;
		fold->sources[i].count = (used[i] + WORD_BITS - 1) / WORD_BITS;
		entered->words += fold->sources[i].count;
		used[i] = 0;
	}
	entered->set = xcalloc(entered->words, sizeof(*entered->set));
	entered->functions = xcalloc(
		entered->words * WORD_BITS, sizeof(*entered->functions));
	for (uint32_t i = 0; i < fold->function_count; i++) {
		struct fold_function *function = &fold->functions[i];
		uint32_t source;

		if (!is_entered(function))
			continue;
		source = fold->source_of[function->node] - 1;
		function->rank =
			(uint32_t)(fold->sources[source].first * WORD_BITS) +
			used[source]++;
		entered->functions[function->rank] = i;
	}
	free(used);
}

/*
 * The scope of the part of the set that belongs to one file. Of what a module
 * enters while it is loaded itself, nothing was kept by then.
 */
static uint32_t scope_of(struct entered *entered, uint32_t i, uint32_t is_own)
{
	struct fold *fold = entered->fold;
	const struct fold_source *source = &fold->sources[i];
	const uint64_t *part = entered->set + source->first;
	const char *path = map_files_path(&fold->files, source->file);
	size_t size = source->count * sizeof(*part);
	uint32_t head[2] = {i, is_own}, number, scope;
	char *key = xcalloc(sizeof(head) + size, 1);

	memcpy(key, head, sizeof(head));
	memcpy(key + sizeof(head), part, size);
	number = intern(&entered->keys, key, sizeof(head) + size);
	free(key);
	if (number < entered->count)
		return entered->scopes[number];
	/* No name tells these apart; what they read does. */
	scope = fold_new_scope(fold, SCOPE_ENTERED, path, strlen(path));
	*(uint32_t *)array_add(&entered->scopes, &entered->count,
		&entered->room, sizeof(scope)) = scope;
	fold_use(fold, scope, source->module);
	if (!is_own)
		fold_use_memos(fold, scope, source->node);
	for (size_t bit = 0; bit < source->count * WORD_BITS; bit++) {
		struct recorded_scope *recorded =
			&fold->recording.scopes[scope];
		struct recorded_read *read;

		if (!(part[bit / WORD_BITS] >> bit % WORD_BITS & 1))
			continue;
		read = array_add(&recorded->reads, &recorded->read_count,
			&recorded->read_room, sizeof(*read));
		read->state =
			fold->functions[entered->functions[source->first *
								   WORD_BITS +
							   bit]]
				.state;
		read->kinds = KIND_BIT(ACCESS_READ);
	}
	return scope;
}

/* What the scope in hand entered, file by file; empties the set. */
static void finish(struct entered *entered, uint32_t scope)
{
	struct fold *fold = entered->fold;

	for (uint32_t i = 0; i < fold->source_count; i++) {
		const struct fold_source *source = &fold->sources[i];
		bool any = false;

		for (size_t w = 0; w < source->count; w++)
			any |= entered->set[source->first + w] != 0;
		if (any)
			fold_use(fold, scope,
				scope_of(entered, i, scope == source->module));
	}
	memset(entered->set, 0, entered->words * sizeof(*entered->set));
}

/* The entries, put in the order of their scopes. */
static struct fold_entry *by_scope(const struct fold *fold)
{
	size_t *at = xcalloc(fold->scope_count + 1, sizeof(*at));
	struct fold_entry *sorted = xcalloc(fold->entry_count, sizeof(*sorted));

	for (size_t i = 0; i < fold->entry_count; i++)
		at[fold->entries[i].scope + 1]++;
	for (size_t i = 1; i <= fold->scope_count; i++)
		at[i] += at[i - 1];
	for (size_t i = 0; i < fold->entry_count; i++)
		sorted[at[fold->entries[i].scope]++] = fold->entries[i];
	free(at);
	return sorted;
}

void fold_entered(struct fold *fold)
{
	struct entered entered = {.fold = fold};
	struct fold_entry *entries;

	if (!fold->entry_count)
		return;
	rank(&entered);
	entries = by_scope(fold);
	for (size_t i = 0; i < fold->entry_count; i++) {
		const struct fold_function *function =
			&fold->functions[entries[i].function];

		if (is_entered(function))
			entered.set[function->rank / WORD_BITS] |=
				UINT64_C(1) << function->rank % WORD_BITS;
		if (i + 1 == fold->entry_count ||
			entries[i + 1].scope != entries[i].scope)
			finish(&entered, entries[i].scope);
	}
	free(entries);
	free(entered.set);
	free(entered.functions);
	free(entered.scopes);
	interner_release(&entered.keys);
}
