/* SPDX-License-Identifier: MIT */
#include "map/former_recall.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/frames.h"
#include "base/id.h"
#include "map/former.h"
#include "map/former_read.h"
#include "map/query.h"
#include "map/readset.h"
#include "map/recording_key.h"
#include "map/recording_members.h"
#include "map/sweep.h"

/* A result that comes back. */
struct recalled {
	char *runner, *id;
	int64_t scope;
	int64_t unit; /* the scope that the unit has now; 0: no such unit */
	int64_t ran;
	uint32_t *leads; /* to these scopes of the reader */
	size_t lead_count;
};

/* A file that is collected as it was then. */
struct recollected {
	uint32_t scope; /* in the reader */
};

struct recall {
	struct map *map;
	struct err *err;
	struct former_reader reader;
	struct query_units units;
	struct query_hits stale;  /* who can reach what is not as it was */
	struct query_hits unseen; /* who can reach what was not all seen */
	bool unseen_known;
	struct former_makers makers;
	struct interner made; /* files that somebody made */
	struct recalled *list;
	size_t count, room;
	struct recollected *files;
	size_t file_count, file_room;
};

/* States of the newest results that are not as they were. */
static int64_t *recall_changed(
	size_t *count, const struct map_files *files, const bool *counts)
{
	int64_t *list = NULL;
	size_t room = 0;

	*count = 0;
	for (size_t s = 0; s < files->state_count; s++) {
		const struct map_state *state = &files->states[s];

		if (state->id && !state->live && !state->former &&
			(!counts || counts[state->file]))
			*(int64_t *)array_add(
				&list, count, &room, sizeof(*list)) = state->id;
	}
	return list;
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
			if (intern_find(&recall->made, &file, sizeof(file)) !=
				INTERN_NONE)
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
			code = recall_is_used(
				&used, recall, row, scope->made[k], own);
	}
	sqlite3_finalize(row);
	*yes &= !used;
	return code;
}

static bool recall_is_file(const struct former_scope *scope)
{
	return scope->kind == SCOPE_COLLECT && !id_file(scope->name);
}

static int recall_is_latest(bool *yes, struct recall *recall, int64_t scope)
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
	const struct recalled *last = recall->list + recall->count - 1;

	return recall->count && !strcmp(last->id, id) &&
	       !strcmp(last->runner, runner);
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

/* Those that fit, the newest of each unit. */
static int recall_find(struct recall *recall)
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

/* One statement with numbers for its parameters. */
static int recall_run(
	struct recall *recall, const char *sql, int64_t first, int64_t second)
{
	sqlite3_stmt *stmt = sql_prepare(recall->map, sql, recall->err);
	int code = MAP_IO;

	if (stmt) {
		sqlite3_bind_int64(stmt, 1, first);
		if (sqlite3_bind_parameter_count(stmt) > 1)
			sqlite3_bind_int64(stmt, 2, second);
		code = sql_once(recall->map, stmt, recall->err);
	}
	sqlite3_finalize(stmt);
	return code;
}

/* A scope as it was, among those of newest results; unless it is there. */
static int recall_restore_scope(
	struct recall *recall, const struct former_scope *scope)
{
	struct print digest;
	int64_t *pairs = NULL, set = 0;
	size_t count;
	sqlite3_stmt *stmt = sql_prepare(recall->map,
		"INSERT INTO scope (id, kind, name, session, readset, latest,"
		" digest, members) VALUES (?, ?, ?, ?, ?, 0, ?, ?)",
		recall->err);
	int code = stmt ? former_reader_set(&pairs, &count, &digest,
				  &recall->reader, scope->content, recall->err)
			: MAP_IO;

