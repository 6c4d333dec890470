/* SPDX-License-Identifier: MIT */
/*
 * Short forms for SQLite, for the files of this folder only. Text and blobs
 * returned are SQLite's and live until the statement's next step.
 */
#ifndef FTRACE_MAP_SQL_H
#define FTRACE_MAP_SQL_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

#include "map/map.h"

/*
 * Numbers of wire/kind.h, map/print.h and map/recording.h in the text of
 * statements; map/sql.c has them compared.
 */
#define SQL_KIND_WRITE "64"
#define SQL_KIND_DRIVEN "4096"
#define SQL_KIND_AUDITED "16384"
#define SQL_KIND_MAKER "32768"
#define SQL_ASPECT_CONTENT "0"
#define SQL_ASPECT_LISTING "1"
#define SQL_ASPECT_PRESENCE "4"
#define SQL_ASPECT_CODE "5"
#define SQL_SCOPE_RUN "0"
#define SQL_SCOPE_MODULE "3"

/* Runs statements that return nothing. */
int sql_run(struct map *map, const char *sql, struct err *err);

/* Prepares; NULL with err filled on failure. Close with sqlite3_finalize. */
sqlite3_stmt *sql_prepare(struct map *map, const char *sql, struct err *err);

/* The same of one command: the first two parameters are its. */
sqlite3_stmt *sql_prepare_command(struct map *map, const char *sql,
	const char *line, const char *directory, struct err *err);

/* 1: a row, 0: done, negative: failure. */
int sql_step(struct map *map, sqlite3_stmt *stmt, struct err *err);

/* Steps a statement that returns no row, and makes it ready for the next. */
int sql_once(struct map *map, sqlite3_stmt *stmt, struct err *err);

void sql_bind_bytes(sqlite3_stmt *stmt, int at, const void *bytes, size_t n);

/* A column's bytes as a text, to be freed; "" for NULL. */
char *sql_copy(sqlite3_stmt *row, int at);

/* Says what the database's last failure means; returns a map_failure. */
int sql_failed(struct map *map, struct err *err);

/* Says that it is, and why; MAP_DAMAGED. */
int map_damaged(struct map *map, const char *why, struct err *err);

/*
 * The scope of a unit, 0: there is none. stmt: of that text, ready for the next
 * unit afterwards.
 */
#define SQL_FIND_UNIT "SELECT scope FROM unit WHERE runner = ? AND id = ?"
int sql_find_unit(int64_t *scope, struct map *map, sqlite3_stmt *stmt,
	const char *runner, size_t runner_size, const char *id, size_t id_size,
	struct err *err);

/* A single number; negative failures as elsewhere. */
int sql_number(struct map *map, const char *sql, int64_t *out, struct err *err);

#endif
