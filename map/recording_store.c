/* SPDX-License-Identifier: MIT */
/*
 * The transaction that adds a recording to the map. What is the same as
 * before, down to everything it reaches, is left where it is.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "map/command.h"
#include "map/former.h"
#include "map/left.h"
#include "map/readset.h"
#include "map/recording.h"
#include "map/recording_key.h"
#include "map/recording_lists.h"
#include "map/recording_members.h"
#include "map/recording_news.h"
#include "map/sql.h"
#include "map/sweep.h"
#include "wire/kind.h"

/* The statements of one transaction. */
enum statement {
	FIND_SCOPE,
	FIND_FORMER,
	ADD_SCOPE,
	DROP_FORMER,
	DROP_FORMER_SCOPE,
	FIND_UNIT,
	ADD_UNIT,
	UPDATE_UNIT,
	ADD_USE,
	ADD_USERS,
	ADD_MAKE,
	DROP_MAKERS,
	DROP_MAKES,
	DROP_FACTS,
	DROP_UNIT,
	FIND_LATEST,
	OUTDATE,
	RENEW,
	RETIRE,
	STATEMENTS
};

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

struct store {
	struct recording *recording;
	struct map *map;
	struct err *err;
	sqlite3_stmt *stmts[STATEMENTS];
	struct readsets sets;
	struct former_makers makers; /* before anything is stored */
	int64_t session;
	int64_t next; /* the number of the next new scope */
	bool dropped; /* something may be unreachable now */
	bool forgot;  /* files may be without edges now */
};

static int recording_store_prepare(struct store *store)
{
	for (int i = 0; i < STATEMENTS; i++) {
		store->stmts[i] = sql_prepare(store->map, sql[i], store->err);
		if (!store->stmts[i])
			return MAP_IO;
	}
	return readsets_open(&store->sets, store->map, store->err);
}

/* Runs a statement that returns at most one number; 0 when none. */
static int recording_store_run(
	struct store *store, enum statement which, int64_t *number)
{
	sqlite3_stmt *stmt = store->stmts[which];
	int code = sql_step(store->map, stmt, store->err);

	if (number)
		*number = code > 0 ? sqlite3_column_int64(stmt, 0) : 0;
	sqlite3_reset(stmt);
	return code < 0 ? code : 0;
}

/*
 * Removes a unit and what it made. Its scope and what that led to are swept
 * later: a module that was loaded in it may be in use.
 */
static int drop_unit(struct store *store, int64_t id)
{
	static const enum statement steps[] = {DROP_MAKES, DROP_UNIT};
	int code = former_demote(store->map, id, store->err);

	for (size_t i = 0; code == 0 && i < 2; i++) {
		sqlite3_bind_int64(store->stmts[steps[i]], 1, id);
		code = recording_store_run(store, steps[i], NULL);
	}
	store->dropped = true;
	return code;
}

static int recording_store_find_unit(
	struct store *store, const char *name, size_t size, int64_t *scope)
{
	size_t runner_size, id_size;
	const char *id;

	*scope = 0;
	if (!unit_name_split(name, size, &runner_size, &id, &id_size))
		return err_set(store->err, -1, "a unit without a runner");
	return sql_find_unit(scope, store->map, store->stmts[FIND_UNIT], name,
		runner_size, id, id_size, store->err);
}

static void bind_outcome(const struct store *store, sqlite3_stmt *stmt, int at,
	const struct recorded_scope *scope)
{
	const char *place = store->recording->directory;

	if (scope->outcome)
		sqlite3_bind_text(stmt, at, scope->outcome, -1, SQLITE_STATIC);
	else
		sqlite3_bind_null(stmt, at);
	if (scope->duration >= 0)
		sqlite3_bind_int64(stmt, at + 1, scope->duration);
	else
		sqlite3_bind_null(stmt, at + 1);
	sql_bind_bytes(
		stmt, at + 2, place ? place : "", place ? strlen(place) : 0);
}

static int recording_store_add_unit(
	struct store *store, const struct recorded_scope *scope)
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
	bind_outcome(store, stmt, 4, scope);
	return recording_store_run(store, ADD_UNIT, NULL);
}

static bool is_kept_by_name(enum scope_kind kind)
{
	return kind == SCOPE_COLLECT || kind == SCOPE_DISCOVER;
}