	if (code == 0)
		code = readset_store(
			recall->map, &digest, pairs, count, &set, recall->err);
	if (code == 0) {
		sqlite3_bind_int64(stmt, 1, scope->id);
		sqlite3_bind_int(stmt, 2, (int)scope->kind);
		sql_bind_bytes(stmt, 3, scope->name, strlen(scope->name));
		sqlite3_bind_int64(stmt, 4, scope->session);
		sqlite3_bind_int64(stmt, 5, set);
		sql_bind_bytes(stmt, 6, scope->digest.bytes,
			sizeof(scope->digest.bytes));
		if (scope->members)
			sql_bind_bytes(
				stmt, 7, scope->members, scope->members_size);
		code = sql_once(recall->map, stmt, recall->err);
	}
	for (size_t i = 0; code == 0 && i < scope->use_count; i++)
		code = recall_run(recall,
			"INSERT OR IGNORE INTO uses (scope, used)"
			" VALUES (?, ?)",
			scope->id, scope->uses[i]);
	sqlite3_finalize(stmt);
	free(pairs);
	return code;
}

static int recall_restore(struct recall *recall, const struct recalled *one)
{
	sqlite3_stmt *find = sql_prepare(
		recall->map, "SELECT 1 FROM scope WHERE id = ?", recall->err);
	int code = find ? 0 : MAP_IO;

	for (size_t i = 0; code == 0 && i < one->lead_count; i++) {
		const struct former_scope *scope =
			&recall->reader.list[one->leads[i]];

		sqlite3_bind_int64(find, 1, scope->id);
		code = sql_step(recall->map, find, recall->err);
		sqlite3_reset(find);
		if (code == 0)
			code = recall_restore_scope(recall, scope);
		else if (code > 0)
			code = 0;
	}
	sqlite3_finalize(find);
	return code;
}

static int recall_label(struct recall *recall, int64_t scope)
{
	sqlite3_stmt *row = sql_prepare(recall->map,
		"SELECT labels FROM former WHERE scope = ?", recall->err);
	sqlite3_stmt *add = sql_prepare(recall->map,
		"INSERT OR IGNORE INTO label (scope, name) VALUES (?, ?)",
		recall->err);
	int code = row && add ? 0 : MAP_IO;

	if (code == 0) {
		sqlite3_bind_int64(row, 1, scope);
		code = sql_step(recall->map, row, recall->err);
	}
	if (code > 0) {
		const char *at = sqlite3_column_blob(row, 0);
		const char *end = at ? at + sqlite3_column_bytes(row, 0) : NULL;

		for (code = 0; code == 0 && at && at < end;
			at += strnlen(at, (size_t)(end - at)) + 1) {
			sqlite3_bind_int64(add, 1, scope);
			sql_bind_bytes(
				add, 2, at, strnlen(at, (size_t)(end - at)));
			code = sql_once(recall->map, add, recall->err);
		}
	}
	sqlite3_finalize(row);
	sqlite3_finalize(add);
	return code;
}

/* Files that the unit made last are its own still. */
static int recall_replace(struct recall *recall, const struct recalled *one)
{
	static const char *const texts[] = {
		"INSERT OR IGNORE INTO makes (scope, file, kinds, session)"
		" SELECT ?2, file, kinds, session FROM makes"
		" WHERE kinds & " SQL_KIND_MAKER " AND (scope = ?1 OR scope IN"
		"  (SELECT used FROM uses WHERE scope = ?1))",
		"INSERT OR IGNORE INTO uses (scope, used)"
		" SELECT uses.scope, ?2 FROM uses"
		" JOIN unit ON unit.scope = uses.scope"
		" WHERE uses.used = ?1",
		"DELETE FROM makes WHERE scope = ?1",
		"DELETE FROM unit WHERE scope = ?1",
	};
	int code = former_demote(recall->map, one->unit, recall->err);

	for (size_t i = 0; code == 0 && i < sizeof(texts) / sizeof(*texts); i++)
		code = recall_run(recall, texts[i], one->unit, one->scope);
	return code;
}

static int recall_tally(struct recall *recall, int64_t ran)
{
	static const int64_t ages[] = {3600, 86400, INT64_C(7) * 86400};
	static const char *const names[] = {"recalled-hour", "recalled-day",
		"recalled-week", "recalled-longer"};
	int64_t seconds = (clock_now() - ran) / 1000000000;
	size_t at = 0;
	sqlite3_stmt *stmt = sql_prepare(recall->map,
		"INSERT INTO tally (name, count) VALUES (?, 1)"
		" ON CONFLICT (name) DO UPDATE SET count = count + 1",
		recall->err);
	int code = MAP_IO;

	while (at < 3 && seconds > ages[at])
		at++;
	if (stmt) {
		sqlite3_bind_text(stmt, 1, names[at], -1, SQLITE_STATIC);
		code = sql_once(recall->map, stmt, recall->err);
	}
	sqlite3_finalize(stmt);
	return code;
}

