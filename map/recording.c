/* SPDX-License-Identifier: MIT */
#include "map/recording.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "map/alloc.h"
#include "map/sql.h"
#include "map/sweep.h"
#include "wire/kind.h"

static const char *const kind_names[SCOPE_KINDS] = {
	[SCOPE_RUN] = "run",
	[SCOPE_UNIT] = "unit",
	[SCOPE_FIXTURE] = "fixture",
	[SCOPE_MODULE] = "module",
	[SCOPE_COLLECT] = "collect",
	[SCOPE_DISCOVER] = "discover",
	[SCOPE_LISTING] = "listing",
	[SCOPE_PATTERN] = "pattern",
};

const char *scope_kind_name(enum scope_kind kind)
{
	return kind_names[kind];
}

int scope_kind_parse(const char *word, size_t size)
{
	for (int i = 0; i < SCOPE_KINDS; i++)
		if (strlen(kind_names[i]) == size &&
			!memcmp(kind_names[i], word, size))
			return i;
	return -1;
}

bool unit_name_split(const char *name, size_t size, size_t *runner_size,
	const char **id, size_t *id_size)
{
	const char *slash = memchr(name, '/', size);

	if (!slash)
		return false;
	*runner_size = (size_t)(slash - name);
	*id = slash + 1;
	*id_size = size - *runner_size - 1;
	return true;
}

void recording_release(struct recording *recording)
{
	for (size_t i = 0; i < recording->scope_count; i++) {
		free(recording->scopes[i].reads);
		free(recording->scopes[i].makes);
		free(recording->scopes[i].uses);
	}
	free(recording->scopes);
	free(recording->gone);
	memset(recording, 0, sizeof(*recording));
}

/* The statements of one transaction. */
enum statement {
	FIND_SET,
	ADD_SET,
	ADD_READ,
	ADD_SCOPE,
	FIND_UNIT,
	ADD_UNIT,
	ADD_USE,
	ADD_MAKE,
	DROP_MAKERS,
	DROP_USES,
	DROP_MAKES,
	DROP_UNIT,
	DROP_SCOPE,
	OUTDATE,
	STATEMENTS
};

static const char *const sql[STATEMENTS] = {
	[FIND_SET] = "SELECT id FROM readset WHERE digest = ?",
	[ADD_SET] = "INSERT INTO readset (digest) VALUES (?)",
	[ADD_READ] = "INSERT INTO reads (readset, state, kinds)"
		     " VALUES (?, ?, ?)",
	[ADD_SCOPE] = "INSERT INTO scope (kind, name, session, readset, latest,"
		      " incomplete) VALUES (?, ?, ?, ?, ?, ?)",
	[FIND_UNIT] = "SELECT scope FROM unit WHERE runner = ? AND id = ?",
	[ADD_UNIT] = "INSERT INTO unit (scope, runner, id, outcome, duration)"
		     " VALUES (?, ?, ?, ?, ?)",
	[ADD_USE] = "INSERT OR IGNORE INTO uses (scope, used) VALUES (?, ?)",
	[ADD_MAKE] = "INSERT OR REPLACE INTO makes (scope, file, kinds)"
		     " VALUES (?, ?, ?)",
	/* The newest maker of a file is the one that counts. */
	[DROP_MAKERS] = "DELETE FROM makes WHERE file = ?1 AND scope IN"
			" (SELECT scope.id FROM makes JOIN scope"
			" ON scope.id = makes.scope WHERE makes.file = ?1"
			" AND scope.session < ?2)",
	[DROP_USES] = "DELETE FROM uses WHERE scope = ?",
	[DROP_MAKES] = "DELETE FROM makes WHERE scope = ?",
	[DROP_UNIT] = "DELETE FROM unit WHERE scope = ?",
	[DROP_SCOPE] = "DELETE FROM scope WHERE id = ?",
	[OUTDATE] = "UPDATE scope SET latest = 0"
		    " WHERE kind = ? AND name = ? AND latest = 1",
};

struct store {
	struct recording *recording;
	struct map *map;
	struct err *err;
	sqlite3_stmt *stmts[STATEMENTS];
	int64_t session;
	bool dropped; /* something may be unreachable now */
};

static int prepare(struct store *store)
{
	for (int i = 0; i < STATEMENTS; i++) {
		store->stmts[i] = sql_prepare(store->map, sql[i], store->err);
		if (!store->stmts[i])
			return MAP_IO;
	}
	return 0;
}

/* Runs a statement that returns at most one number; 0 when none. */
static int run(struct store *store, enum statement which, int64_t *number)
{
	sqlite3_stmt *stmt = store->stmts[which];
	int code = sql_step(store->map, stmt, store->err);

	if (number)
		*number = code > 0 ? sqlite3_column_int64(stmt, 0) : 0;
	sqlite3_reset(stmt);
	return code < 0 ? code : 0;
}

static int by_state(const void *a, const void *b)
{
	const struct recorded_read *x = a, *y = b;

	return x->state < y->state ? -1 : x->state > y->state;
}

