/* SPDX-License-Identifier: MIT */
/*
 * Which former results fit what is there now.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/id.h"
#include "map/recall.h"
#include "map/sql.h"

static bool recall_ignores(const struct recall *recall, int64_t file)
{
	return intern_find(&recall->ignored, &file, sizeof(file)) !=
	       INTERN_NONE;
}

static bool recall_is_stale(const struct recall *recall, int64_t scope)
{
	return query_hits_find(&recall->stale, scope) != HIT_NONE;
}

/* Whether a scope did what nobody saw, itself or through others. */
static int recall_is_unseen(bool *yes, struct recall *recall, int64_t scope)
{
	int64_t *scopes = NULL;
	size_t count = 0;
	int code = 0;

	if (!recall->unseen_known) {
		code = query_incomplete(
			&scopes, &count, recall->map, recall->err);
		if (code == 0)
			code = query_dependents(&recall->unseen, recall->map,
				NULL, 0, scopes, count, recall->err);
		free(scopes);
		recall->unseen_known = true;
	}
	*yes = query_hits_find(&recall->unseen, scope) != HIT_NONE;
	return code;
}

/* Whether who made a file has nothing to do. */
static int recall_makers_rest(bool *yes, struct recall *recall, int64_t file)
{
	bool unseen = false;
	int code = 0;

	for (size_t i = 0; code == 0 && *yes && i < recall->makers.count; i++) {
		const struct former_made *made = &recall->makers.list[i];

		if (made->file != file)
			continue;
		code = recall_is_unseen(&unseen, recall, made->scope);
		*yes = !unseen && !recall_is_stale(recall, made->scope);
	}
	return code;
}

/* What a result uses that others made is what they would make now. */
static int recall_uses_rest(bool *yes, struct recall *recall)
{
	struct former_reader *reader = &recall->reader;
	struct print digest;
	int64_t *pairs, file;
	size_t count;
	int code = 0;

	for (size_t i = 0; code == 0 && *yes && recall->made.count &&
			   i < reader->step_count;
		i++) {
		code = former_reader_set(&pairs, &count, &digest, reader,
			reader->list[reader->steps[i].scope].content,
			recall->err);
		for (size_t k = 0; code == 0 && *yes && k < count; k++) {
			uint32_t place =
				former_reader_place(reader, pairs[2 * k]);

			if (place == FILE_NONE)
				continue;
			file = reader->files
				       ->files[reader->files->states[place]
						       .file]
				       .id;
			if (!recall_ignores(recall, file) &&
				intern_find(&recall->made, &file,
					sizeof(file)) != INTERN_NONE)
				code = recall_makers_rest(yes, recall, file);
		}
		free(pairs);
	}
	return code;
}

static bool recall_leads_to(const struct former_reader *reader, int64_t scope)
{
	uint32_t n = intern_find(&reader->scopes, &scope, sizeof(scope));

	return n != INTERN_NONE && reader->list[n].round == reader->round;
}

/*
 * Whether somebody else reads a file that a result once made: it may be one
 * that was made since. own: the unit's scope now, whose reads are its own.
 */
static int recall_is_used(bool *yes, struct recall *recall, sqlite3_stmt *row,
	int64_t file, int64_t own)
{
	int code;

	sqlite3_bind_int64(row, 1, file);
	sqlite3_bind_int64(row, 2, own);
	while ((code = sql_step(recall->map, row, recall->err)) > 0 && !*yes)
		*yes = !recall_leads_to(
			&recall->reader, sqlite3_column_int64(row, 0));
	sqlite3_reset(row);
	return code < 0 ? code : 0;
}

/* Nobody else has what a result made, or what another one made in its place. */
static int recall_made_nothing(bool *yes, struct recall *recall, int64_t own)
{
	const struct former_reader *reader = &recall->reader;
	sqlite3_stmt *row = sql_prepare(recall->map,
		"SELECT scope.id FROM state"
		" JOIN reads ON reads.state = state.id"
		" JOIN scope ON scope.readset = reads.readset"
		" WHERE state.file = ?1 AND state.print <> zeroblob(16)"
		" AND scope.id <> ?2 AND scope.id NOT IN"
		" (SELECT used FROM uses WHERE scope = ?2)",
		recall->err);
	bool used = false;
	int code = row ? 0 : MAP_IO;

	for (size_t i = 0; code == 0 && !used && i < reader->step_count; i++) {
		const struct former_scope *scope =
			&reader->list[reader->steps[i].scope];

		for (size_t k = 0; code == 0 && !used && k < scope->made_count;
			k++)
			if (!recall_ignores(recall, scope->made[k]))
				code = recall_is_used(&used, recall, row,
					scope->made[k], own);
	}
	sqlite3_finalize(row);
	*yes &= !used;
	return code;
}

bool recall_is_file(const struct former_scope *scope)
{
	return scope->kind == SCOPE_COLLECT && !id_file(scope->name);
}

int recall_is_latest(bool *yes, struct recall *recall, int64_t scope)
{
	sqlite3_stmt *row = sql_prepare(recall->map,
		"SELECT 1 FROM scope WHERE id = ? AND latest = 1", recall->err);
	int code = row ? 0 : MAP_IO;

	if (row) {
		sqlite3_bind_int64(row, 1, scope);
		code = sql_step(recall->map, row, recall->err);
	}
	*yes = code > 0;
	sqlite3_finalize(row);
	return code < 0 ? code : 0;
}

