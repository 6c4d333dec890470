/* SPDX-License-Identifier: MIT */
#include "store/candidates.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* Of what is no ancestor's not all is looked at. */
#define OTHERS_MOST 20

static size_t candidates_place(
	const struct git_history *history, const char *commit)
{
	for (size_t i = 0; i < history->count; i++)
		if (!strcmp(history->commits[i], commit))
			return i;
	return SIZE_MAX;
}

static int candidates_compare(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->fits != y->fits)
		return x->fits ? -1 : 1;
	if (x->behind != y->behind)
		return x->behind < y->behind ? -1 : 1;
	if (x->entry->time != y->entry->time)
		return x->entry->time > y->entry->time ? -1 : 1;
	return strcmp(x->entry->name, y->entry->name);
}

/* Leaves out what is another project's, as far as git can tell. */
static void candidates_keep_known(struct candidates *candidates,
	const struct git_history *history, const char *root)
{
	char **commits = xcalloc(candidates->count + 1, sizeof(*commits));
	bool *known = xcalloc(candidates->count + 1, sizeof(*known));
	size_t others = 0, left = 0, seen[2] = {0};

	for (size_t i = 0; i < candidates->count; i++) {
		struct candidate *each = &candidates->list[i];

		if (each->behind != SIZE_MAX ||
			seen[each->fits]++ < OTHERS_MOST)
			candidates->list[left++] = *each;
		else
			free(each->commit);
	}
	candidates->count = left;
	left = 0;
	for (size_t i = 0; i < candidates->count; i++)
		if (candidates->list[i].behind == SIZE_MAX)
			commits[others++] = candidates->list[i].commit;
	git_history_known(root, commits, others, known);
	others = 0;
	for (size_t i = 0; i < candidates->count; i++) {
		struct candidate *each = &candidates->list[i];

		if (each->behind != SIZE_MAX || known[others++] ||
			history->shallow)
			candidates->list[left++] = *each;
		else
			free(each->commit);
	}
	candidates->count = left;
	free(known);
	free(commits);
}

void candidates_find(struct candidates *candidates,
	const struct store_entries *entries, const struct git_history *history,
	const char *root, const char *print)
{
	memset(candidates, 0, sizeof(*candidates));
	for (size_t i = 0; i < entries->count; i++) {
		const struct store_entry *entry = &entries->list[i];
		size_t n = strcspn(entry->name, "-");
		struct candidate *each;

		if (!entry->file || entry->mark)
			continue;
		each = array_add(&candidates->list, &candidates->count,
			&candidates->room, sizeof(*each));
		each->entry = entry;
		each->commit = xmemdup(entry->name, n);
		each->fits = !strcmp(entry->name + n + 1, print);
		each->behind = candidates_place(history, each->commit);
	}
	if (candidates->count)
		qsort(candidates->list, candidates->count,
			sizeof(*candidates->list), candidates_compare);
	candidates_keep_known(candidates, history, root);
}

void candidates_release(struct candidates *candidates)
{
	for (size_t i = 0; i < candidates->count; i++)
		free(candidates->list[i].commit);
	free(candidates->list);
	memset(candidates, 0, sizeof(*candidates));
}