/* It is the unit's newest result, as if it had run just now. */
static int recall_promote(struct recall *recall, const struct recalled *one)
{
	static const char *const texts[] = {
		"INSERT INTO unit (scope, runner, id, outcome, duration, place,"
		" recalled) SELECT scope, runner, id, outcome, duration, place,"
		" ran FROM former WHERE scope = ?",
		"DELETE FROM former WHERE scope = ?",
		"DELETE FROM former_scope WHERE id = ?",
	};
	int code = recall_restore(recall, one);

	if (!*one->runner)
		return code == 0 ? recall_run(recall, texts[1], one->scope, 0)
				 : code;
	if (code == 0 && one->unit)
		code = recall_replace(recall, one);
	if (code == 0)
		code = recall_label(recall, one->scope);
	for (size_t i = 0; code == 0 && i < sizeof(texts) / sizeof(*texts); i++)
		code = recall_run(recall, texts[i], one->scope, 0);
	return code == 0 ? recall_tally(recall, one->ran) : code;
}

/* What a file without tests is collected from now is remembered. */
static int recall_demote_file(struct recall *recall, const char *name)
{
	sqlite3_stmt *row = sql_prepare(recall->map,
		"SELECT id FROM scope WHERE kind = ? AND name = ?"
		" AND latest = 1",
		recall->err);
	int64_t scope = 0;
	int code = row ? 0 : MAP_IO;

	if (row) {
		sqlite3_bind_int(row, 1, SCOPE_COLLECT);
		sql_bind_bytes(row, 2, name, strlen(name));
		code = sql_step(recall->map, row, recall->err);
		scope = code > 0 ? sqlite3_column_int64(row, 0) : 0;
	}
	sqlite3_finalize(row);
	return code > 0 ? former_demote_place(recall->map, scope, recall->err)
			: code;
}

/* What is said of a file and of the classes in it holds no more. */
static int recall_retire(struct recall *recall, const char *name)
{
	char *inside = id_of(name, "");
	sqlite3_stmt *stmt = NULL;
	int code = recall_demote_file(recall, name);

	if (code == 0)
		stmt = sql_prepare(recall->map,
			"UPDATE scope SET latest = 0 WHERE latest = 1"
			" AND kind = ?1 AND (name = ?2"
			"  OR substr(name, 1, length(?3)) = ?3)",
			recall->err);
	if (code == 0 && !stmt)
		code = MAP_IO;
	if (stmt) {
		sqlite3_bind_int(stmt, 1, SCOPE_COLLECT);
		sql_bind_bytes(stmt, 2, name, strlen(name));
		sql_bind_bytes(stmt, 3, inside, strlen(inside));
		code = sql_once(recall->map, stmt, recall->err);
	}
	sqlite3_finalize(stmt);
	free(inside);
	return code;
}

/* The files that are collected as they were, each once. */
static int recall_files(struct recall *recall)
{
	struct interner names = {0};
	int code = 0;

	for (size_t i = 0; code == 0 && i < recall->count; i++)
		for (size_t k = 0; code == 0 && k < recall->list[i].lead_count;
			k++) {
			uint32_t at = recall->list[i].leads[k];
			const struct former_scope *scope =
				&recall->reader.list[at];
			bool latest = true;

			if (recall_is_file(scope))
				code = recall_is_latest(
					&latest, recall, scope->id);
			if (latest || intern(&names, scope->name,
					      strlen(scope->name)) !=
					      recall->file_count)
				continue;
			*(struct recollected *)array_add(&recall->files,
				&recall->file_count, &recall->file_room,
				sizeof(struct recollected)) =
				(struct recollected){at};
		}
	for (size_t i = 0; code == 0 && i < recall->file_count; i++)
		code = recall_retire(recall,
			recall->reader.list[recall->files[i].scope].name);
	interner_release(&names);
	return code;
}

