/* SPDX-License-Identifier: MIT */
#include "map/query_check.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "map/sql.h"

int query_base_name(
	char **name, struct map *map, const char *id, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT scope.name FROM unit"
		" JOIN uses ON uses.scope = unit.scope"
		" JOIN scope ON scope.id = uses.used AND scope.kind "
		"= " SQL_SCOPE_RUN
		" WHERE unit.runner = 'command' AND unit.id = ?",
		err);
	int code;

	*name = NULL;
	if (!row)
		return MAP_IO;
	sql_bind_bytes(row, 1, id, strlen(id));
	code = sql_step(map, row, err);
	if (code > 0)
		*name = sql_copy(row, 0);
	sqlite3_finalize(row);
	return code < 0 ? code : 0;
}

/* The unit ?1 and what it uses. */
#define OWN_SCOPES \
	"WITH own (id) AS (" \
	" SELECT scope FROM unit" \
	"  WHERE runner = 'command' AND id = ?1" \
	" UNION SELECT uses.used FROM unit" \
	"  JOIN uses ON uses.scope = unit.scope" \
	"  WHERE unit.runner = 'command' AND unit.id = ?1)"

int query_own(struct query_own **list, size_t *count, struct map *map,
	const char *id, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		OWN_SCOPES
		" SELECT DISTINCT file.path, state.aspect FROM own"
		" JOIN scope ON scope.id = own.id"
		" JOIN reads ON reads.readset = scope.readset"
		" JOIN state ON state.id = reads.state AND state.block = x''"
		" JOIN file ON file.id = state.file"
		" WHERE state.aspect = " SQL_ASPECT_LISTING
		" OR (state.aspect = " SQL_ASPECT_CONTENT
		"  AND EXISTS (SELECT 1 FROM makes WHERE makes.file = file.id"
		"   AND makes.scope IN (SELECT id FROM own)))",
		err);
	size_t room = 0;
	int code = row ? 1 : MAP_IO;

	*list = NULL;
	*count = 0;
	if (row)
		sql_bind_bytes(row, 1, id, strlen(id));
	while (code > 0) {
		struct query_own *own;

		code = sql_step(map, row, err);
		if (code <= 0)
			break;
		own = array_add(list, count, &room, sizeof(*own));
		own->path = sql_copy(row, 0);
		own->aspect = (enum aspect)sqlite3_column_int(row, 1);
	}
	sqlite3_finalize(row);
	return code;
}

void query_own_release(struct query_own *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(list[i].path);
	free(list);
}

int query_products(char ***paths, size_t *count, struct map *map,
	const char *id, struct err *err)
{
	/* Zeroes: what was not there for them, either. */
	sqlite3_stmt *row = sql_prepare(map,
		OWN_SCOPES
		" SELECT DISTINCT file.path FROM own"
		" JOIN makes ON makes.scope = own.id AND makes.kinds "
		"& " SQL_KIND_MAKER " JOIN file ON file.id = makes.file"
		" WHERE EXISTS (SELECT 1 FROM state"
		"  JOIN reads ON reads.state = state.id"
		"  JOIN scope ON scope.readset = reads.readset"
		"  WHERE state.file = file.id AND state.print <> zeroblob(16)"
		"   AND scope.id NOT IN (SELECT id FROM own))",
		err);
	size_t room = 0;
	int code = row ? 1 : MAP_IO;

	*paths = NULL;
	*count = 0;
	if (row)
		sql_bind_bytes(row, 1, id, strlen(id));
	while (code > 0 && (code = sql_step(map, row, err)) > 0)
		*(char **)array_add(paths, count, &room, sizeof(**paths)) =
			sql_copy(row, 0);
	sqlite3_finalize(row);
	return code;
}
