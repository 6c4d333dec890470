/* SPDX-License-Identifier: MIT */
/*
 * What a session adds to the map, and the transaction that adds it: the edges
 * of the units that ran are replaced, all others stay as they are.
 */
#ifndef FTRACE_MAP_RECORDING_H
#define FTRACE_MAP_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "map/files.h"

/* Stored as numbers: never reordered. 6, 7 and 12 are in no map any more. */
enum scope_kind {
	SCOPE_RUN = 0, /* the base: whatever no mark claimed */
	SCOPE_UNIT = 1,
	SCOPE_FIXTURE = 2,
	SCOPE_MODULE = 3,
	SCOPE_COLLECT = 4,  /* collecting one file, or a class in it */
	SCOPE_DISCOVER = 5, /* looking through a directory for test files */
	SCOPE_ENTERED = 8,  /* functions of one file that somebody entered */
	SCOPE_MEMO = 9,     /* what a source's module may keep of files */
	SCOPE_OPAQUE = 10,  /* code of which nobody knows what it mentions */
	SCOPE_KEPT = 11,    /* what computed a thing that a module keeps */
	SCOPE_NAMES = 13,   /* code of which nobody knows what it mentions reads
			       names of one source's module */
	SCOPE_FINISH = 14,  /* what a runner does once all tests have run: no
			       unit depends on it, and it is not stored */
	SCOPE_MAKER = 15,   /* what files were made from that a run left */
	SCOPE_ASKED = 16,   /* code asks an object for a name that it has not
			       written */
	SCOPE_KINDS
};

/* Of a number that is none, as a map can have it: "unknown". */
const char *scope_kind_name(enum scope_kind kind);

/* The kind of a word of size bytes, or -1. */
int scope_kind_parse(const char *word, size_t size);

struct recorded_read {
	uint32_t state; /* in files */
	uint32_t kinds;
};

struct recorded_make {
	uint32_t file;
	uint32_t kinds;
};

/* The arrays are owned by whoever made the recording. */
struct recorded_scope {
	enum scope_kind kind;
	const char *name; /* of a unit: "runner/id" */
	size_t name_size;
	const char *incomplete; /* NULL: everything was seen */
	const char *outcome;    /* units: NULL until it ran */
	int64_t duration;       /* microseconds, -1: unknown */
	struct recorded_read *reads;
	size_t read_count, read_room;
	struct recorded_make *makes;
	size_t make_count, make_room;
	uint32_t *uses; /* in scopes */
	size_t use_count, use_room;
	bool known_only; /* a unit that exists and did not run */
	bool unasked;    /* ... beside those that were asked for */
	bool unwanted;   /* not to be stored at all */
	int64_t id;      /* set by recording_store() */
	bool reused;     /* likewise: the map had it already */
	bool stands;     /* likewise: as recording_news.h has it */
	bool renewed;    /* likewise: it was not the current one of its name */
	bool in_part;    /* of a file from which others may collect more */
	bool full;       /* all that is collected from the file was told of */
};

/*
 * What discovery saw in a directory, and what it passed by there. No unit
 * depends on it: new files are noticed by it.
 */
struct recorded_listing {
	const char *directory; /* as files are stored */
	struct recorded_read *reads;
	size_t read_count, read_room;
	bool unwanted; /* not to be stored at all */
};

/* What people call some units. */
struct recorded_label {
	uint32_t scope; /* in scopes */
	const char *name;
	size_t size;
};

struct recorded_ids {
	int64_t *list;
	size_t count, room;
};

struct recording {
	struct map_files *files;
	struct recorded_scope *scopes;
	size_t scope_count, scope_room;
	struct gone_unit {
		const char *name; /* "runner/id" */
		size_t size;
	} * gone;
	size_t gone_count, gone_room;
	struct recorded_listing *listings;
	size_t listing_count, listing_room;
	struct recorded_label *labels;
	size_t label_count, label_room;
	struct interner patterns; /* globs that test files match */
	/* In the map, and current no more: scopes of collection; listings. */
	struct recorded_ids outdated, outdated_listings;
	int64_t started;  /* nanoseconds since the epoch */
	int64_t duration; /* nanoseconds */
	const char *command;
	const char *directory; /* where it ran */
	const char *asked;     /* the command, as it is compared */
	const char *sibling;   /* another one that it was as well; or NULL */
	const char *alone;     /* the unit that it would be as one */
	const char *given;     /* its words */
	/* Who told of its tests; NULL: it is one unit. Where runners did so
	 * that the command stands before: their names, with RECORDED_INSIDE
	 * before each. */
	const char *runner;
	bool knows_all;     /* all its tests were told of */
	bool told;          /* its runner told of tests */
	bool ran_all;       /* and ran */
	bool failed_itself; /* and none of them did */
	bool whole;         /* it is one unit, called by its line */
	bool passed_news;   /* files that were new, which it did not collect */
	int status;
};

#define RECORDED_INSIDE "+"

/* Inside a transaction begun with map_begin(). */
int recording_store(
	struct recording *recording, struct map *map, struct err *err);

void recording_release(struct recording *recording);

/* "runner/id" taken apart; false when there is no slash. */
bool unit_name_split(const char *name, size_t size, size_t *runner_size,
	const char **id, size_t *id_size);

#endif