/* Of a name the scope is the newest one. */
static int recall_renew(struct recall *recall, int64_t scope)
{
	sqlite3_stmt *row = sql_prepare(recall->map,
		"SELECT other.id FROM scope JOIN scope AS other"
		" ON other.kind = scope.kind AND other.name = scope.name"
		" AND other.latest = 1 AND other.id <> scope.id"
		" WHERE scope.id = ?",
		recall->err);
	int64_t former = 0;
	int code = row ? 0 : MAP_IO;

	if (row) {
		sqlite3_bind_int64(row, 1, scope);
		code = sql_step(recall->map, row, recall->err);
		former = code > 0 ? sqlite3_column_int64(row, 0) : 0;
	}
	sqlite3_finalize(row);
	if (code > 0)
		code = former_demote_place(recall->map, former, recall->err);
	if (code == 0)
		code = recall_run(recall,
			"UPDATE scope SET latest = 0 WHERE latest = 1 AND id "
			"<> ?1"
			" AND kind = (SELECT kind FROM scope WHERE id = ?1)"
			" AND name = (SELECT name FROM scope WHERE id = ?1)",
			scope, 0);

	return code == 0 ? recall_run(recall,
				   "UPDATE scope SET latest = 1"
				   " WHERE id = ?",
				   scope, 0)
			 : code;
}

static int recall_renew_all(struct recall *recall)
{
	bool *done = xcalloc(recall->reader.count + 1, sizeof(*done));
	int code = 0;

	for (size_t i = 0; code == 0 && i < recall->count; i++)
		for (size_t k = 0; code == 0 && k < recall->list[i].lead_count;
			k++) {
			uint32_t at = recall->list[i].leads[k];
			const struct former_scope *scope =
				&recall->reader.list[at];

			if (done[at] || (scope->kind != SCOPE_COLLECT &&
						scope->kind != SCOPE_DISCOVER))
				continue;
			done[at] = true;
			code = recall_renew(recall, scope->id);
		}
	free(done);
	return code;
}

/* A unit that is not there now; its result is remembered. */
static int recall_remove(struct recall *recall, const char *runner,
	size_t runner_size, const char *id, size_t id_size)
{
	sqlite3_stmt *find =
		sql_prepare(recall->map, SQL_FIND_UNIT, recall->err);
	int64_t scope = 0;
	int code = find ? sql_find_unit(&scope, recall->map, find, runner,
				  runner_size, id, id_size, recall->err)
			: MAP_IO;

	sqlite3_finalize(find);
	if (code < 0 || !scope)
		return code;
	code = former_demote(recall->map, scope, recall->err);
	if (code == 0)
		code = recall_run(
			recall, "DELETE FROM makes WHERE scope = ?", scope, 0);
	return code == 0 ? recall_run(recall,
				   "DELETE FROM unit WHERE scope = ?", scope, 0)
			 : code;
}

/* A unit that is there, and of which no result fits. */
static int recall_meet(struct recall *recall, const char *name, size_t size)
{
	struct print print = recording_set_print(NULL, 0);
	sqlite3_stmt *stmt = NULL;
	size_t runner_size, id_size;
	int64_t scope = 0, set = 0;
	const char *id;
	int code = 0;

	if (!unit_name_split(name, size, &runner_size, &id, &id_size))
		return 0;
	code = former_next_scope(&scope, recall->map, recall->err);
	if (code == 0)
		code = readset_store(
			recall->map, &print, NULL, 0, &set, recall->err);
	if (code == 0)
		stmt = sql_prepare(recall->map,
			"INSERT INTO scope (id, kind, name, session, readset,"
			" latest, digest) VALUES (?1, ?2, ?3, (SELECT max(id)"
			" FROM session), ?4, 0, randomblob(16))",
			recall->err);
	if (!stmt)
		return code < 0 ? code : MAP_IO;
	sqlite3_bind_int64(stmt, 1, scope);
	sqlite3_bind_int(stmt, 2, SCOPE_UNIT);
	sql_bind_bytes(stmt, 3, name, size);
	sqlite3_bind_int64(stmt, 4, set);
	code = sql_once(recall->map, stmt, recall->err);
	sqlite3_finalize(stmt);
	if (code < 0)
		return code;
	stmt = sql_prepare(recall->map,
		"INSERT OR IGNORE INTO unit (scope, runner, id)"
		" VALUES (?, ?, ?)",
		recall->err);
	if (!stmt)
		return MAP_IO;
	sqlite3_bind_int64(stmt, 1, scope);
	sqlite3_bind_text(stmt, 2, name, (int)runner_size, SQLITE_STATIC);
	sql_bind_bytes(stmt, 3, id, id_size);
	code = sql_once(recall->map, stmt, recall->err);
	sqlite3_finalize(stmt);
	return code;
}

