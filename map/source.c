/* SPDX-License-Identifier: MIT */
#include "map/source.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/frames.h"
#include "map/sql.h"

void source_release(struct source *source)
{
	if (!source)
		return;
	free(source->tag);
	free(source->problem);
	free(source->outline);
	free(source->bodies);
	free(source->text);
	free(source->blocks);
	memset(source, 0, sizeof(*source));
}

static int compare_names(
	const char *a, size_t a_size, const char *b, size_t b_size)
{
	size_t n = a_size < b_size ? a_size : b_size;
	int order = n ? memcmp(a, b, n) : 0;

	return order ? order : a_size < b_size ? -1 : a_size > b_size;
}

static int source_by_name(const void *a, const void *b)
{
	const struct source_block *x = a, *y = b;

	return compare_names(x->name, x->name_size, y->name, y->name_size);
}

static bool next_print(struct frames_reader *reader, struct print *print)
{
	struct frame frame;

	if (!frames_next(reader, &frame, NULL) ||
		frame.size != sizeof(print->bytes))
		return false;
	memcpy(print->bytes, frame.bytes, sizeof(print->bytes));
	return true;
}

static bool next_block(struct frames_reader *reader, struct source_block *block)
{
	struct frame name, kind, mentions;

	if (!frames_next(reader, &name, NULL) ||
		!frames_next(reader, &kind, NULL) || kind.size != 1 ||
		!next_print(reader, &block->print) ||
		!frames_next_number(reader, &block->first) ||
		!frames_next_number(reader, &block->last) ||
		!frames_next(reader, &mentions, NULL))
		return false;
	block->name = name.bytes;
	block->name_size = name.size;
	block->on_load = *kind.bytes != 'f';
	block->mentions = mentions.bytes;
	block->mentions_size = mentions.size;
	return true;
}

bool source_set_blocks(struct source *source, const char *text, size_t size)
{
	struct frames_reader reader;
	size_t room = 0;

	source->text = xmemdup(text, size);
	source->text_size = size;
	reader = (struct frames_reader){source->text, source->text + size};
	while (reader.at < reader.end) {
		struct source_block *block = array_add(
			&source->blocks, &source->count, &room, sizeof(*block));

		if (!next_block(&reader, block)) {
			source->count = 0;
			return false;
		}
	}
	if (source->count)
		qsort(source->blocks, source->count, sizeof(*source->blocks),
			source_by_name);
	return true;
}

const struct source_block *source_find_block(
	const struct source *source, const char *name, size_t size)
{
	const struct source_block wanted = {.name = name, .name_size = size};

	return source->count ? bsearch(&wanted, source->blocks, source->count,
				       sizeof(wanted), source_by_name)
			     : NULL;
}

size_t source_function_size(const char *name, size_t size)
{
	const char *end = size ? memchr(name, SOURCE_PASSAGE, size) : NULL;

	return end ? (size_t)(end - name) : size;
}

bool source_is_passage(const struct source_block *block)
{
	return source_function_size(block->name, block->name_size) <
	       block->name_size;
}

const struct source_block *source_find_frame(
	const struct source *source, const char *function, size_t size)
{
	char *name = xasprintf(
		"%.*s%c", (int)size, function, SOURCE_PASSAGE);
	const struct source_block *found =
		source_find_block(source, name, size + 1);

	free(name);
	return found;
}

static void put_block(struct frames *out, const struct source_block *block,
	const struct source_block *mentions)
{
	frames_add(out, block->name, block->name_size);
	frames_add(out, block->on_load ? "c" : "f", 1);
	frames_add(out, block->print.bytes, sizeof(block->print.bytes));
	frames_add_number(out, block->first);
	frames_add_number(out, block->last);
	frames_add(out, mentions ? mentions->mentions : "",
		mentions ? mentions->mentions_size : 0);
}

bool source_set_passages(struct source *source, const char *frames, size_t size)
{
	struct source added = {0}, all = {0};
	struct frames text = {0};
	bool fits = source_set_blocks(&added, frames, size);

	for (size_t i = 0; i < source->count; i++) {
		const struct source_block *block = &source->blocks[i];
		size_t n = source_function_size(block->name, block->name_size);

		if (n == block->name_size ||
			!source_find_frame(&added, block->name, n))
			put_block(&text, block, block);
	}
	for (size_t i = 0; i < added.count; i++) {
		const struct source_block *block = &added.blocks[i];
		size_t n = source_function_size(block->name, block->name_size);

		put_block(&text, block,
			n + 1 == block->name_size
				? source_find_block(source, block->name, n)
				: NULL);
	}
	fits = fits && source_set_blocks(&all, text.bytes, text.size);
	if (fits) {
		free(source->text);
		free(source->blocks);
		source->text = all.text;
		source->text_size = all.text_size;
		source->blocks = all.blocks;
		source->count = all.count;
		source->changed = true;
	} else {
		source_release(&all);
	}
	source_release(&added);
	frames_release(&text);
	return fits;
}

#define COLUMNS "id, content, tag, problem, skeleton, outline, blocks, bodies"

static struct source *read_row(sqlite3_stmt *row)
{
	struct source *source = xcalloc(1, sizeof(*source));
	const char *problem = (const char *)sqlite3_column_text(row, 3);

