/* SPDX-License-Identifier: MIT */
/*
 * What the runner's own processes do, where it lists its tests, and builds
 * them.
 *
 * It looks at the sources of all of them, in one process or many, and again
 * only where something has changed: that says nothing of one test. What a
 * test's program is built of is told by the runner's list, whether it was built
 * now or long ago. So whatever the list explains counts for those that it says
 * it is for, and what is left of the runner's doing for all of its tests: what
 * steers it (go.mod, CTestTestfile.cmake), and the tools that it uses.
 */
#include "fold/driver.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "fold/discovery.h"
#include "fold/inputs.h"
#include "fold/paths.h"
#include "fold/scopes.h"
#include "fold/state.h"

struct fold_driver {
	struct interner explained; /* nodes of files and folders of parts */
	uint32_t *scopes;          /* of parts that tests use; or SCOPE_NONE */
	struct interner made;      /* nodes of what is built of parts ... */
	uint32_t *made_of;         /* ... and of which; by number */
	struct interner made_in;   /* nodes of the folders that those lie in */
	struct interner built;     /* nodes of folders in which it builds */
};

/* Of a part alone. True: it is new. */
static bool driver_open_part(struct fold *fold, size_t place)
{
	const struct runner_part *part = &fold->options->tests->parts[place];
	uint32_t *scope = &fold->driver->scopes[place];
	char *name;

	if (*scope != SCOPE_NONE)
		return false;
	name = xasprintf("%s/%s", fold->options->runner, part->name);
	*scope = fold_scope(fold, SCOPE_MODULE, name, strlen(name));
	free(name);
	if (part->unknown)
		fold_incomplete(fold, *scope,
			"ftrace could not find out which sources it was built "
			"from");
	return true;
}

/* Of a part, and of what it uses: chains of these can be long. */
static uint32_t driver_part_scope(struct fold *fold, size_t place)
{
	const struct runner_tests *tests = fold->options->tests;
	uint32_t *scopes = fold->driver->scopes;
	size_t *todo = NULL, count = 0, room = 0, at = place;
	bool more = driver_open_part(fold, place);

	while (more) {
		for (size_t i = 0; i < tests->parts[at].use_count; i++) {
			size_t used = tests->parts[at].uses[i];

			if (driver_open_part(fold, used))
				*(size_t *)array_add(&todo, &count, &room,
					sizeof(*todo)) = used;
			fold_use(fold, scopes[at], scopes[used]);
		}
		more = count > 0;
		if (more)
			at = todo[--count];
	}
	free(todo);
	return scopes[place];
}

void fold_driver_test(
	struct fold *fold, const struct runner_test *test, uint32_t unit)
{
	size_t count = fold->options->tests->part_count;

	if (!fold->driver) {
		fold->driver = xcalloc(1, sizeof(*fold->driver));
		fold->driver->scopes =
			xreallocarray(NULL, count + 1, sizeof(uint32_t));
		memset(fold->driver->scopes, 0xff,
			(count + 1) * sizeof(uint32_t));
	}
	if (test->part && (test->asked || test->outcome))
		fold_use(fold, unit, driver_part_scope(fold, test->part - 1));
}

static uint32_t driver_path(struct fold *fold, const char *path)
{
	return fold_path(fold, path, strlen(path), false);
}

static uint32_t intern_path(
	struct fold *fold, struct interner *nodes, const char *path)
{
	uint32_t i = driver_path(fold, path);
	uint32_t node = fold->paths.list[i].node;

	return fold->paths.list[i].ignored ? INTERN_NONE
					   : intern(nodes, &node, sizeof(node));
}

static void driver_explain(struct fold *fold, const char *path)
{
	intern_path(fold, &fold->driver->explained, path);
}

/* What two parts have made, as by a link to it, is of the first. */
static void driver_find_made(struct fold *fold)
{
	const struct runner_tests *tests = fold->options->tests;
	struct fold_driver *driver = fold->driver;
	size_t count = 0, room = 0;

	for (size_t i = 0; i < tests->part_count; i++)
		for (size_t k = 0; k < tests->parts[i].made.count; k++) {
			size_t before = driver->made.count;
			uint32_t node;

			intern_path(fold, &driver->made,
				tests->parts[i].made.list[k]);
			if (driver->made.count == before)
				continue;
			memcpy(&node, driver->made.entries[before].bytes,
				sizeof(node));
			node = fold->tree.nodes[node].parent;
			intern(&driver->made_in, &node, sizeof(node));
			*(uint32_t *)array_add(&driver->made_of, &count, &room,
				sizeof(uint32_t)) = (uint32_t)i;
		}
}

static void explain_parts(
	struct fold *fold, const struct runner_part *parts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < parts[i].files.count; k++)
			driver_explain(fold, parts[i].files.list[k]);
		for (size_t k = 0; k < parts[i].look_count; k++)
			driver_explain(fold, parts[i].looks[k].folder);
	}
}

void fold_driver_open(struct fold *fold)
{
	const struct runner_tests *tests = fold->options->tests;

	if (!fold->driver)
		return;
	explain_parts(fold, tests->parts, tests->part_count);
	explain_parts(fold, tests->searched, tests->searched_count);
	driver_find_made(fold);
	for (size_t i = 0; i < tests->built.count; i++)
		intern_path(fold, &fold->driver->built, tests->built.list[i]);
}

static bool is_in_built(const struct fold *fold, uint32_t node)
{
	for (size_t i = 0; i < fold->driver->built.count; i++) {
		uint32_t folder;

		memcpy(&folder, fold->driver->built.entries[i].bytes,
			sizeof(folder));
		if (fold_below(fold, node, folder))
			return true;
	}
	return false;
}

