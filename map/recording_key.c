/* SPDX-License-Identifier: MIT */
/*
 * Digests over a graph that may have circles (modules import each other):
 * Tarjan's strongly connected components come out deepest first, and each
 * component is digested as one thing.
 */
#include "map/recording_key.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define UNSEEN UINT32_MAX

static int by_state(const void *a, const void *b)
{
	const struct recorded_read *x = a, *y = b;

	return x->state < y->state ? -1 : x->state > y->state;
}

/* Sorts by state and joins the kinds of what is there twice. */
static void normalise_reads(struct recorded_read *reads, size_t *count)
{
	size_t n = 0;

	if (*count)
		qsort(reads, *count, sizeof(*reads), by_state);
	for (size_t i = 0; i < *count; i++) {
		if (n && reads[n - 1].state == reads[i].state)
			reads[n - 1].kinds |= reads[i].kinds;
		else
			reads[n++] = reads[i];
	}
	*count = n;
}

static int recording_key_by_id(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static int by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static int by_print(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct print));
}

static void normalise_uses(struct recorded_scope *scope)
{
	size_t n = 0;

	if (scope->use_count)
		qsort(scope->uses, scope->use_count, sizeof(*scope->uses),
			by_number);
	for (size_t i = 0; i < scope->use_count; i++)
		if (!n || scope->uses[n - 1] != scope->uses[i])
			scope->uses[n++] = scope->uses[i];
	scope->use_count = n;
}

struct print recording_set_print(int64_t *pairs, size_t count)
{
	if (count)
		qsort(pairs, count, 2 * sizeof(*pairs), recording_key_by_id);
	return print_bytes(pairs, count * 2 * sizeof(*pairs), 0);
}

void recording_set(struct scope_key *key, const struct recording *recording,
	struct recorded_read *reads, size_t *count)
{
	normalise_reads(reads, count);
	key->pair_count = *count;
	key->pairs = xcalloc(key->pair_count, 2 * sizeof(*key->pairs));
	for (size_t i = 0; i < *count; i++) {
		key->pairs[2 * i] = recording->files->states[reads[i].state].id;
		key->pairs[2 * i + 1] = reads[i].kinds;
	}
	key->set = recording_set_print(key->pairs, key->pair_count);
}

/* The scope by itself, before what it uses is known. */
static struct print own_print(
	const struct recorded_scope *scope, const struct scope_key *key)
{
	const char *why = scope->incomplete ? scope->incomplete : "";
	size_t n = strlen(why) + 1;
	size_t size = sizeof(key->set) + 2 + n + scope->name_size;
	char *bytes = xcalloc(size, 1), *at = bytes;
	struct print print;

	memcpy(at, key->set.bytes, sizeof(key->set));
	at += sizeof(key->set);
	*at++ = (char)scope->kind;
	*at++ = (char)scope->known_only;
	memcpy(at, why, n);
	memcpy(at + n, scope->name, scope->name_size);
	print = print_bytes(bytes, size, 0);
	free(bytes);
	return print;
}

struct component_search {
	const struct recording *recording;
	struct scope_key *keys;
	struct print *own;
	uint32_t *index, *low; /* Tarjan's numbers */
	uint32_t *component;   /* UNSEEN: still on the stack or unseen */
	uint32_t *stack;
	size_t depth;
	uint32_t next, components;
};

