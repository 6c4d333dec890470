/* SPDX-License-Identifier: MIT */
/*
 * The scopes of a session, and what marks said of them and of the runner.
 */
#ifndef FTRACE_FOLD_SCOPES_H
#define FTRACE_FOLD_SCOPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/intern.h"
#include "fold/trace.h"
#include "map/recording.h"

struct fold;

#define SCOPE_NONE UINT32_MAX

struct fold_scope {
	bool coarse;    /* it entered functions that nobody told of, */
	bool untold;    /* for a reason that the user may want to know */
	bool ran;       /* said an outcome other than that it exists */
	bool selected;  /* was collected and chosen, if perhaps not run */
	bool unasked;   /* was collected beside others that were chosen */
	bool needed;    /* a unit that ran needs it, which may not have run */
	bool completed; /* a collector that came to its end */
	bool shallow;   /* and did not go into the folders of its own */
	bool told;      /* it said how it ended, if it is no unit */
};

struct fold_scopes {
	struct interner names; /* number i is list[i], and the recording's */
	struct fold_scope *list;
	size_t count, room;
	uint32_t *numbers; /* arena scope numbers to scopes */
	uint32_t number_count;
	bool *said;           /* that number said its outcome */
	struct interner held; /* collectors that others said they hold */
	size_t each;          /* units made of programs */
	uint32_t own; /* the command's unit beside a runner's; or SCOPE_NONE */
	struct interner texts; /* reasons and outcomes */
};

/* What the runner said of itself, by marks in the base or by its tests. */
struct fold_runner {
	bool ready;         /* its adapter was heard of */
	bool collected;     /* it has told of all tests that it found */
	bool all_told;      /* each of the runners behind the command has */
	const char *inside; /* which they are (recording.h); or NULL */
	bool gave_up;       /* as fold_gave_up() has it */
	bool hooked;        /* the project's own code takes part in discovery */
	/* That it begins where it does decides on no import, or may do so. */
	bool same_anywhere, needs_here;
	bool narrowed; /* it looked for them otherwise than it is set to */
	bool in_part;  /* also in the files that it took */
};

/* A copy that lives as long as the fold. */
const char *fold_text(struct fold *fold, const char *bytes, size_t size);

/* The scope of that kind and name, made when it is new. */
uint32_t fold_scope(
	struct fold *fold, enum scope_kind kind, const char *name, size_t size);
/* A new one, whatever others of the name there are. */
uint32_t fold_new_scope(
	struct fold *fold, enum scope_kind kind, const char *name, size_t size);
uint32_t fold_find_scope(const struct fold *fold, enum scope_kind kind,
	const char *name, size_t size);
void fold_use(struct fold *fold, uint32_t scope, uint32_t used);

void fold_incomplete(struct fold *fold, uint32_t scope, const char *reason);
/* It ran code that is no block: that may mention whatever name there is. */
void fold_use_opaque(struct fold *fold, uint32_t scope);

/* The scope an event belongs to. */
uint32_t fold_event_scope(
	const struct fold *fold, const struct trace_event *event);

void fold_scopes_release(struct fold *fold);

#endif