/*
 * Whether it is known which tests there are where the result was collected
 * from. A unit that the map does not have needs such a place.
 */
static int recall_is_placed(bool *yes, struct recall *recall, bool known)
{
	const struct former_reader *reader = &recall->reader;
	bool placed = known;
	int code = 0;

	for (size_t i = 0; code == 0 && *yes && i < reader->step_count; i++) {
		const struct former_scope *scope =
			&reader->list[reader->steps[i].scope];

		if (!recall_is_file(scope))
			continue;
		placed = true;
		if (!scope->members)
			code = recall_is_latest(yes, recall, scope->id);
	}
	*yes &= placed;
	return code;
}

static const struct query_unit *recall_unit(
	const struct recall *recall, const char *runner, const char *id)
{
	size_t low = 0, high = recall->units.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct query_unit *unit = &recall->units.units[middle];
		int order = strcmp(unit->runner, runner);

		if (!order)
			order = strcmp(unit->id, id);
		if (!order)
			return unit;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* Whether a unit's newest result says nothing of what is there now. */
static bool recall_is_open(
	const struct recall *recall, const struct query_unit *unit)
{
	return !unit || !unit->outcome || recall_is_stale(recall, unit->scope);
}

static void recall_add(
	struct recall *recall, sqlite3_stmt *row, const struct query_unit *unit)
{
	const struct former_reader *reader = &recall->reader;
	struct recalled *recalled = array_add(&recall->list, &recall->count,
		&recall->room, sizeof(*recalled));

	recalled->scope = sqlite3_column_int64(row, 0);
	recalled->runner = sql_copy(row, 1);
	recalled->id = sql_copy(row, 2);
	recalled->ran = sqlite3_column_int64(row, 3);
	recalled->unit = unit ? unit->scope : 0;
	recalled->leads = xcalloc(reader->step_count, sizeof(*recalled->leads));
	recalled->lead_count = reader->step_count;
	for (size_t i = 0; i < reader->step_count; i++)
		recalled->leads[i] = reader->steps[i].scope;
}

/* Whether it is the unit that came back just now. */
static bool recall_has(
	const struct recall *recall, const char *runner, const char *id)
{
	const struct recalled *last;

	if (!recall->count)
		return false;
	last = &recall->list[recall->count - 1];
	return !strcmp(last->id, id) && !strcmp(last->runner, runner);
}

/* Whether a place is looked at otherwise now, or not at all. */
static int recall_is_open_place(
	bool *yes, struct recall *recall, int64_t former)
{
	sqlite3_stmt *row = sql_prepare(recall->map,
		"SELECT id FROM scope JOIN (SELECT kind, name FROM former_scope"
		"  WHERE id = ?) AS place ON scope.kind = place.kind"
		" AND scope.name = place.name AND latest = 1",
		recall->err);
	int code = row ? 0 : MAP_IO;

	if (row) {
		sqlite3_bind_int64(row, 1, former);
		code = sql_step(recall->map, row, recall->err);
	}
	*yes = code == 0 || (code > 0 && recall_is_stale(recall,
						 sqlite3_column_int64(row, 0)));
	sqlite3_finalize(row);
	return code < 0 ? code : 0;
}

static int recall_consider_place(struct recall *recall, sqlite3_stmt *row)
{
	char *id = sql_copy(row, 2);
	bool yes = !recall_has(recall, FORMER_PLACE, id);
	int code = 0;

	if (yes)
		code = recall_is_open_place(
			&yes, recall, sqlite3_column_int64(row, 0));
	if (code == 0 && yes)
		code = former_reader_fits(&yes, &recall->reader,
			sqlite3_column_int64(row, 0), recall->err);
	if (code == 0 && yes)
		recall_add(recall, row, NULL);
	free(id);
	return code;
}

static int recall_consider(struct recall *recall, sqlite3_stmt *row)
{
	char *runner = sql_copy(row, 1), *id = sql_copy(row, 2);
	const struct query_unit *unit = recall_unit(recall, runner, id);
	bool yes = false;
	int code = 0;

	if (!recall_has(recall, runner, id) && recall_is_open(recall, unit))
		code = former_reader_fits(&yes, &recall->reader,
			sqlite3_column_int64(row, 0), recall->err);
	if (code == 0 && yes)
		code = recall_is_placed(&yes, recall, unit != NULL);
	if (code == 0 && yes)
		code = recall_uses_rest(&yes, recall);
	if (code == 0 && yes)
		code = recall_made_nothing(
			&yes, recall, unit ? unit->scope : 0);
	if (code == 0 && yes)
		recall_add(recall, row, unit);
	free(runner);
	free(id);
	return code;
}

int recall_find(struct recall *recall)
{
	sqlite3_stmt *row = sql_prepare(recall->map,
		"SELECT scope, runner, id, ran FROM former"
		" ORDER BY runner, id, ran DESC, scope DESC",
		recall->err);
	int code = row ? 1 : MAP_IO;

	while (code > 0 &&
		(code = sql_step(recall->map, row, recall->err)) > 0) {
		code = sqlite3_column_bytes(row, 1)
			       ? recall_consider(recall, row)
			       : recall_consider_place(recall, row);
		code = code == 0 ? 1 : code;
	}
	sqlite3_finalize(row);
	return code;
}