/* The digest of a finished component: its members and what they lead to. */
static void recording_key_finish(struct component_search *search, size_t from)
{
	const struct recorded_scope *scopes = search->recording->scopes;
	size_t members = search->depth - from, count = 0, room = 0, n = 0;
	struct print *prints = NULL, both[2], all;

	for (size_t m = from; m < search->depth; m++) {
		uint32_t i = search->stack[m];

		search->component[i] = search->components;
		*(struct print *)array_add(&prints, &count, &room,
			sizeof(*prints)) = search->own[i];
	}
	for (size_t m = from; m < search->depth; m++) {
		const struct recorded_scope *scope = &scopes[search->stack[m]];

		for (size_t k = 0; k < scope->use_count; k++)
			if (search->component[scope->uses[k]] !=
				search->components)
				*(struct print *)array_add(&prints, &count,
					&room, sizeof(*prints)) =
					search->keys[scope->uses[k]].deep;
	}
	/* Members first, then what they use, each sorted and once. */
	qsort(prints, members, sizeof(*prints), by_print);
	qsort(prints + members, count - members, sizeof(*prints), by_print);
	for (size_t i = 0; i < count; i++)
		if (i < members || i == members ||
			!print_equal(&prints[n - 1], &prints[i]))
			prints[n++] = prints[i];
	all = print_bytes(prints, n * sizeof(*prints), members);
	for (size_t m = from; m < search->depth; m++) {
		both[0] = all;
		both[1] = search->own[search->stack[m]];
		search->keys[search->stack[m]].deep =
			print_bytes(both, sizeof(both), 0);
	}
	free(prints);
	search->components++;
	search->depth = from;
}

/* A scope on the way, and how many of those that it uses are behind. */
struct visit {
	uint32_t scope;
	size_t done;
};

static void recording_key_enter(struct component_search *search,
	struct visit *path, size_t *length, uint32_t i)
{
	search->index[i] = search->low[i] = search->next++;
	search->stack[search->depth++] = i;
	path[(*length)++] = (struct visit){i, 0};
}

static void recording_key_lower(
	struct component_search *search, uint32_t i, uint32_t used)
{
	if (search->component[used] == UNSEEN &&
		search->low[used] < search->low[i])
		search->low[i] = search->low[used];
}

/*
 * From one scope to all that it leads to. Not by recursion: in a map of
 * somebody else's a chain can be as long as he likes.
 */
static void visit(
	struct component_search *search, struct visit *path, uint32_t first)
{
	size_t length = 0, from;

	recording_key_enter(search, path, &length, first);
	while (length) {
		uint32_t i = path[length - 1].scope;
		const struct recorded_scope *scope =
			&search->recording->scopes[i];

		if (path[length - 1].done < scope->use_count) {
			uint32_t used = scope->uses[path[length - 1].done++];

			if (search->index[used] == UNSEEN)
				recording_key_enter(
					search, path, &length, used);
			else
				recording_key_lower(search, i, used);
			continue;
		}
		if (search->low[i] == search->index[i]) {
			from = search->depth;
			while (search->stack[--from] != i)
				;
			recording_key_finish(search, from);
		}
		if (--length)
			recording_key_lower(search, path[length - 1].scope, i);
	}
}

struct scope_key *recording_keys(struct recording *recording)
{
	size_t count = recording->scope_count;
	struct component_search search = {.recording = recording};
	struct visit *path = xcalloc(count + 1, sizeof(*path));

	search.keys = xcalloc(count, sizeof(*search.keys));
	search.own = xcalloc(count, sizeof(*search.own));
	search.index = xcalloc(count, sizeof(*search.index));
	search.low = xcalloc(count, sizeof(*search.low));
	search.component = xcalloc(count, sizeof(*search.component));
	search.stack = xcalloc(count, sizeof(*search.stack));
	memset(search.index, 0xff, count * sizeof(*search.index));
	memset(search.component, 0xff, count * sizeof(*search.component));
	for (size_t i = 0; i < count; i++) {
		struct recorded_scope *scope = &recording->scopes[i];

		normalise_uses(scope);
		recording_set(&search.keys[i], recording, scope->reads,
			&scope->read_count);
		search.own[i] =
			own_print(&recording->scopes[i], &search.keys[i]);
	}
	for (uint32_t i = 0; i < count; i++)
		if (search.index[i] == UNSEEN)
			visit(&search, path, i);
	free(path);
	free(search.own);
	free(search.index);
	free(search.low);
	free(search.component);
	free(search.stack);
	return search.keys;
}

void recording_keys_release(struct scope_key *keys, size_t count)
{
	for (size_t i = 0; keys && i < count; i++)
		free(keys[i].pairs);
	free(keys);
}