/* Sorts by state and joins the kinds of what is there twice. */
static void normalise_reads(struct recorded_scope *scope)
{
	size_t n = 0;

	if (scope->read_count)
		qsort(scope->reads, scope->read_count, sizeof(*scope->reads),
			by_state);
	for (size_t i = 0; i < scope->read_count; i++) {
		if (n && scope->reads[n - 1].state == scope->reads[i].state)
			scope->reads[n - 1].kinds |= scope->reads[i].kinds;
		else
			scope->reads[n++] = scope->reads[i];
	}
	scope->read_count = n;
}

static int by_id(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static int add_reads(struct store *store, int64_t set, const int64_t *pairs,
	size_t count)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < count; i++) {
		sqlite3_bind_int64(store->stmts[ADD_READ], 1, set);
		sqlite3_bind_int64(store->stmts[ADD_READ], 2, pairs[2 * i]);
		sqlite3_bind_int64(
			store->stmts[ADD_READ], 3, pairs[2 * i + 1]);
		code = run(store, ADD_READ, NULL);
	}
	return code;
}

/* The set of what the scope read: one that exists, or a new one. */
static int store_set(
	struct store *store, struct recorded_scope *scope, int64_t *set)
{
	struct print digest;
	int64_t *pairs;
	int code;

	normalise_reads(scope);
	pairs = xcalloc(scope->read_count, 2 * sizeof(*pairs));
	for (size_t i = 0; i < scope->read_count; i++) {
		pairs[2 * i] = store->recording->files
				       ->states[scope->reads[i].state]
				       .id;
		pairs[2 * i + 1] = scope->reads[i].kinds;
	}
	if (scope->read_count)
		qsort(pairs, scope->read_count, 2 * sizeof(*pairs), by_id);
	digest = print_bytes(pairs, scope->read_count * 2 * sizeof(*pairs), 0);
	sql_bind_bytes(store->stmts[FIND_SET], 1, digest.bytes,
		sizeof(digest.bytes));
	code = run(store, FIND_SET, set);
	if (code == 0 && *set == 0) {
		sql_bind_bytes(store->stmts[ADD_SET], 1, digest.bytes,
			sizeof(digest.bytes));
		code = run(store, ADD_SET, NULL);
		*set = sqlite3_last_insert_rowid(store->map->db);
		if (code == 0)
			code = add_reads(
				store, *set, pairs, scope->read_count);
	}
	free(pairs);
	return code;
}

/* Removes a unit and its edges; what they led to is swept later. */
static int drop_unit(struct store *store, int64_t id)
{
	static const enum statement steps[] = {
		DROP_USES, DROP_MAKES, DROP_UNIT, DROP_SCOPE};
	int code = 0;

	for (size_t i = 0; code == 0 && i < 4; i++) {
		sqlite3_bind_int64(store->stmts[steps[i]], 1, id);
		code = run(store, steps[i], NULL);
	}
	store->dropped = true;
	return code;
}

static int find_unit(
	struct store *store, const char *name, size_t size, int64_t *scope)
{
	sqlite3_stmt *stmt = store->stmts[FIND_UNIT];
	size_t runner_size, id_size;
	const char *id;

	*scope = 0;
	if (!unit_name_split(name, size, &runner_size, &id, &id_size))
		return err_set(store->err, -1, "a unit without a runner");
	sqlite3_bind_text(stmt, 1, name, (int)runner_size, SQLITE_STATIC);
	sql_bind_bytes(stmt, 2, id, id_size);
	return run(store, FIND_UNIT, scope);
}

static int add_unit(struct store *store, const struct recorded_scope *scope)
{
	sqlite3_stmt *stmt = store->stmts[ADD_UNIT];
	size_t runner_size = 0, id_size = 0;
	const char *id = "";

	unit_name_split(
		scope->name, scope->name_size, &runner_size, &id, &id_size);
	sqlite3_bind_int64(stmt, 1, scope->id);
	sqlite3_bind_text(
		stmt, 2, scope->name, (int)runner_size, SQLITE_STATIC);
	sql_bind_bytes(stmt, 3, id, id_size);
	if (scope->outcome)
		sqlite3_bind_text(stmt, 4, scope->outcome, -1, SQLITE_STATIC);
	else
		sqlite3_bind_null(stmt, 4);
	if (scope->duration >= 0)
		sqlite3_bind_int64(stmt, 5, scope->duration);
	else
		sqlite3_bind_null(stmt, 5);
	return run(store, ADD_UNIT, NULL);
}

static bool is_kept_by_name(enum scope_kind kind)
{
	return kind == SCOPE_COLLECT || kind == SCOPE_DISCOVER ||
		kind == SCOPE_LISTING || kind == SCOPE_PATTERN;
}

static int outdate(struct store *store, const struct recorded_scope *scope)
{
	sqlite3_bind_int(store->stmts[OUTDATE], 1, (int)scope->kind);
	sql_bind_bytes(
		store->stmts[OUTDATE], 2, scope->name, scope->name_size);
	store->dropped = true;
	return run(store, OUTDATE, NULL);
}

