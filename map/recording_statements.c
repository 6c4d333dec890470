/* SPDX-License-Identifier: MIT */
#include "map/recording_statements.h"

static const char *const sql[STATEMENTS] = {
	[FIND_SCOPE] = "SELECT id FROM scope WHERE digest = ?",
	/* One that is remembered gets its number back. */
	[FIND_FORMER] = "SELECT id FROM former_scope WHERE digest = ?"
			" AND id NOT IN (SELECT id FROM scope)",
	[ADD_SCOPE] = "INSERT INTO scope (kind, name, session, readset, latest,"
		      " incomplete, digest, id) VALUES (?, ?, ?, ?, ?, ?, ?,"
		      " ?)",
	[DROP_FORMER] = "DELETE FROM former WHERE scope = ?",
	[DROP_FORMER_SCOPE] = "DELETE FROM former_scope WHERE id = ?",
	[FIND_UNIT] = SQL_FIND_UNIT,
	[ADD_UNIT] = "INSERT INTO unit (scope, runner, id, outcome, duration,"
		     " place) VALUES (?, ?, ?, ?, ?, ?)",
	[UPDATE_UNIT] = "UPDATE unit SET outcome = ?2, duration = ?3,"
			" place = ?4, recalled = NULL WHERE scope = ?1",
	[ADD_USE] = "INSERT OR IGNORE INTO uses (scope, used) VALUES (?, ?)",
	/* Who needs a unit needs it as it ran last, whenever that was. */
	[ADD_USERS] = "INSERT OR IGNORE INTO uses (scope, used)"
		      " SELECT uses.scope, ?2 FROM uses"
		      " JOIN unit ON unit.scope = uses.scope"
		      " WHERE uses.used = ?1",
	/*
	 * A scope can have done several things to parts of a file. What it
	 * did not write this time is its product still.
	 */
	[ADD_MAKE] = "INSERT INTO makes (scope, file, kinds, session)"
		     " VALUES (?, ?, ?, ?) ON CONFLICT (scope, file)"
		     " DO UPDATE SET session = excluded.session,"
		     " kinds = excluded.kinds | CASE"
		     "  WHEN session = excluded.session THEN kinds"
		     "  WHEN excluded.kinds & " SQL_KIND_WRITE " THEN 0"
		     "  ELSE kinds & " SQL_KIND_MAKER " END",
	[DROP_MAKERS] = "DELETE FROM makes WHERE file = ?1 AND session < ?2",
	[DROP_MAKES] = "DELETE FROM makes WHERE scope = ?",
	/* What it made and left alone is still its product. */
	[DROP_FACTS] = "DELETE FROM makes WHERE scope = ?"
		       " AND NOT kinds & " SQL_KIND_MAKER,
	[DROP_UNIT] = "DELETE FROM unit WHERE scope = ?",
	[FIND_LATEST] = "SELECT id FROM scope WHERE kind = ? AND name = ?"
			" AND latest = 1 AND id <> ?",
	[OUTDATE] = "UPDATE scope SET latest = 0"
		    " WHERE kind = ? AND name = ? AND latest = 1"
		    " AND id <> ?",
	[RETIRE] = "UPDATE scope SET latest = 0 WHERE id = ?",
	[RENEW] = "UPDATE scope SET latest = 1 WHERE id = ? AND latest = 0",
};

int recording_statements_prepare(
	sqlite3_stmt *list[STATEMENTS], struct map *map, struct err *err)
{
	for (int i = 0; i < STATEMENTS; i++) {
		list[i] = sql_prepare(map, sql[i], err);
		if (!list[i])
			return MAP_IO;
	}
	return 0;
}
