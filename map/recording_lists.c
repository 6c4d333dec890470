/* SPDX-License-Identifier: MIT */
#include "map/recording_lists.h"

#include <stdlib.h>
#include <string.h>

#include "map/readset.h"
#include "map/recording_key.h"
#include "map/sql.h"

/* The set that a directory's listing has; 0: none is known. */
static int find_listing(int64_t *set, const struct recorded_listing *listing,
	struct map *map, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(
		map, "SELECT readset FROM listing WHERE directory = ?", err);
	int code = MAP_IO;

	if (row) {
		sql_bind_bytes(
			row, 1, listing->directory, strlen(listing->directory));
		code = sql_step(map, row, err);
	}
	*set = code > 0 ? sqlite3_column_int64(row, 0) : 0;
	sqlite3_finalize(row);
	return code < 0 ? code : 0;
}

static int set_listing(const struct recorded_listing *listing, int64_t set,
	struct map *map, struct err *err)
{
	sqlite3_stmt *stmt = sql_prepare(map,
		"INSERT OR REPLACE INTO listing (directory, readset)"
		" VALUES (?, ?)",
		err);
	int code = MAP_IO;

	if (stmt) {
		sql_bind_bytes(stmt, 1, listing->directory,
			strlen(listing->directory));
		sqlite3_bind_int64(stmt, 2, set);
		code = sql_once(map, stmt, err);
	}
	sqlite3_finalize(stmt);
	return code;
}

static int store_listing(struct recording *recording,
	struct recorded_listing *listing, bool *dropped, struct map *map,
	struct err *err)
{
	struct scope_key key;
	int64_t old = 0, set = 0;
	int code = find_listing(&old, listing, map, err);

	recording_set(&key, recording, listing->reads, &listing->read_count);
	if (code == 0)
		code = readset_store(
			map, &key.set, key.pairs, key.pair_count, &set, err);
	if (code == 0 && set != old) {
		code = set_listing(listing, set, map, err);
		*dropped |= old != 0;
	}
	free(key.pairs);
	return code;
}

static int store_listings(struct recording *recording, bool *dropped,
	struct map *map, struct err *err)
{
	const struct recorded_ids *outdated = &recording->outdated_listings;
	sqlite3_stmt *stmt =
		sql_prepare(map, "DELETE FROM listing WHERE id = ?", err);
	int code = stmt ? 0 : MAP_IO;

	for (size_t i = 0; code == 0 && i < outdated->count; i++) {
		sqlite3_bind_int64(stmt, 1, outdated->list[i]);
		code = sql_once(map, stmt, err);
		*dropped = true;
	}
	sqlite3_finalize(stmt);
	for (size_t i = 0; code == 0 && i < recording->listing_count; i++)
		if (!recording->listings[i].unwanted)
			code = store_listing(recording, &recording->listings[i],
				dropped, map, err);
	return code;
}

static int store_patterns(
	const struct recording *recording, struct map *map, struct err *err)
{
	sqlite3_stmt *stmt = sql_prepare(
		map, "INSERT OR IGNORE INTO pattern (glob) VALUES (?)", err);
	int code = stmt ? 0 : MAP_IO;

	for (uint32_t i = 0; code == 0 && i < recording->patterns.count; i++) {
		const struct interned *glob = &recording->patterns.entries[i];

		sql_bind_bytes(stmt, 1, glob->bytes, glob->size);
		code = sql_once(map, stmt, err);
	}
	sqlite3_finalize(stmt);
	return code;
}

/* A unit that ran as before may have lost its labels. */
static int drop_labels(
	const struct recording *recording, struct map *map, struct err *err)
{
	sqlite3_stmt *stmt =
		sql_prepare(map, "DELETE FROM label WHERE scope = ?", err);
	int code = stmt ? 0 : MAP_IO;

	for (size_t i = 0; code == 0 && i < recording->scope_count; i++) {
		const struct recorded_scope *scope = &recording->scopes[i];

		if (scope->kind != SCOPE_UNIT || !scope->reused)
			continue;
		sqlite3_bind_int64(stmt, 1, scope->id);
		code = sql_once(map, stmt, err);
	}
	sqlite3_finalize(stmt);
	return code;
}

static int store_labels(
	const struct recording *recording, struct map *map, struct err *err)
{
	sqlite3_stmt *stmt = sql_prepare(map,
		"INSERT OR IGNORE INTO label (scope, name) VALUES (?, ?)", err);
	int code = stmt ? drop_labels(recording, map, err) : MAP_IO;

	for (size_t i = 0; code == 0 && i < recording->label_count; i++) {
		const struct recorded_label *label = &recording->labels[i];
		int64_t scope = recording->scopes[label->scope].id;

		if (!scope)
			continue;
		sqlite3_bind_int64(stmt, 1, scope);
		sql_bind_bytes(stmt, 2, label->name, label->size);
		code = sql_once(map, stmt, err);
	}
	sqlite3_finalize(stmt);
	return code;
}

int recording_lists_store(struct recording *recording, bool *dropped,
	struct map *map, struct err *err)
{
	int code = store_listings(recording, dropped, map, err);

	if (code == 0)
		code = store_patterns(recording, map, err);
	return code == 0 ? store_labels(recording, map, err) : code;
}
