/* SPDX-License-Identifier: MIT */
/*
 * A former result becomes its unit's newest one again.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "map/readset.h"
#include "map/recall.h"
#include "map/sql.h"

int recall_run(
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

int recall_promote(struct recall *recall, const struct recalled *one)
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
