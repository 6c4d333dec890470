/* SPDX-License-Identifier: MIT */
/*
 * Accesses: what each scope did to which path.
 */
#ifndef FTRACE_FOLD_ACCESSES_H
#define FTRACE_FOLD_ACCESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/intern.h"
#include "fold/trace.h"
#include "wire/kind.h"

struct fold;

enum access_role {
	ROLE_INPUT,
	ROLE_FACT,     /* told to who asks, and nothing depends on it: what the
			  session had made itself by then */
	ROLE_PRESENCE, /* an input of which only the presence counts */
	ROLE_LISTED,   /* what discovery saw in a directory: listings.h */
	ROLE_MADE,     /* looked for in vain, and then made by that scope */
	ROLE_NOTHING,  /* neither an input nor worth telling */
};

/* What a scope did to a block of a path, all kinds together. */
struct fold_access {
	uint32_t scope;
	uint32_t node;
	uint32_t block; /* in fold->blocks */
	uint32_t kinds;
	enum access_role role;
	bool by_runner; /* all of them in processes with an adapter */
};

struct fold_accesses {
	struct interner keys; /* number i is list[i] */
	struct fold_access *list;
	size_t count, room;
	bool late;      /* listings that waited are being taken */
	bool by_runner; /* the event is of a process with an adapter */
};

/* An access as if the event were it; the path is a place in fold->paths. */
void fold_take(struct fold *fold, const struct trace_event *event,
	uint32_t path, enum access_kind kind);

/*
 * An access that a record tells of; block: in fold->blocks, flags: the
 * record's (wire/arena.h). And a record of a rename.
 */
void fold_take_path(struct fold *fold, const struct trace_event *event,
	const char *raw, size_t size, uint32_t block, enum access_kind kind,
	unsigned flags);
void fold_take_rename(struct fold *fold, const struct trace_event *event);

#endif