	source->id = sqlite3_column_int64(row, 0);
	if (sqlite3_column_bytes(row, 1) == sizeof(source->content.bytes))
		memcpy(source->content.bytes, sqlite3_column_blob(row, 1),
			sizeof(source->content.bytes));
	source->tag = xstrdup((const char *)sqlite3_column_text(row, 2));
	if (problem)
		source->problem = xstrdup(problem);
	if (sqlite3_column_bytes(row, 4) == sizeof(source->skeleton.bytes))
		memcpy(source->skeleton.bytes, sqlite3_column_blob(row, 4),
			sizeof(source->skeleton.bytes));
	source->outline_size = (size_t)sqlite3_column_bytes(row, 5);
	source->outline =
		xmemdup(sqlite3_column_blob(row, 5), source->outline_size);
	source->bodies_size = (size_t)sqlite3_column_bytes(row, 7);
	source->bodies =
		xmemdup(sqlite3_column_blob(row, 7), source->bodies_size);
	if (!source_set_blocks(source, sqlite3_column_blob(row, 6),
		    (size_t)sqlite3_column_bytes(row, 6)) &&
		!source->problem)
		source->problem = xstrdup("the map's record of it is damaged");
	return source;
}

/* The first row, or NULL; finalizes the statement. */
static struct source *first_row(
	struct map *map, sqlite3_stmt *row, struct err *err)
{
	struct source *source = NULL;

	if (sql_step(map, row, err) > 0)
		source = read_row(row);
	sqlite3_finalize(row);
	return source;
}

struct source *source_by_content(struct map *map, const struct print *content,
	const char *tag, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT " COLUMNS " FROM source WHERE content = ? AND tag = ?",
		err);

	if (!row)
		return NULL;
	sql_bind_bytes(row, 1, content->bytes, sizeof(content->bytes));
	sqlite3_bind_text(row, 2, tag, -1, SQLITE_STATIC);
	return first_row(map, row, err);
}

struct source *source_by_id(struct map *map, int64_t id, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(
		map, "SELECT " COLUMNS " FROM source WHERE id = ?", err);

	if (!row)
		return NULL;
	sqlite3_bind_int64(row, 1, id);
	return first_row(map, row, err);
}

struct source *source_of_path(
	struct map *map, const char *path, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT " COLUMNS " FROM source WHERE id ="
		" (SELECT source FROM file WHERE path = ?)",
		err);

	if (!row)
		return NULL;
	sql_bind_bytes(row, 1, path, strlen(path));
	return first_row(map, row, err);
}

char *source_outline(struct map *map, const struct print *skeleton,
	size_t *size, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT outline FROM source WHERE skeleton = ? LIMIT 1", err);
	char *outline = NULL;

	*size = 0;
	if (!row)
		return NULL;
	sql_bind_bytes(row, 1, skeleton->bytes, sizeof(skeleton->bytes));
	if (sql_step(map, row, err) > 0) {
		*size = (size_t)sqlite3_column_bytes(row, 0);
		outline = xmemdup(sqlite3_column_blob(row, 0), *size);
	}
	sqlite3_finalize(row);
	return outline;
}

static int source_update(
	const struct source *source, struct map *map, struct err *err)
{
	sqlite3_stmt *stmt = sql_prepare(
		map, "UPDATE source SET blocks = ? WHERE id = ?", err);
	int code;

	if (!stmt)
		return MAP_IO;
	sql_bind_bytes(stmt, 1, source->text, source->text_size);
	sqlite3_bind_int64(stmt, 2, source->id);
	code = sql_once(map, stmt, err);
	sqlite3_finalize(stmt);
	return code;
}

static int source_insert(
	struct source *source, struct map *map, struct err *err)
{
	sqlite3_stmt *stmt = sql_prepare(map,
		"INSERT INTO source (content, tag, problem, skeleton, outline,"
		" blocks, bodies) VALUES (?, ?, ?, ?, ?, ?, ?)",
		err);
	int code;

	if (!stmt)
		return MAP_IO;
	sql_bind_bytes(
		stmt, 1, source->content.bytes, sizeof(source->content.bytes));
	sqlite3_bind_text(stmt, 2, source->tag, -1, SQLITE_STATIC);
	if (source->problem)
		sqlite3_bind_text(stmt, 3, source->problem, -1, SQLITE_STATIC);
	sql_bind_bytes(stmt, 4, source->skeleton.bytes,
		sizeof(source->skeleton.bytes));
	sql_bind_bytes(stmt, 5, source->outline ? source->outline : "",
		source->outline_size);
	sql_bind_bytes(
		stmt, 6, source->text ? source->text : "", source->text_size);
	if (source->bodies_size)
		sql_bind_bytes(stmt, 7, source->bodies, source->bodies_size);
	code = sql_once(map, stmt, err);
	sqlite3_finalize(stmt);
	source->id = sqlite3_last_insert_rowid(map->db);
	return code;
}

int source_store(struct source *source, struct map *map, struct err *err)
{
	int code = source->id ? source_update(source, map, err)
			      : source_insert(source, map, err);

	source->changed &= code < 0;
	return code;
}

int source_interpreter(struct map *map, char **tag, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT tag FROM interpreter ORDER BY id DESC LIMIT 1", err);
	int code;

	*tag = NULL;
	if (!row)
		return MAP_IO;
	code = sql_step(map, row, err);
	if (code > 0)
		*tag = xstrdup((const char *)sqlite3_column_text(row, 0));
	sqlite3_finalize(row);
	return code < 0 ? code : 0;
}

int source_set_interpreter(struct map *map, const char *tag, struct err *err)
{
	sqlite3_stmt *stmt;
	char *old;
	int code = source_interpreter(map, &old, err);
	bool same = old && !strcmp(old, tag);

	free(old);
	if (code < 0 || same)
		return code;
	stmt = sql_prepare(map,
		"INSERT OR REPLACE INTO interpreter (id, tag, path) VALUES"
		" ((SELECT coalesce(max(id), 0) + 1 FROM interpreter), ?, x'')",
		err);
	if (!stmt)
		return MAP_IO;
	sqlite3_bind_text(stmt, 1, tag, -1, SQLITE_STATIC);
	code = sql_once(map, stmt, err);
	sqlite3_finalize(stmt);
	return code;
}