/*
 * A test that meets what was built of a part depends on the part; and who looks
 * through the folders for it, as linkers and loaders do, on nothing else that
 * is there.
 */
static bool takes_made(
	struct fold *fold, uint32_t scope, uint32_t node, enum access_kind kind)
{
	uint32_t i = intern_find(&fold->driver->made, &node, sizeof(node));

	if (i == INTERN_NONE && kind == ACCESS_STAT)
		return S_ISDIR(fold->tree.nodes[node].identity.mode) &&
		       is_in_built(fold, node);
	if (i == INTERN_NONE)
		return kind == ACCESS_LIST &&
		       intern_find(&fold->driver->made_in, &node,
			       sizeof(node)) != INTERN_NONE;
	fold_use(
		fold, scope, driver_part_scope(fold, fold->driver->made_of[i]));
	return true;
}

static bool is_explained(const struct fold *fold, uint32_t node)
{
	return intern_find(&fold->driver->explained, &node, sizeof(node)) !=
	       INTERN_NONE;
}

/* Whoever lists a folder may look at each entry: which are files? */
size_t fold_driver_made_of(const struct fold *fold, uint32_t node)
{
	uint32_t i = intern_find(&fold->driver->made, &node, sizeof(node));

	return i == INTERN_NONE ? 0 : 1 + (size_t)fold->driver->made_of[i];
}

bool fold_driver_is_built(const struct fold *fold, uint32_t node)
{
	return is_in_built(fold, node);
}

bool fold_driver_leads_to_made(const struct fold *fold, uint32_t node)
{
	for (size_t i = 0; i < fold->driver->made_in.count; i++) {
		uint32_t folder;

		memcpy(&folder, fold->driver->made_in.entries[i].bytes,
			sizeof(folder));
		if (folder == node || fold_below(fold, folder, node))
			return true;
	}
	return false;
}

void fold_driver_use(struct fold *fold, uint32_t scope, size_t place)
{
	fold_use(fold, scope, driver_part_scope(fold, place));
}

bool fold_driver_explains(
	struct fold *fold, uint32_t scope, uint32_t node, enum access_kind kind)
{
	if (!fold->driver || !(KIND_BIT(kind) & KINDS_INPUT))
		return false;
	if (scope != fold->base)
		return takes_made(fold, scope, node, kind);
	return is_explained(fold, node) || is_in_built(fold, node) ||
	       (kind == ACCESS_STAT &&
		       is_explained(fold, fold->tree.nodes[node].parent));
}

static void driver_read(struct fold *fold, uint32_t scope, const char *path,
	const char *names, enum access_kind kind)
{
	uint32_t block = names ? intern(&fold->blocks, names, strlen(names))
			       : fold->no_block;
	uint32_t i = driver_path(fold, path);
	struct fold_path at = fold->paths.list[i];

	if (at.ignored)
		return;
	for (uint32_t k = 0; k < at.link_count; k++)
		fold_input(fold, scope, fold->paths.links[at.link_first + k],
			fold->no_block, ACCESS_LINK);
	if (!fold->tree.nodes[at.node].identity.mode)
		kind = ACCESS_ABSENT;
	if (fold->recording.scopes[scope].kind == SCOPE_DISCOVER &&
		fold_discovery(fold, scope, at.node, block, kind))
		return;
	fold_input(fold, scope, at.node, block, kind);
}

static void driver_read_part(
	struct fold *fold, const struct runner_part *part, uint32_t scope)
{
	for (size_t i = 0; i < part->files.count; i++)
		driver_read(
			fold, scope, part->files.list[i], NULL, ACCESS_READ);
	for (size_t i = 0; i < part->look_count; i++)
		driver_read(fold, scope, part->looks[i].folder,
			part->looks[i].names, ACCESS_LIST);
}

/* By which new files in those folders are told for tests. */
static void driver_take_patterns(struct fold *fold)
{
	const struct runner_tests *tests = fold->options->tests;

	for (size_t i = 0; i < tests->patterns.count; i++) {
		char *pattern = xasprintf("%s:%s", fold->options->runner,
			tests->patterns.list[i]);

		intern(&fold->recording.patterns, pattern, strlen(pattern));
		free(pattern);
	}
}

/* Where tests are looked for says which there are, and nothing of one. */
static void driver_search(struct fold *fold, const struct runner_part *searched)
{
	uint32_t scope = fold_scope(
		fold, SCOPE_DISCOVER, searched->name, strlen(searched->name));

	fold->scopes.list[scope].completed = true;
	fold->scopes.list[scope].shallow = searched->shallow;
	driver_read_part(fold, searched, scope);
}

void fold_driver_read(struct fold *fold)
{
	const struct runner_tests *tests = fold->options->tests;

	if (!fold->driver)
		return;
	for (size_t i = 0; i < tests->part_count; i++)
		if (fold->driver->scopes[i] != SCOPE_NONE)
			driver_read_part(fold, &tests->parts[i],
				fold->driver->scopes[i]);
	driver_take_patterns(fold);
	for (size_t i = 0; i < tests->searched_count; i++)
		driver_search(fold, &tests->searched[i]);
}

void fold_driver_release(struct fold *fold)
{
	if (!fold->driver)
		return;
	interner_release(&fold->driver->explained);
	interner_release(&fold->driver->made);
	interner_release(&fold->driver->made_in);
	interner_release(&fold->driver->built);
	free(fold->driver->made_of);
	free(fold->driver->scopes);
	free(fold->driver);
}
