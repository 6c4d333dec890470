/* SPDX-License-Identifier: MIT */
/*
 * A process that runs tests of many files loads what is built of a part once,
 * for whichever test is the first. So who it was tells nothing: a test depends
 * on the parts that the runner's list gives it. But a process that has met a
 * part which the list gives to none of its tests has found it in a way that
 * the list does not know, and any test may be behind that. One that looks
 * through the folders of what is built may take whatever is there.
 */
#include "fold/shared.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/path.h"
#include "fold/driver.h"
#include "fold/scopes.h"
#include "fold/state.h"
#include "map/project.h"

/* The processes of one folder. */
struct shared_folder {
	const char *folder; /* the tests' */
	uint32_t scope;
	bool seen, searched;
};

struct fold_shared {
	struct shared_folder *list;
	size_t count, room;
	struct interner met; /* places in list and of parts */
};

static struct shared_folder *shared_folder_of(
	struct fold *fold, const char *folder)
{
	struct shared_folder *at;
	char *stored, *name;

	if (!fold->shared)
		fold->shared = xcalloc(1, sizeof(*fold->shared));
	for (size_t i = 0; i < fold->shared->count; i++)
		if (!strcmp(fold->shared->list[i].folder, folder))
			return &fold->shared->list[i];
	stored = project_path(fold->options->root, folder);
	name = xasprintf("%s/processes in %s", fold->options->runner, stored);
	at = array_add(&fold->shared->list, &fold->shared->count,
		&fold->shared->room, sizeof(*at));
	at->folder = folder;
	at->scope = fold_scope(fold, SCOPE_MODULE, name, strlen(name));
	free(stored);
	free(name);
	return at;
}

void fold_shared_test(
	struct fold *fold, const struct runner_test *test, uint32_t unit)
{
	if (fold->options->tests->shared && test->folder && test->outcome)
		fold_use(fold, unit,
			shared_folder_of(fold, test->folder)->scope);
}

static struct shared_folder *shared_nearest(
	struct fold_shared *shared, const char *word, size_t *longest)
{
	struct shared_folder *nearest = NULL;

	/* Of a file with more words it is told like this. */
	word += *word == '@';
	for (size_t i = 0; shared && i < shared->count; i++) {
		size_t n = strlen(shared->list[i].folder);

		if (n <= *longest || !path_below(word, shared->list[i].folder))
			continue;
		*longest = n;
		nearest = &shared->list[i];
	}
	return nearest;
}

uint32_t fold_shared_process(struct fold *fold, const char *words, size_t size)
{
	struct shared_folder *nearest = NULL, *found;
	char *text = xmemdup(words, size);
	size_t longest = 0;

	for (size_t at = 0; at < size; at += strlen(text + at) + 1) {
		found = shared_nearest(fold->shared, text + at, &longest);
		nearest = found ? found : nearest;
	}
	free(text);
	if (!nearest)
		return SCOPE_NONE;
	nearest->seen = true;
	return nearest->scope;
}

bool fold_shared_explains(
	struct fold *fold, uint32_t scope, uint32_t node, enum access_kind kind)
{
	size_t place = 0, part;

	while (fold->shared && place < fold->shared->count &&
		fold->shared->list[place].scope != scope)
		place++;
	if (!fold->shared || place == fold->shared->count ||
		!(KIND_BIT(kind) & KINDS_INPUT))
		return false;
	if (kind == ACCESS_LIST && fold_driver_is_built(fold, node) &&
		fold_driver_leads_to_made(fold, node))
		fold->shared->list[place].searched = true;
	part = fold_driver_made_of(fold, node);
	if (part && kind == ACCESS_READ) {
		size_t key[2] = {place, part - 1};

		intern(&fold->shared->met, key, sizeof(key));
	}
	return part || fold_driver_is_built(fold, node);
}

/* What the tests of a folder reach by the list. */
static bool *shared_reach(struct fold *fold, const char *folder)
{
	const struct runner_tests *tests = fold->options->tests;
	bool *reached = xcalloc(tests->part_count + 1, sizeof(*reached));
	size_t *todo = xcalloc(tests->part_count + 1, sizeof(*todo)), n = 0;

	for (size_t i = 0; i < tests->count; i++) {
		const struct runner_test *test = &tests->list[i];

		if (!test->outcome || !test->part || !test->folder ||
			strcmp(test->folder, folder) != 0 ||
			reached[test->part - 1])
			continue;
		reached[test->part - 1] = true;
		todo[n++] = test->part - 1;
	}
	while (n) {
		const struct runner_part *part = &tests->parts[todo[--n]];

		for (size_t i = 0; i < part->use_count; i++) {
			if (reached[part->uses[i]])
				continue;
			reached[part->uses[i]] = true;
			todo[n++] = part->uses[i];
		}
	}
	free(todo);
	return reached;
}

static void shared_use_met(struct fold *fold, size_t place)
{
	const struct fold_shared *shared = fold->shared;
	const struct shared_folder *at = &shared->list[place];
	bool *reached = shared_reach(fold, at->folder);

	/* They ran in the runner's own, or elsewhere. */
	if (!at->seen)
		fold_incomplete(
			fold, at->scope, "ftrace did not see its process");
	for (size_t i = 0; i < shared->met.count; i++) {
		size_t key[2];

		memcpy(key, shared->met.entries[i].bytes, sizeof(key));
		if (key[0] == place && !reached[key[1]])
			fold_driver_use(fold, at->scope, key[1]);
	}
	for (size_t i = 0; at->searched && i < fold->options->tests->part_count;
		i++)
		if (fold->options->tests->parts[i].made.count)
			fold_driver_use(fold, at->scope, i);
	free(reached);
}

void fold_shared_use(struct fold *fold)
{
	for (size_t i = 0; fold->shared && i < fold->shared->count; i++)
		shared_use_met(fold, i);
}

void fold_shared_release(struct fold *fold)
{
	if (!fold->shared)
		return;
	free(fold->shared->list);
	interner_release(&fold->shared->met);
	free(fold->shared);
}
