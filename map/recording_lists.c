/* SPDX-License-Identifier: MIT */
#include "map/recording_lists.h"

#include <stdlib.h>
#include <string.h>

#include "map/readset.h"
#include "map/recording_key.h"
#include "map/sql.h"

struct lists {
	struct recording *recording;
	struct map *map;
	struct err *err;
	bool *dropped;
	sqlite3_stmt *find; /* the digest that a directory's listing has */
};

/* Whether a directory has been listed before, and whether as it was now. */
static int find_listing(bool *known, bool *same, const struct lists *lists,
	const struct recorded_listing *listing, const struct print *set)
{
	sqlite3_stmt *row = lists->find;
	int code;

	sql_bind_bytes(row, 1, listing->directory, strlen(listing->directory));
	code = sql_step(lists->map, row, lists->err);
	*known = code > 0;
	*same = *known &&
		sqlite3_column_bytes(row, 0) == (int)sizeof(set->bytes) &&
		!memcmp(sqlite3_column_blob(row, 0), set->bytes,
			sizeof(set->bytes));
	sqlite3_reset(row);
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

static int store_listing(
	const struct lists *lists, struct recorded_listing *listing)
{
	struct scope_key key;
	bool known = false, same = false;
	int64_t set = 0;
	int code;

	recording_set(
		&key, lists->recording, listing->reads, &listing->read_count);
	code = find_listing(&known, &same, lists, listing, &key.set);
	if (code == 0 && !same)
		code = readset_store(lists->map, &key.set, key.pairs,
			key.pair_count, &set, lists->err);
	if (code == 0 && !same)
		code = set_listing(listing, set, lists->map, lists->err);
	*lists->dropped |= known && !same;
	free(key.pairs);
	return code;
}

static int drop_listings(const struct lists *lists)
{
	const struct recorded_ids *outdated =
		&lists->recording->outdated_listings;
	sqlite3_stmt *stmt = sql_prepare(
		lists->map, "DELETE FROM listing WHERE id = ?", lists->err);
	int code = stmt ? 0 : MAP_IO;

	for (size_t i = 0; code == 0 && i < outdated->count; i++) {
		sqlite3_bind_int64(stmt, 1, outdated->list[i]);
		code = sql_once(lists->map, stmt, lists->err);
		*lists->dropped = true;
	}
	sqlite3_finalize(stmt);
	return code;
}

static int store_listings(struct recording *recording, bool *dropped,
	struct map *map, struct err *err)
{
	struct lists lists = {recording, map, err, dropped, NULL};
	int code = drop_listings(&lists);

	lists.find = sql_prepare(map,
		"SELECT readset.digest FROM listing"
		" JOIN readset ON readset.id = listing.readset"
		" WHERE directory = ?",
		err);
	if (code == 0 && !lists.find)
		code = MAP_IO;
	for (size_t i = 0; code == 0 && i < recording->listing_count; i++)
		if (!recording->listings[i].unwanted)
			code = store_listing(&lists, &recording->listings[i]);
	sqlite3_finalize(lists.find);
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