/* Of all scopes of that name, the one recorded now is the current one. */
static int make_latest(struct store *store, struct recorded_scope *scope)
{
	static const enum statement steps[] = {FIND_LATEST, OUTDATE};
	int64_t former = 0;
	int code = 0;

	for (size_t i = 0; code == 0 && i < 2; i++) {
		sqlite3_stmt *stmt = store->stmts[steps[i]];

		sqlite3_bind_int(stmt, 1, (int)scope->kind);
		sql_bind_bytes(stmt, 2, scope->name, scope->name_size);
		sqlite3_bind_int64(stmt, 3, scope->id);
		code = recording_store_run(store, steps[i], i ? NULL : &former);
		if (code == 0 && !i && former)
			code = former_demote_place(
				store->map, former, store->err);
	}
	scope->renewed = !scope->reused || sqlite3_changes(store->map->db) > 0;
	if (sqlite3_changes(store->map->db) > 0)
		store->dropped = true;
	if (code < 0 || !scope->reused)
		return code;
	sqlite3_bind_int64(store->stmts[RENEW], 1, scope->id);
	return recording_store_run(store, RENEW, NULL);
}

/* The newest maker of a file is the one that counts. */
static int drop_older_makers(struct store *store, uint32_t file)
{
	int64_t id = store->recording->files->files[file].id;

	sqlite3_bind_int64(store->stmts[DROP_MAKERS], 1, id);
	sqlite3_bind_int64(store->stmts[DROP_MAKERS], 2, store->session);
	return recording_store_run(store, DROP_MAKERS, NULL);
}

static int recording_store_add_make(
	struct store *store, int64_t scope, const struct recorded_make *make)
{
	sqlite3_stmt *stmt = store->stmts[ADD_MAKE];

	sqlite3_bind_int64(stmt, 1, scope);
	sqlite3_bind_int64(
		stmt, 2, store->recording->files->files[make->file].id);
	sqlite3_bind_int64(stmt, 3, make->kinds);
	sqlite3_bind_int64(stmt, 4, store->session);
	return recording_store_run(store, ADD_MAKE, NULL);
}

static int find_by_digest(struct store *store, enum statement which,
	const struct scope_key *key, int64_t *id)
{
	sql_bind_bytes(store->stmts[which], 1, key->deep.bytes,
		sizeof(key->deep.bytes));
	return recording_store_run(store, which, id);
}

/* The number of a scope that the map has not. */
static int number_scope(
	struct store *store, const struct scope_key *key, int64_t *id)
{
	int code = find_by_digest(store, FIND_FORMER, key, id);

	if (code == 0 && !*id)
		*id = store->next++;
	return code;
}

static int insert_scope(struct store *store, struct recorded_scope *scope,
	const struct scope_key *key)
{
	sqlite3_stmt *stmt = store->stmts[ADD_SCOPE];
	int64_t set = 0;
	int code = readsets_store(&store->sets, &key->set, key->pairs,
		key->pair_count, &set, store->err);

	if (code == 0)
		code = number_scope(store, key, &scope->id);
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
	sql_bind_bytes(stmt, 7, key->deep.bytes, sizeof(key->deep.bytes));
	sqlite3_bind_int64(stmt, 8, scope->id);
	return recording_store_run(store, ADD_SCOPE, NULL);
}

static int find_same(
	struct store *store, const struct scope_key *key, int64_t *id)
{
	return find_by_digest(store, FIND_SCOPE, key, id);
}

/* What was a former result is the newest one. */
static int drop_former(struct store *store, int64_t scope)
{
	static const enum statement steps[] = {DROP_FORMER, DROP_FORMER_SCOPE};
	int code = 0;

	for (size_t i = 0; code == 0 && i < 2; i++) {
		sqlite3_bind_int64(store->stmts[steps[i]], 1, scope);
		code = recording_store_run(store, steps[i], NULL);
	}
	return code;
}

/* A unit that ran as before keeps its edges; only how it ended is news. */
static int update_unit(struct store *store, const struct recorded_scope *scope)
{
	sqlite3_stmt *stmt = store->stmts[UPDATE_UNIT];

	sqlite3_bind_int64(stmt, 1, scope->id);
	bind_outcome(store, stmt, 2, scope);
	return recording_store_run(store, UPDATE_UNIT, NULL);
}

static int add_users(struct store *store, int64_t old, int64_t scope)
{
	sqlite3_bind_int64(store->stmts[ADD_USERS], 1, old);
	sqlite3_bind_int64(store->stmts[ADD_USERS], 2, scope);
	return recording_store_run(store, ADD_USERS, NULL);
}

static int store_unit(struct store *store, struct recorded_scope *scope,
	const struct scope_key *key)
{
	int64_t old = 0, same = 0;
	int code = recording_store_find_unit(
		store, scope->name, scope->name_size, &old);

	if (code < 0 ||
		(scope->known_only &&
			(old || !recording_is_news(store->recording, scope))))
		return code;
	if (old)
		code = find_same(store, key, &same);
	if (code == 0 && old && same == old) {
		scope->id = old;
		scope->reused = true;
		return update_unit(store, scope);
	}
	if (code == 0 && old)
		code = drop_unit(store, old);
	if (code == 0)
		code = insert_scope(store, scope, key);
	if (code == 0)
		code = drop_former(store, scope->id);
	if (code == 0 && old)
		code = add_users(store, old, scope->id);
	return code == 0 ? recording_store_add_unit(store, scope) : code;
}