static void recall_read_names(
	struct interner *names, const char *bytes, size_t size)
{
	struct frames_reader reader = {bytes, bytes + size};
	struct frame frame;

	while (frames_next(&reader, &frame, NULL))
		intern(names, frame.bytes, frame.size);
}

/* Those of the file that the map has are those that there are. */
static int recall_settle_file(
	struct recall *recall, const char *file, const struct interner *members)
{
	struct interner known = {0};
	size_t size, runner, id_size;
	const char *id;
	char *bytes;
	int code = recording_members_find(
		&bytes, &size, recall->map, file, strlen(file), recall->err);

	if (code == 0)
		recall_read_names(&known, bytes, size);
	free(bytes);
	for (uint32_t i = 0; code == 0 && i < known.count; i++) {
		const struct interned *name = &known.entries[i];

		if (intern_find(members, name->bytes, name->size) ==
				INTERN_NONE &&
			unit_name_split(name->bytes, name->size, &runner, &id,
				&id_size))
			code = recall_remove(
				recall, name->bytes, runner, id, id_size);
	}
	for (uint32_t i = 0; code == 0 && i < members->count; i++) {
		const struct interned *name = &members->entries[i];

		if (intern_find(&known, name->bytes, name->size) == INTERN_NONE)
			code = recall_meet(recall, name->bytes, name->size);
	}
	interner_release(&known);
	return code;
}

static int recall_settle(struct recall *recall)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < recall->file_count; i++) {
		const struct former_scope *scope =
			&recall->reader.list[recall->files[i].scope];
		struct interner members = {0};

		if (!scope->members)
			continue;
		recall_read_names(
			&members, scope->members, scope->members_size);
		code = recall_settle_file(recall, scope->name, &members);
		interner_release(&members);
	}
	return code;
}

/* Files that are not there now, with their units. */
static int recall_lose(struct recall *recall)
{
	const struct map_files *files = recall->reader.files;
	const struct interner nobody = {0};
	struct query_name *names = NULL;
	size_t count = 0;
	int code = query_names(
		&names, &count, recall->map, SCOPE_COLLECT, recall->err);

	for (size_t i = 0; code == 0 && i < count; i++) {
		const char *name = names[i].name;
		uint32_t file = intern_find(&files->paths, name, strlen(name));

		if (id_file(name) || file == INTERN_NONE ||
			files->files[file].state == FILE_NONE ||
			files->files[file].identity.mode)
			continue;
		code = recall_retire(recall, name);
		if (code == 0)
			code = recall_settle_file(recall, name, &nobody);
	}
	query_names_release(names, count);
	return code;
}

static int recall_store(struct recall *recall)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < recall->count; i++)
		code = recall_promote(recall, &recall->list[i]);
	if (code == 0)
		code = recall_files(recall);
	if (code == 0)
		code = recall_renew_all(recall);
	if (code == 0)
		code = recall_settle(recall);
	if (code == 0)
		code = recall_lose(recall);
	if (code == 0)
		code = former_take_along(
			recall->map, &recall->makers, recall->err);
	if (code == 0)
		code = former_limit(recall->map, recall->err);
	return code == 0 ? map_sweep(recall->map, recall->err) : code;
}

static int recall_open(struct recall *recall, const struct map_files *files,
	const bool *counts, const int64_t *changed, size_t count)
{
	struct map *map = recall->map;
	int code = query_dependents(
		&recall->stale, map, changed, count, NULL, 0, recall->err);

	if (code == 0)
		code = query_units(&recall->units, map, recall->err);
	if (code == 0)
		code = former_makers_load(&recall->makers, map, recall->err);
	for (size_t i = 0; i < recall->makers.count; i++)
		intern(&recall->made, &recall->makers.list[i].file,
			sizeof(int64_t));
	return code == 0 ? former_reader_open(&recall->reader, map, files,
				   counts, recall->err)
			 : code;
}

