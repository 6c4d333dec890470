/* SPDX-License-Identifier: MIT */
#include "map/readset.h"

#include "map/sql.h"

int readsets_open(struct readsets *sets, struct map *map, struct err *err)
{
	*sets = (struct readsets){.map = map};
	sets->find = sql_prepare(
		map, "SELECT id FROM readset WHERE digest = ?", err);
	if (sets->find)
		sets->add = sql_prepare(
			map, "INSERT INTO readset (digest) VALUES (?)", err);
	if (sets->add)
		sets->read = sql_prepare(map,
			"INSERT INTO reads (readset, state, kinds)"
			" VALUES (?, ?, ?)",
			err);
	return sets->read ? 0 : MAP_IO;
}

void readsets_close(struct readsets *sets)
{
	sqlite3_finalize(sets->find);
	sqlite3_finalize(sets->add);
	sqlite3_finalize(sets->read);
}

static int readset_add_reads(struct readsets *sets, int64_t set,
	const int64_t *pairs, size_t count, struct err *err)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < count; i++) {
		sqlite3_bind_int64(sets->read, 1, set);
		sqlite3_bind_int64(sets->read, 2, pairs[2 * i]);
		sqlite3_bind_int64(sets->read, 3, pairs[2 * i + 1]);
		code = sql_once(sets->map, sets->read, err);
	}
	return code;
}

int readsets_store(struct readsets *sets, const struct print *print,
	const int64_t *pairs, size_t count, int64_t *set, struct err *err)
{
	int code;

	sql_bind_bytes(sets->find, 1, print->bytes, sizeof(print->bytes));
	code = sql_step(sets->map, sets->find, err);
	*set = code > 0 ? sqlite3_column_int64(sets->find, 0) : 0;
	sqlite3_reset(sets->find);
	if (code != 0)
		return code < 0 ? code : 0;
	sql_bind_bytes(sets->add, 1, print->bytes, sizeof(print->bytes));
	code = sql_once(sets->map, sets->add, err);
	*set = sqlite3_last_insert_rowid(sets->map->db);
	return code < 0 ? code
			: readset_add_reads(sets, *set, pairs, count, err);
}

int readset_store(struct map *map, const struct print *print,
	const int64_t *pairs, size_t count, int64_t *set, struct err *err)
{
	struct readsets sets;
	int code = readsets_open(&sets, map, err);

	if (code == 0)
		code = readsets_store(&sets, print, pairs, count, set, err);
	readsets_close(&sets);
	return code;
}

int readset_sweep(struct map *map, struct err *err)
{
	/* By set, not by row: dead sets are few and reads are millions. */
	return sql_run(map,
		"DELETE FROM reads WHERE readset IN (SELECT id FROM readset"
		" WHERE id NOT IN (SELECT readset FROM scope)"
		" AND id NOT IN (SELECT readset FROM listing));"
		"DELETE FROM readset"
		" WHERE id NOT IN (SELECT readset FROM scope)"
		" AND id NOT IN (SELECT readset FROM listing);",
		err);
}
