/* SPDX-License-Identifier: MIT */
/*
 * What the parts of a search for affected units share: selector/affected*.c
 * only.
 */
#ifndef FTRACE_SELECTOR_AFFECTED_SEARCH_H
#define FTRACE_SELECTOR_AFFECTED_SEARCH_H

#include "selector/affected.h"
#include "selector/narrow.h"

struct search {
	struct affected *affected;
	struct map *map;
	struct git_set *set; /* NULL: what differs from the map */
	struct err *err;
	struct query_units units;
	size_t *places;               /* of units, in affected->units; + 1 */
	struct query_name *collected; /* current collect scopes */
	size_t collected_count;
	int64_t *bases;
	size_t base_count;
	int64_t *discovers;     /* where tests are looked for */
	bool *discovered_since; /* of these: another look is the newest */
	size_t discover_count;
	int64_t *opaques; /* scopes of unknown code */
	size_t opaque_count;
	/* Who depends on any of the changes that are searched; see
	 * search_changes(). */
	struct query_hits stale;
	bool pretended;     /* this side of it is compared, not the disk */
	enum git_side side; /* then */
};

/*
 * Reads what every search looks at: affected, map and err are set, and set or
 * NULL. To be closed in any case.
 */
int search_open(struct search *search);
void search_close(struct search *search);

/* The scopes that something leads to: those in all of these. */
struct meant {
	const struct query_hits *hits[2];
	size_t count;
};

bool search_is_meant(const struct meant *meant, int64_t scope);

/* The entry of a recorded unit, made when there is none yet. */
struct affected_unit *search_select(struct search *search, size_t unit);

/* text and by, here and below: may be NULL. */
void search_add_reason(struct affected_unit *unit, enum unit_state state,
	const char *what, const char *path, const char *text, const char *by);

/*
 * Whether what the unit's file was collected from is meant: then its ids may
 * be gone, and there may be new ones.
 */
bool search_collected_anew(const struct search *search,
	const struct meant *meant, const struct query_unit *unit);

/*
 * Whether what is compared of a file is what is on disk: only that says which
 * tests there are to run.
 */
bool search_is_here(const struct search *search, const char *path);

/* Of git's set: whether this path is a reason already. */
bool search_has_reason(const struct search *search,
	const struct affected_unit *unit, const char *path);

/* A changed file: whether it may say which tests there are. */
void search_note_decisive(
	struct search *search, const struct meant *meant, const char *path);

/*
 * Selects whom changes concern; narrowing them first, or as it was done
 * (affected_changes.c).
 */
int search_changes(struct search *search, struct changes *changes,
	const struct narrowing *narrowing);

/*
 * The same for what git tells to have changed, which is what is listed
 * afterwards (affected_git.c).
 */
int search_in_set(struct search *search, struct changes *changes);

/* Those who can notice what loading a source does now (affected_narrowed.c). */
int search_narrowed(struct search *search, const struct narrowed *narrowed,
	const char *what, const char *path);

/* Checks whose products are gone (affected_lost.c). */
int search_lost(struct search *search);

/*
 * Where something changed and affects no test that was recorded: the units
 * that the configuration names as smoke, once for the same changes
 * (affected_smoke.c).
 */
int search_smoke(struct search *search, const struct changes *changes);

#endif
