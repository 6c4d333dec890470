/* SPDX-License-Identifier: MIT */
/*
 * The map's files and their states in memory, and the stat-first rules:
 * the same for the run that records and for the query
 * that compares.
 *
 * A file whose identity is as it was, and not racy, is not read: its states'
 * `live` flags stand. Otherwise each of its states is compared with a fresh
 * print. A path that was absent is not even looked up while the nearest
 * directory above it that exists has kept its identity.
 *
 * States of code are not compared here, for that takes an interpreter: a
 * checked file that may have changed is left marked `recode`, and whoever has
 * one gives the file its source (languages/python/).
 *
 * A variable of the environment is a file here, too. Nothing is asked of the
 * disk then, its states are compared on every check, and the mode of its
 * identity is 0 while it is not set.
 */
#ifndef FTRACE_MAP_FILES_H
#define FTRACE_MAP_FILES_H

#include "base/intern.h"
#include "map/map.h"
#include "map/print.h"
#include "map/source.h"

#define FILE_NONE UINT32_MAX

/* map_file.loaded: a run loaded a text that nobody knows. */
#define LOADED_UNKNOWN (-1)

struct map_state {
	int64_t id; /* 0: not in the database yet */
	uint32_t file;
	uint32_t next; /* of the same file; FILE_NONE at the end */
	enum aspect aspect;
	uint32_t block; /* in map_files.blocks */
	struct print print;
	bool live;
	bool dirty;
	bool former; /* former results alone have read it: see former.h */
};

struct map_file {
	int64_t id; /* 0: not in the database yet */
	struct identity identity;
	int64_t seen;
	uint32_t dir;            /* see schema.c; FILE_NONE: none */
	uint32_t state;          /* first of its states */
	bool checked;            /* compared with the disk already */
	bool changed;            /* the check found another identity */
	bool dirty;              /* differs from the database */
	bool anchor;             /* absent paths rest on it */
	bool coded;              /* it has states of code */
	bool variable;           /* no file: see variable.h */
	bool recode;             /* these are to be compared */
	int64_t source;          /* in the database; 0: none */
	struct source *code;     /* once it was needed; in sources */
	int64_t loaded;          /* see schema.c; 0: none */
	struct source *loads;    /* the same, while it is not stored */
	struct listing *listing; /* once it was needed */
};

struct map_files {
	const char *root;
	struct interner paths; /* number i is files[i] */
	struct map_file *files;
	size_t count, room;
	struct map_state *states;
	size_t state_count, state_room;
	struct interner blocks;
	struct source **sources; /* all that were loaded or made; owned */
	size_t source_count, source_room;
	unsigned hits;   /* files whose identity was as it was */
	unsigned hashed; /* files whose content was read */
	unsigned stats;  /* files that were looked up */
};

/* Reads every file and state of the map. */
int map_files_load(struct map_files *files, struct map *map, struct err *err);
void map_files_release(struct map_files *files);

/*
 * The file at a path relative to the root, or absolute; added when it is new.
 * The path is as stored: below the root it is relative, the root is ".".
 */
uint32_t map_files_intern(
	struct map_files *files, const char *path, size_t size);

/* The path from the root of the file system; to be freed. */
char *map_files_absolute(const struct map_files *files, uint32_t file);

const char *map_files_path(const struct map_files *files, uint32_t file);

/* What a stat told, and the clock before it. */
struct look {
	struct identity identity;
	int64_t seen;
};

/*
 * Compares a file with the disk, once; its states' live flags are right
 * afterwards. `look` is what a stat told, NULL to have it done.
 */
void map_file_check(
	struct map_files *files, uint32_t file, const struct look *look);

/* Checks all, in parallel where there are many. */
void map_files_check_all(struct map_files *files);

/*
 * The state that an aspect of a checked file has now; added when it is new.
 */
uint32_t map_file_state(struct map_files *files, uint32_t file,
	enum aspect aspect, const char *block, size_t block_size);

/*
 * A state with this print, whatever the file has now. With print_unknown it
 * equals none, ever: the file changed while somebody read it.
 */
uint32_t map_file_state_of(struct map_files *files, uint32_t file,
	enum aspect aspect, const char *block, size_t block_size,
	const struct print *print);

/*
 * What the file's text looks like now, for the code states that it has: they
 * are compared, and `recode` is done with. NULL: it cannot be told, and no
 * state of code stands. The source is owned by files, see map_files_own().
 */
void map_file_set_source(
	struct map_files *files, uint32_t file, struct source *source);

/*
 * The next query looks into the file again, whether or not it changes: for the
 * time being nobody could take its text apart.
 */
void map_file_look_again(struct map_files *files, uint32_t file);

/*
 * What the run that is being recorded loaded of the file. NULL: it changed
 * meanwhile, or cannot be read, so that nobody knows.
 */
void map_file_set_loaded(
	struct map_files *files, uint32_t file, struct source *source);

/* Takes a source over, to be released with the files. */
void map_files_own(struct map_files *files, struct source *source);

/*
 * The source of a file whose code states stand: loaded where it was not yet.
 * NULL: it has none.
 */
struct source *map_file_source(struct map_files *files, uint32_t file,
	struct map *map, struct err *err);

/* The source of that number in the database; NULL: it is not there. */
struct source *map_files_source(
	struct map_files *files, int64_t id, struct map *map, struct err *err);

/*
 * The state that a block has now ("": all that loading does); added when it
 * is new. The file has a source.
 */
uint32_t map_file_code_state(struct map_files *files, uint32_t file,
	const char *block, size_t block_size, const struct print *print);

/*
 * Checks the absent paths below every directory that was found changed: they
 * rest on its identity, which is about to be replaced.
 */
void map_files_settle(struct map_files *files);

/*
 * As if a file were another than it is on disk: the states that would stand
 * do, in memory. Nothing may be saved from then on. States of code are for
 * map_file_set_source().
 */
struct as_if {
	bool known;  /* otherwise no state stands */
	mode_t mode; /* 0: it is not there */
	const void *bytes;
	size_t size;
};
void map_file_pretend(
	struct map_files *files, uint32_t file, const struct as_if *as_if);
/*
 * The same for what was seen of a directory's entries. groups: what is said of
 * groups is as on disk.
 */
void map_file_pretend_listing(struct map_files *files, uint32_t file,
	const struct listing *listing, bool groups);

/* Writes back what is dirty, new files and states included. */
int map_files_save(struct map_files *files, struct map *map, struct err *err);

#endif
