/* SPDX-License-Identifier: MIT */
/*
 * The last step of a fold: units that this run would have collected and did
 * not meet, because they are no longer there.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/id.h"
#include "fold/discovery.h"
#include "fold/scopes.h"
#include "fold/state.h"
#include "fold/steps.h"
#include "map/query.h"

static uint32_t find_completed(const struct fold *fold, enum scope_kind kind,
	const char *name, size_t size)
{
	uint32_t i = fold_find_scope(fold, kind, name, size);

	return i != SCOPE_NONE && fold->scopes.list[i].completed ? i
								 : SCOPE_NONE;
}

static bool completed(const struct fold *fold, enum scope_kind kind,
	const char *name, size_t size)
{
	return find_completed(fold, kind, name, size) != SCOPE_NONE;
}

/* deep: what is asked for lies below a folder in it. */
static bool searched(
	const struct fold *fold, const char *folder, size_t size, bool deep)
{
	uint32_t i = find_completed(fold, SCOPE_DISCOVER, folder, size);

	return i != SCOPE_NONE && !(deep && fold->scopes.list[i].shallow);
}

bool fold_was_looked_for(const struct fold *fold, const char *id, size_t file)
{
	size_t n = file;
	bool deep = false;

	if (completed(fold, SCOPE_DISCOVER, id, file))
		return true;
	while (n > 0)
		if (id[--n] == '/') {
			if (searched(fold, id, n, deep))
				return true;
			deep = true;
		}
	return searched(fold, ".", 1, deep);
}

static bool file_is_missing(const struct fold *fold, const char *id, size_t n)
{
	char *path = *id == '/' ? xasprintf("%.*s", (int)n, id)
				: xasprintf("%s/%.*s", fold->options->root,
					  (int)n, id);
	struct stat st;
	bool missing = stat(path, &st) < 0;

	free(path);
	return missing;
}

static bool is_gone(const struct fold *fold, const char *id, size_t size)
{
	size_t file = id_part_end(id, size, 0), end = file, next;

	if (file_is_missing(fold, id, file))
		return fold_was_looked_for(fold, id, file);
	/* By other settings it may be no test, and is one all the same. */
	if (fold->runner.narrowed)
		return false;
	/* A file that could not be collected, and now was. */
	if (file == size)
		return completed(fold, SCOPE_COLLECT, id, file);
	/* Down through the collectors that named all they hold. */
	while (completed(fold, SCOPE_COLLECT, id, end)) {
		next = id_part_end(id, size, id_next(end));
		if (next >= size)
			return true;
		if (fold_find_scope(fold, SCOPE_COLLECT, id, next) ==
			SCOPE_NONE)
			/* It is there, and nobody asked what it holds. */
			return intern_find(&fold->scopes.held, id, next) ==
			       INTERN_NONE;
		end = next;
	}
	return false;
}

/*
 * A class that its file has no more. What it had been collected from would
 * count as changed for ever.
 */
static bool is_gone_class(const struct fold *fold, enum scope_kind kind,
	const char *name, size_t file)
{
	size_t size = strlen(name);

	return kind == SCOPE_COLLECT && file < size &&
	       fold_find_scope(fold, kind, name, size) == SCOPE_NONE &&
	       intern_find(&fold->scopes.held, name, size) == INTERN_NONE &&
	       is_gone(fold, name, size);
}

/* What was collected from a file, or looked through, that is gone as well. */
static void outdate(struct fold *fold, enum scope_kind kind,
	struct recorded_ids *outdated, struct query_name *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *name = names[i].name;
		size_t file = id_part_end(name, strlen(name), 0);

		if (is_gone_class(fold, kind, name, file) ||
			(file_is_missing(fold, name, file) &&
				fold_was_looked_for(fold, name, file)))
			*(int64_t *)array_add(&outdated->list, &outdated->count,
				&outdated->room, sizeof(*outdated->list)) =
				names[i].scope;
	}
	query_names_release(names, count);
}

static int find_outdated(struct fold *fold, struct map *map, struct err *err)
{
	static const enum scope_kind kinds[] = {SCOPE_COLLECT, SCOPE_DISCOVER};
	struct recording *recording = &fold->recording;
	struct query_name *names;
	size_t count = 0;
	int code = 0;

	for (size_t i = 0; code == 0 && i < 2; i++) {
		code = query_names(&names, &count, map, kinds[i], err);
		outdate(fold, kinds[i], &recording->outdated, names, count);
	}
	if (code < 0)
		return code;
	code = query_listings(&names, &count, map, err);
	outdate(fold, SCOPE_DISCOVER, &recording->outdated_listings, names,
		count);
	return code;
}

static int gone_find_gone(struct fold *fold, struct map *map, struct err *err)
{
	struct query_units units = {0};
	int code = query_units(&units, map, err);

	for (size_t i = 0; code == 0 && i < units.count; i++) {
		const struct query_unit *unit = &units.units[i];
		char *name = xasprintf("%s/%s", unit->runner, unit->id);
		size_t size = strlen(name);
		struct gone_unit *gone;

		if (strcmp(unit->runner, "command") &&
			fold_find_scope(fold, SCOPE_UNIT, name, size) ==
				SCOPE_NONE &&
			(is_gone(fold, unit->id, strlen(unit->id)) ||
				fold_tests_lack(
					fold, unit->runner, unit->id))) {
			gone = array_add(&fold->recording.gone,
				&fold->recording.gone_count,
				&fold->recording.gone_room, sizeof(*gone));
			gone->name = fold_text(fold, name, size);
			gone->size = size;
		}
		free(name);
	}
	query_units_release(&units);
	return code;
}

int fold_gone(struct fold *fold, struct map *map, struct err *err)
{
	int code = gone_find_gone(fold, map, err);

	if (code == 0)
		code = find_outdated(fold, map, err);
	return code;
}
