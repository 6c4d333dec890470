/* SPDX-License-Identifier: MIT */
#include "map/query_makers.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "map/query.h"
#include "map/sql.h"

int query_makers(struct query_maker **makers, size_t *count, struct map *map,
	struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT scope.id, scope.kind, scope.name, file.path,"
		" makes.kinds FROM makes"
		" JOIN scope ON scope.id = makes.scope"
		" JOIN file ON file.id = makes.file"
		" WHERE makes.kinds & " SQL_KIND_MAKER " ORDER BY scope.id",
		err);
	struct query_maker *maker = NULL;
	size_t room = 0;
	int code = row ? 1 : MAP_IO;

	*makers = NULL;
	*count = 0;
	while (code > 0 && (code = sql_step(map, row, err)) > 0) {
		int64_t scope = sqlite3_column_int64(row, 0);

		if (!maker || maker->scope != scope) {
			maker = array_add(makers, count, &room, sizeof(*maker));
			maker->scope = scope;
			maker->kind =
				(enum scope_kind)sqlite3_column_int(row, 1);
			maker->name = sql_copy(row, 2);
		}
		*(struct query_made *)array_add(&maker->files, &maker->count,
			&maker->room, sizeof(*maker->files)) =
			(struct query_made){sql_copy(row, 3),
				(uint32_t)sqlite3_column_int64(row, 4)};
	}
	sqlite3_finalize(row);
	return code;
}

void query_makers_release(struct query_maker *makers, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < makers[i].count; k++)
			free(makers[i].files[k].path);
		free(makers[i].files);
		free(makers[i].name);
	}
	free(makers);
}

/* Rows of one column of bytes. */
static int query_makers_read_paths(char ***paths, size_t *count,
	struct map *map, sqlite3_stmt *row, struct err *err)
{
	size_t room = 0;
	int code = row ? 1 : MAP_IO;

	*paths = NULL;
	*count = 0;
	while (code > 0 && (code = sql_step(map, row, err)) > 0)
		*(char **)array_add(paths, count, &room, sizeof(**paths)) =
			sql_copy(row, 0);
	sqlite3_finalize(row);
	return code;
}

int query_outputs(
	char ***paths, size_t *count, struct map *map, struct err *err)
{
	return query_makers_read_paths(paths, count, map,
		sql_prepare(map,
			"SELECT DISTINCT file.path FROM makes"
			" JOIN file ON file.id = makes.file"
			" WHERE makes.kinds & " SQL_KIND_DRIVEN,
			err),
		err);
}

void query_paths_release(char **paths, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(paths[i]);
	free(paths);
}

int query_users(char ***names, size_t *count, struct map *map, int64_t base,
	struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT CAST(unit.runner AS BLOB) || x'2f' || unit.id"
		" FROM uses JOIN unit ON unit.scope = uses.scope"
		" WHERE uses.used = ?",
		err);

	if (row)
		sqlite3_bind_int64(row, 1, base);
	return query_makers_read_paths(names, count, map, row, err);
}

/* The states that one scope of the closure read, and whether it is whole. */
static int query_makers_add_scope(struct query_inputs *inputs, struct map *map,
	int64_t scope, sqlite3_stmt *reads, struct err *err)
{
	struct query_scope what = {0};
	int code = query_scope(&what, map, scope, err);

	if (code == 0 && what.incomplete && !inputs->incomplete)
		inputs->incomplete = xstrdup(what.incomplete);
	query_scope_release(&what);
	if (code < 0)
		return code;
	sqlite3_bind_int64(reads, 1, scope);
	while ((code = sql_step(map, reads, err)) > 0)
		*(struct query_input *)array_add(&inputs->list, &inputs->count,
			&inputs->room, sizeof(*inputs->list)) =
			(struct query_input){sql_copy(reads, 0),
				sqlite3_column_int64(reads, 1),
				(uint32_t)sqlite3_column_int64(reads, 2)};
	sqlite3_reset(reads);
	return code;
}

int query_inputs(struct query_inputs *inputs, struct map *map, int64_t scope,
	struct err *err)
{
	struct query_hits hits = {0};
	sqlite3_stmt *reads = sql_prepare(map,
		"SELECT file.path, state.id, reads.kinds FROM scope"
		" JOIN reads ON reads.readset = scope.readset"
		" JOIN state ON state.id = reads.state"
		" JOIN file ON file.id = state.file"
		" WHERE scope.id = ?",
		err);
	int code = reads ? query_closure(&hits, map, scope, err) : MAP_IO;

	memset(inputs, 0, sizeof(*inputs));
	for (size_t i = 0; code == 0 && i < hits.count; i++)
		code = query_makers_add_scope(
			inputs, map, hits.hits[i].scope, reads, err);
	sqlite3_finalize(reads);
	query_hits_release(&hits);
	return code;
}

void query_inputs_release(struct query_inputs *inputs)
{
	for (size_t i = 0; i < inputs->count; i++)
		free(inputs->list[i].path);
	free(inputs->list);
	free(inputs->incomplete);
	memset(inputs, 0, sizeof(*inputs));
}
