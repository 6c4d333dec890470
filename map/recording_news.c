/* SPDX-License-Identifier: MIT */
#include "map/recording_news.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "map/command.h"
#include "map/sql.h"

/*
 * The directories that are looked through on the way, and their conftests, are
 * not compared: a run by name looks at fewer of them, and what changes there
 * makes commands run as a whole. What is above in a file has its own turn.
 */
static bool recording_news_counts(enum scope_kind kind)
{
	return kind != SCOPE_DISCOVER && kind != SCOPE_COLLECT;
}

static bool equals(const void *bytes, int size, const struct print *print)
{
	return size == (int)sizeof(print->bytes) &&
	       !memcmp(bytes, print->bytes, sizeof(print->bytes));
}

static bool uses(const struct recording *recording,
	const struct recorded_scope *scope, const struct scope_key *keys,
	const void *digest, int size)
{
	for (size_t i = 0; i < scope->use_count; i++) {
		uint32_t used = scope->uses[i];

		if (recording_news_counts(recording->scopes[used].kind) &&
			equals(digest, size, &keys[used].deep))
			return true;
	}
	return false;
}

static size_t count_uses(
	const struct recording *recording, const struct recorded_scope *scope)
{
	size_t count = 0;

	for (size_t i = 0; i < scope->use_count; i++)
		count += recording_news_counts(
			recording->scopes[scope->uses[i]].kind);
	return count;
}

/* The statement gives the set that it read, and then what it used. */
static int recording_news_stands(bool *yes, sqlite3_stmt *row,
	const struct recording *recording, uint32_t i,
	const struct scope_key *keys, struct map *map, struct err *err)
{
	const struct recorded_scope *scope = &recording->scopes[i];
	size_t left = count_uses(recording, scope);
	bool first = true;
	int code;

	*yes = true;
	sql_bind_bytes(row, 1, scope->name, scope->name_size);
	sqlite3_bind_int(row, 2, SCOPE_COLLECT);
	while ((code = sql_step(map, row, err)) > 0) {
		const void *digest = sqlite3_column_blob(row, 1);
		int size = sqlite3_column_bytes(row, 1);

		if (first)
			*yes &= equals(digest, size, &keys[i].set);
		else if (!recording_news_counts(
				 (enum scope_kind)sqlite3_column_int(row, 0)))
			continue;
		else
			*yes &= left-- > 0 &&
				uses(recording, scope, keys, digest, size);
		first = false;
	}
	*yes &= !first && left == 0;
	sqlite3_reset(row);
	return code;
}

int recording_news_load(struct recording *recording,
	const struct scope_key *keys, struct map *map, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT -1, readset.digest FROM scope"
		" JOIN readset ON readset.id = scope.readset"
		" WHERE kind = ?2 AND name = ?1 AND latest = 1"
		" UNION ALL SELECT used.kind, used.digest FROM scope"
		" JOIN uses ON uses.scope = scope.id"
		" JOIN scope AS used ON used.id = uses.used"
		" WHERE scope.kind = ?2 AND scope.name = ?1"
		" AND scope.latest = 1 ORDER BY 1",
		err);
	int code = row ? 0 : MAP_IO;

	for (uint32_t i = 0; code == 0 && i < recording->scope_count; i++)
		if (recording->scopes[i].kind == SCOPE_COLLECT)
			code = recording_news_stands(
				&recording->scopes[i].stands, row, recording, i,
				keys, map, err);
	sqlite3_finalize(row);
	return code;
}

bool recording_is_below(
	const struct recorded_scope *unit, const struct recorded_scope *above)
{
	size_t runner = 0, size = 0, n = above->name_size;
	const char *id = "";

	unit_name_split(unit->name, unit->name_size, &runner, &id, &size);
	return size > n && id[n] == ':' && !memcmp(id, above->name, n);
}

bool recording_is_news(
	const struct recording *recording, const struct recorded_scope *unit)
{
	bool news = true;

	for (size_t i = 0; unit->unasked && i < recording->scope_count; i++) {
		const struct recorded_scope *above = &recording->scopes[i];

		if (above->kind != SCOPE_COLLECT ||
			!recording_is_below(unit, above))
			continue;
		if (!above->stands)
			return true;
		news = false;
	}
	return news;
}

/* A test that was left out, of a file that is not as the map had it. */
static int recording_news_is_hidden(bool *yes, struct map *map,
	sqlite3_stmt *find, const struct recorded_scope *unit,
	const struct recorded_scope *const *renewed, size_t count,
	struct err *err)
{
	size_t runner_size, id_size;
	int64_t known = 0;
	const char *id;
	int code = 0;

	*yes = false;
	for (size_t i = 0; !*yes && i < count; i++)
		*yes = recording_is_below(unit, renewed[i]);
	if (*yes && !unit_name_split(unit->name, unit->name_size, &runner_size,
			    &id, &id_size))
		return err_set(err, -1, "a unit without a runner");
	if (*yes)
		code = sql_find_unit(&known, map, find, unit->name, runner_size,
			id, id_size, err);
	*yes &= !known;
	return code;
}

/* Whether some test was. Tens of thousands can be left out. */
static int recording_news_find_hidden(bool *hidden,
	const struct recording *recording, struct map *map,
	const struct recorded_scope *const *renewed, size_t count,
	struct err *err)
{
	sqlite3_stmt *find = sql_prepare(map, SQL_FIND_UNIT, err);
	int code = find ? 0 : MAP_IO;

	for (size_t i = 0;
		code == 0 && !*hidden && count && i < recording->scope_count;
		i++) {
		const struct recorded_scope *scope = &recording->scopes[i];

		if (scope->kind == SCOPE_UNIT && scope->unwanted)
			code = recording_news_is_hidden(
				hidden, map, find, scope, renewed, count, err);
	}
	sqlite3_finalize(find);
	return code;
}

int recording_news_doubt(
	const struct recording *recording, struct map *map, struct err *err)
{
	const struct recorded_scope **renewed =
		xcalloc(recording->scope_count + 1, sizeof(*renewed));
	bool hidden = recording->passed_news;
	size_t count = 0;
	int code;

	for (size_t i = 0; i < recording->scope_count; i++) {
		const struct recorded_scope *scope = &recording->scopes[i];

		if (scope->kind != SCOPE_COLLECT || !scope->renewed)
			continue;
		hidden |= scope->in_part;
		renewed[count++] = scope;
	}
	code = recording_news_find_hidden(
		&hidden, recording, map, renewed, count, err);
	free(renewed);
	return code == 0 && hidden ? command_forget_others(map, recording, err)
				   : code;
}