static int store_scope(struct store *store, struct recorded_scope *scope)
{
	sqlite3_stmt *stmt = store->stmts[ADD_SCOPE];
	int64_t set = 0, old = 0;
	int code = 0;

	if (scope->unwanted)
		return 0;
	if (scope->kind == SCOPE_UNIT) {
		code = find_unit(store, scope->name, scope->name_size, &old);
		if (code == 0 && old && scope->known_only) {
			scope->id = 0;
			return 0;
		}
		if (code == 0 && old)
			code = drop_unit(store, old);
	} else if (is_kept_by_name(scope->kind)) {
		code = outdate(store, scope);
	}
	if (code == 0)
		code = store_set(store, scope, &set);
	if (code < 0)
		return code;
	sqlite3_bind_int(stmt, 1, (int)scope->kind);
	sql_bind_bytes(stmt, 2, scope->name, scope->name_size);
	sqlite3_bind_int64(stmt, 3, store->session);
	sqlite3_bind_int64(stmt, 4, set);
	sqlite3_bind_int(stmt, 5, is_kept_by_name(scope->kind));
	if (scope->incomplete)
		sqlite3_bind_text(
			stmt, 6, scope->incomplete, -1, SQLITE_STATIC);
	else
		sqlite3_bind_null(stmt, 6);
	code = run(store, ADD_SCOPE, NULL);
	scope->id = sqlite3_last_insert_rowid(store->map->db);
	if (code == 0 && scope->kind == SCOPE_UNIT)
		code = add_unit(store, scope);
	return code;
}

static int store_edges(struct store *store, const struct recorded_scope *scope)
{
	struct recording *recording = store->recording;
	int code = 0;

	for (size_t i = 0; code == 0 && i < scope->use_count; i++) {
		int64_t used = recording->scopes[scope->uses[i]].id;

		if (!used || used == scope->id)
			continue;
		sqlite3_bind_int64(store->stmts[ADD_USE], 1, scope->id);
		sqlite3_bind_int64(store->stmts[ADD_USE], 2, used);
		code = run(store, ADD_USE, NULL);
	}
	for (size_t i = 0; code == 0 && i < scope->make_count; i++) {
		int64_t file =
			recording->files->files[scope->makes[i].file].id;

		if (scope->makes[i].kinds & KINDS_MAKER) {
			sqlite3_bind_int64(store->stmts[DROP_MAKERS], 1, file);
			sqlite3_bind_int64(
				store->stmts[DROP_MAKERS], 2, store->session);
			code = run(store, DROP_MAKERS, NULL);
		}
		if (code < 0)
			break;
		sqlite3_bind_int64(store->stmts[ADD_MAKE], 1, scope->id);
		sqlite3_bind_int64(store->stmts[ADD_MAKE], 2, file);
		sqlite3_bind_int64(
			store->stmts[ADD_MAKE], 3, scope->makes[i].kinds);
		code = run(store, ADD_MAKE, NULL);
	}
	return code;
}

static int add_session(struct store *store)
{
	const struct recording *recording = store->recording;
	sqlite3_stmt *stmt = sql_prepare(store->map,
		"INSERT INTO session (started, duration, command, status)"
		" VALUES (?, ?, ?, ?)",
		store->err);
	int code;

	if (!stmt)
		return MAP_IO;
	sqlite3_bind_int64(stmt, 1, recording->started);
	sqlite3_bind_int64(stmt, 2, recording->duration);
	sql_bind_bytes(
		stmt, 3, recording->command, strlen(recording->command));
	sqlite3_bind_int(stmt, 4, recording->status);
	code = sql_once(store->map, stmt, store->err);
	sqlite3_finalize(stmt);
	store->session = sqlite3_last_insert_rowid(store->map->db);
	return code;
}

static int drop_gone(struct store *store)
{
	struct recording *recording = store->recording;
	int64_t scope;
	int code = 0;

	for (size_t i = 0; code == 0 && i < recording->gone_count; i++) {
		code = find_unit(store, recording->gone[i].name,
			recording->gone[i].size, &scope);
		if (code == 0 && scope)
			code = drop_unit(store, scope);
	}
	return code;
}

int recording_store(
	struct recording *recording, struct map *map, struct err *err)
{
	struct store store = {
		.recording = recording, .map = map, .err = err};
	int code;

	map_files_settle(recording->files);
	code = map_files_save(recording->files, map, err);
	if (code == 0)
		code = prepare(&store);
	if (code == 0)
		code = add_session(&store);
	for (size_t i = 0; code == 0 && i < recording->scope_count; i++)
		code = store_scope(&store, &recording->scopes[i]);
	for (size_t i = 0; code == 0 && i < recording->scope_count; i++)
		if (recording->scopes[i].id)
			code = store_edges(&store, &recording->scopes[i]);
	if (code == 0)
		code = drop_gone(&store);
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(store.stmts[i]);
	if (code == 0 && store.dropped)
		code = map_sweep(map, err);
	return code;
}