static int store_scope(struct store *store, struct recorded_scope *scope,
	const struct scope_key *key)
{
	int code = 0;

	if (scope->unwanted)
		return 0;
	if (scope->kind == SCOPE_UNIT)
		return store_unit(store, scope, key);
	code = find_same(store, key, &scope->id);
	scope->reused = code == 0 && scope->id != 0;
	if (code == 0 && is_kept_by_name(scope->kind))
		code = make_latest(store, scope);
	if (code == 0 && !scope->reused)
		code = insert_scope(store, scope, key);
	if (code == 0 && is_kept_by_name(scope->kind)) {
		sqlite3_bind_int64(store->stmts[DROP_FORMER], 1, scope->id);
		code = recording_store_run(store, DROP_FORMER, NULL);
	}
	return code;
}

/* A unit that did not run is as the map has it. */
static int find_used(
	struct store *store, const struct recorded_scope *used, int64_t *scope)
{
	*scope = used->id;
	return *scope || used->kind != SCOPE_UNIT
		       ? 0
		       : recording_store_find_unit(
				 store, used->name, used->name_size, scope);
}

static int store_uses(struct store *store, const struct recorded_scope *scope)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < scope->use_count; i++) {
		int64_t used;

		code = find_used(store,
			&store->recording->scopes[scope->uses[i]], &used);
		if (code < 0 || !used || used == scope->id)
			continue;
		sqlite3_bind_int64(store->stmts[ADD_USE], 1, scope->id);
		sqlite3_bind_int64(store->stmts[ADD_USE], 2, used);
		code = recording_store_run(store, ADD_USE, NULL);
	}
	return code;
}

static int store_makes(struct store *store, const struct recorded_scope *scope)
{
	int code = 0;

	if (scope->reused) {
		sqlite3_bind_int64(store->stmts[DROP_FACTS], 1, scope->id);
		code = recording_store_run(store, DROP_FACTS, NULL);
		if (sqlite3_changes(store->map->db) > 0)
			store->forgot = true;
	}
	for (size_t i = 0; code == 0 && i < scope->make_count; i++) {
		const struct recorded_make *make = &scope->makes[i];

		if (make->kinds & KIND_MAKER)
			code = drop_older_makers(store, make->file);
		if (code == 0)
			code = recording_store_add_make(store, scope->id, make);
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
	sql_bind_bytes(stmt, 3, recording->command, strlen(recording->command));
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
		code = recording_store_find_unit(store, recording->gone[i].name,
			recording->gone[i].size, &scope);
		if (code == 0 && scope)
			code = drop_unit(store, scope);
	}
	for (size_t i = 0; code == 0 && i < recording->outdated.count; i++) {
		code = former_demote_place(
			store->map, recording->outdated.list[i], store->err);
		if (code < 0)
			break;
		sqlite3_bind_int64(
			store->stmts[RETIRE], 1, recording->outdated.list[i]);
		code = recording_store_run(store, RETIRE, NULL);
		store->dropped = true;
	}
	return code;
}

/* The command is a unit now, too. */
static bool is_alone(
	const struct recording *recording, const struct recorded_scope *scope)
{
	size_t n = strlen("command/");

	return scope->kind == SCOPE_UNIT &&
	       scope->name_size == n + strlen(recording->alone) &&
	       !memcmp(scope->name, "command/", n) &&
	       !memcmp(scope->name + n, recording->alone, scope->name_size - n);
}

/*
 * A command whose runner tells of its tests is no unit any more. What it made
 * for others stays with its maker.
 */
static int drop_alone(struct store *store)
{
	struct recording *recording = store->recording;
	static const char runner[] = "command";
	int64_t scope = 0;
	int code = 0;

	if (!recording->told || recording->whole)
		return 0;
	for (size_t i = 0; i < recording->scope_count; i++)
		if (is_alone(recording, &recording->scopes[i]))
			return 0;
	code = sql_find_unit(&scope, store->map, store->stmts[FIND_UNIT],
		runner, strlen(runner), recording->alone,
		strlen(recording->alone), store->err);
	if (code < 0 || !scope)
		return code;
	sqlite3_bind_int64(store->stmts[DROP_UNIT], 1, scope);
	code = recording_store_run(store, DROP_UNIT, NULL);
	store->dropped = true;
	/* Behind other programs the runner's command is this very line. */
	if (code < 0 || !strcmp(recording->given, recording->asked))
		return code;
	return command_forget(
		store->map, recording->given, recording->directory, store->err);
}

