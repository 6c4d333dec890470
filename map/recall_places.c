/* SPDX-License-Identifier: MIT */
/*
 * Which tests there are where results have come back: those that their files
 * had then.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/frames.h"
#include "base/id.h"
#include "map/readset.h"
#include "map/recall.h"
#include "map/recording_key.h"
#include "map/recording_members.h"
#include "map/sql.h"

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
int recall_files(struct recall *recall)
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
			*(uint32_t *)array_add(&recall->files,
				&recall->file_count, &recall->file_room,
				sizeof(at)) = at;
		}
	for (size_t i = 0; code == 0 && i < recall->file_count; i++)
		code = recall_retire(
			recall, recall->reader.list[recall->files[i]].name);
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

int recall_renew_all(struct recall *recall)
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

int recall_settle(struct recall *recall)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < recall->file_count; i++) {
		const struct former_scope *scope =
			&recall->reader.list[recall->files[i]];
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
int recall_lose(struct recall *recall)
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