static void recall_close(struct recall *recall)
{
	for (size_t i = 0; i < recall->count; i++) {
		free(recall->list[i].runner);
		free(recall->list[i].id);
		free(recall->list[i].leads);
	}
	free(recall->list);
	free(recall->files);
	interner_release(&recall->made);
	former_makers_release(&recall->makers);
	query_hits_release(&recall->stale);
	query_hits_release(&recall->unseen);
	query_units_release(&recall->units);
	former_reader_close(&recall->reader);
}

/* Where it cannot be written more is run, and no harm is done. */
static int recall_write(size_t *recalled, struct recall *recall)
{
	int code = map_enter(recall->map, recall->err);

	if (code == 0 && (code = recall_store(recall)) < 0)
		map_undo(recall->map);
	else if (code == 0)
		code = map_leave(recall->map, recall->err);
	if (code == 0)
		*recalled = recall->count;
	return code == MAP_IO ? 0 : code;
}

/*
 * A number for what a search for former results looks at. Another search with
 * the same one finds nothing, either; where it is so by chance more is run.
 */
static int recall_number(int64_t *number, struct map *map,
	const struct map_files *files, const bool *counts, struct err *err)
{
	static const char *const texts[] = {"SELECT count(*) FROM former",
		"SELECT sum(scope) FROM former", "SELECT max(ran) FROM former",
		"SELECT sum(scope) FROM unit", "SELECT max(id) FROM session"};
	const size_t n = sizeof(texts) / sizeof(*texts);
	int64_t *seen = xcalloc(n + files->state_count, sizeof(*seen));
	struct print print;
	int code = 0;

	for (size_t i = 0; code == 0 && i < n; i++)
		code = sql_number(map, texts[i], &seen[i], err);
	for (size_t s = 0; s < files->state_count; s++) {
		const struct map_state *state = &files->states[s];
		bool stands = state->live || (counts && !counts[state->file]);

		seen[n + s] = state->id * 2 + stands;
	}
	print = print_bytes(seen, (n + files->state_count) * sizeof(*seen), 0);
	memcpy(number, print.bytes, sizeof(*number));
	free(seen);
	return code;
}

/* That a search has found nothing; where it cannot be kept it is made anew. */
static void recall_keep_number(struct map *map, int64_t number)
{
	sqlite3_stmt *stmt;

	if (map_enter(map, NULL) < 0)
		return;
	stmt = sql_prepare(map,
		"INSERT OR REPLACE INTO tally (name, count)"
		" VALUES ('nothing-fits', ?)",
		NULL);
	if (stmt)
		sqlite3_bind_int64(stmt, 1, number);
	if (stmt && sql_once(map, stmt, NULL) == 0) {
		sqlite3_finalize(stmt);
		map_leave(map, NULL);
		return;
	}
	sqlite3_finalize(stmt);
	map_undo(map);
}

int former_recall(size_t *recalled, struct map *map,
	const struct map_files *files, const bool *counts, struct err *err)
{
	struct recall recall = {.map = map, .err = err};
	int64_t any = 0, *changed, number = 0, last = 0;
	size_t count = 0;
	int code = map->read_only
			   ? 0
			   : sql_number(map,
				     "SELECT EXISTS (SELECT 1 FROM former)",
				     &any, err);

	*recalled = 0;
	if (code < 0 || !any)
		return code;
	code = recall_number(&number, map, files, counts, err);
	if (code == 0)
		code = sql_number(map,
			"SELECT count FROM tally WHERE name = 'nothing-fits'",
			&last, err);
	if (code < 0 || number == last)
		return code;
	changed = recall_changed(&count, files, counts);
	if (count)
		code = recall_open(&recall, files, counts, changed, count);
	if (code == 0 && count)
		code = recall_find(&recall);
	free(changed);
	if (code == 0 && recall.count)
		code = recall_write(recalled, &recall);
	else if (code == 0 && count)
		recall_keep_number(map, number);
	recall_close(&recall);
	return code;
}