static int store_all(struct store *store, const struct scope_key *keys)
{
	struct recording *recording = store->recording;
	int code = 0;

	for (size_t i = 0; code == 0 && i < recording->scope_count; i++)
		code = store_scope(store, &recording->scopes[i], &keys[i]);
	for (size_t i = 0; code == 0 && i < recording->scope_count; i++) {
		const struct recorded_scope *scope = &recording->scopes[i];

		if (!scope->id)
			continue;
		if (!scope->reused)
			code = store_uses(store, scope);
		if (code == 0)
			code = store_makes(store, scope);
	}
	if (code == 0)
		code = recording_lists_store(
			recording, &store->dropped, store->map, store->err);
	if (code == 0)
		code = drop_alone(store);
	return code == 0 ? drop_gone(store) : code;
}

/* A test that was left out, of a file that is not as the map had it. */
static int is_hidden(bool *yes, struct store *store,
	const struct recorded_scope *unit,
	const struct recorded_scope *const *renewed, size_t count)
{
	int64_t known = 0;
	int code = 0;

	*yes = false;
	for (size_t i = 0; !*yes && i < count; i++)
		*yes = recording_is_below(unit, renewed[i]);
	if (*yes)
		code = recording_store_find_unit(
			store, unit->name, unit->name_size, &known);
	*yes &= !known;
	return code;
}

/*
 * A run that leaves new tests out (-k), or makes none of new files, or of what
 * is new in others, takes the news with it: the map has what they are found by
 * as it is now. So it does not know all tests of other commands any more, which
 * may want them.
 */
static int doubt_commands(struct store *store)
{
	const struct recording *recording = store->recording;
	const struct recorded_scope **renewed =
		xcalloc(recording->scope_count + 1, sizeof(*renewed));
	bool hidden = recording->passed_news;
	size_t count = 0;
	int code = 0;

	for (size_t i = 0; i < recording->scope_count; i++) {
		const struct recorded_scope *scope = &recording->scopes[i];

		if (scope->kind != SCOPE_COLLECT || !scope->renewed)
			continue;
		hidden |= scope->in_part;
		renewed[count++] = scope;
	}
	/* Tens of thousands can be left out. */
	for (size_t i = 0;
		code == 0 && !hidden && count && i < recording->scope_count;
		i++) {
		const struct recorded_scope *scope = &recording->scopes[i];

		if (scope->kind == SCOPE_UNIT && scope->unwanted)
			code = is_hidden(&hidden, store, scope, renewed, count);
	}
	free(renewed);
	if (code < 0 || !hidden)
		return code;
	return command_forget_others(store->map, recording, store->err);
}

/* What is remembered of what was dropped, before it is swept. */
static int remember(struct store *store)
{
	const struct recording *recording = store->recording;
	int64_t *ran = xcalloc(recording->scope_count + 1, sizeof(*ran));
	size_t count = 0;
	int code = former_take_along(store->map, &store->makers, store->err);

	for (size_t i = 0; i < recording->scope_count; i++) {
		const struct recorded_scope *scope = &recording->scopes[i];

		if (scope->kind == SCOPE_UNIT && scope->id && scope->outcome)
			ran[count++] = scope->id;
	}
	if (code == 0)
		code = former_refute(
			store->map, recording->files, ran, count, store->err);
	free(ran);
	return code == 0 ? former_limit(store->map, store->err) : code;
}

int recording_store(
	struct recording *recording, struct map *map, struct err *err)
{
	struct store store = {.recording = recording, .map = map, .err = err};
	struct scope_key *keys = NULL;
	int code;

	map_files_settle(recording->files);
	code = map_files_save(recording->files, map, err);
	if (code == 0)
		code = recording_store_prepare(&store);
	if (code == 0)
		code = add_session(&store);
	if (code == 0)
		code = former_next_scope(&store.next, map, err);
	if (code == 0)
		code = former_makers_load(&store.makers, map, err);
	if (code == 0)
		code = command_store(map, recording, err);
	if (code == 0) {
		keys = recording_keys(recording);
		code = recording_news_load(recording, keys, map, err);
	}
	if (code == 0)
		code = store_all(&store, keys);
	if (code == 0)
		code = recording_members_store(recording, map, err);
	if (code == 0)
		code = doubt_commands(&store);
	if (code == 0 && recording->knows_all && !recording->whole &&
		!recording->failed_itself)
		code = left_store(map, recording, err);
	recording_keys_release(keys, recording->scope_count);
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(store.stmts[i]);
	readsets_close(&store.sets);
	if (code == 0)
		code = remember(&store);
	former_makers_release(&store.makers);
	if (code == 0 && store.dropped)
		code = map_sweep(map, err);
	else if (code == 0 && store.forgot)
		code = map_sweep_files(map, err);
	return code;
}
