/* SPDX-License-Identifier: MIT */
/*
 * The map: the SQLite file `.ftrace/map.db`. Its tables are explained in
 * map/schema.c and docs/ARCHITECTURE.md. Only this folder speaks SQL.
 *
 * Functions return 0, or a negative number with err filled. A map is used by
 * one thread.
 */
#ifndef FTRACE_MAP_MAP_H
#define FTRACE_MAP_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct sqlite3;

#define MAP_DIRECTORY ".ftrace"
#define MAP_PATH MAP_DIRECTORY "/map.db"

/* PRAGMA application_id of a map: "frtm". */
#define MAP_APPLICATION 0x6672746d

/* The version of the tables this program reads and writes. */
#define MAP_VERSION 8

/* How many results the map remembers of each unit: see map/former.h. */
struct map_keep {
	unsigned results; /* with the newest one */
	unsigned days;    /* since it was that; 0: for ever */
	int64_t bytes;    /* of all that are not; 0: as many as it takes */
};

#define MAP_KEEP \
	((struct map_keep){ \
		.results = 10, .days = 90, .bytes = INT64_C(500000000)})

struct map {
	struct sqlite3 *db;
	char *root;           /* absolute, of the project; owned */
	struct map_keep keep; /* MAP_KEEP, until the caller says otherwise */
	bool read_only;
	bool damaged;   /* so a statement found */
	bool put_aside; /* it was damaged, and is a new one; see map/aside.h */
};

/* How long a writer waits for another one's transaction. */
#define MAP_BUSY_MS 60000

enum map_mode {
	MAP_QUERY,  /* must exist; read-only when it cannot be written */
	MAP_RECORD, /* made when missing, and anew when damaged */
};

enum map_failure {
	MAP_MISSING = -2, /* no map yet */
	MAP_BROKEN = -3,  /* not a map, or of another version */
	MAP_IO = -4,      /* full disk, no permission, locked for too long */
	MAP_DAMAGED = -5,
};

int map_open(
	struct map *map, const char *root, enum map_mode mode, struct err *err);
void map_close(struct map *map);

/* A database is whole pages: MAP_DAMAGED where the file is not. */
int map_check_size(struct map *map, const char *path, struct err *err);

/* Reads all of it; MAP_DAMAGED where that shows damage. */
int map_check(struct map *map, struct err *err);

/*
 * The same of the file of a map that may not even be opened. Without a lock:
 * the caller keeps all others out.
 */
int map_examine(const char *root, struct err *err);

/* A write transaction: begin waits for other writers. */
int map_begin(struct map *map, struct err *err);
int map_commit(struct map *map, struct err *err);
void map_rollback(struct map *map);

/*
 * All that a query reads, in one transaction: no other session's commit comes
 * in between, and the locks are taken once. They nest. Not to be held while
 * writing to a pipe, for a recording cannot commit meanwhile. Something may
 * be written in it, which fails at once where another session is writing;
 * map_undo() takes back what was written since its own map_enter().
 */
int map_enter(struct map *map, struct err *err);
int map_leave(struct map *map, struct err *err);
void map_undo(struct map *map);

#endif
