/* SPDX-License-Identifier: MIT */
/*
 * The directories that discovery looked through, and what it passed by there:
 * entries of which it made no tests, as a conftest or a setting had it. These
 * are kept with the listing. A test file is new when it was neither collected
 * nor passed by, whoever else has read it or asked for it. Of files that were
 * collected it is noted here where others may find more tests in them.
 */
#include "fold/listings.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/id.h"
#include "base/path.h"
#include "fold/discovery.h"
#include "fold/paths.h"
#include "fold/scopes.h"
#include "fold/settle.h"
#include "fold/state.h"
#include "fold/steps.h"
#include "map/entries.h"
#include "map/project.h"
#include "map/query.h"
#include "runners/adapter.h"

/* What the map knows. */
struct past {
	bool any; /* discovery has been recorded before */
	struct interner patterns;
	struct interner passed;
	struct interner looked_at; /* files collected, directories listed */
};

static void listings_take(
	struct interner *interner, struct query_name *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		intern(interner, names[i].name, strlen(names[i].name));
	query_names_release(names, count);
}

/* Without what this run found to be there no more. */
static void leave_outdated(
	const struct recorded_ids *ids, struct query_name *names, size_t *count)
{
	size_t kept = 0;

	for (size_t i = 0; i < *count; i++) {
		bool outdated = false;

		for (size_t k = 0; k < ids->count; k++)
			outdated |= ids->list[k] == names[i].scope;
		if (outdated)
			free(names[i].name);
		else
			names[kept++] = names[i];
	}
	*count = kept;
}

static int load_past(struct past *past, const struct fold *fold,
	struct map *map, struct err *err)
{
	const struct recording *recording = &fold->recording;
	struct query_name *names;
	size_t count = 0;
	int code;

	memset(past, 0, sizeof(*past));
	code = query_listings(&names, &count, map, err);
	past->any = count > 0;
	leave_outdated(&recording->outdated_listings, names, &count);
	listings_take(&past->looked_at, names, count);
	if (code < 0)
		return code;
	code = query_names(&names, &count, map, SCOPE_COLLECT, err);
	leave_outdated(&recording->outdated, names, &count);
	listings_take(&past->looked_at, names, count);
	if (code < 0)
		return code;
	code = query_patterns(&names, &count, map, err);
	listings_take(&past->patterns, names, count);
	if (code < 0)
		return code;
	code = query_passed(&names, &count, map, err);
	listings_take(&past->passed, names, count);
	return code;
}

static bool listings_has(const struct interner *interner, const char *path)
{
	return intern_find(interner, path, strlen(path)) != INTERN_NONE;
}

/* The next pattern of this run and, behind these, of the map; NULL: none. */
static const char *listings_pattern(
	const struct fold *fold, const struct past *past, size_t *at)
{
	const struct interner *own = &fold->recording.patterns;
	size_t i = (*at)++;

	if (i < own->count)
		return own->entries[i].bytes;
	i -= own->count;
	return i < past->patterns.count ? past->patterns.entries[i].bytes
					: NULL;
}

/* Also by what others called one. */
static bool listings_is_test_file(
	const struct fold *fold, const struct past *past, const char *path)
{
	const char *pattern;

	for (size_t at = 0; (pattern = listings_pattern(fold, past, &at));)
		if (adapter_matches(pattern, path))
			return true;
	return false;
}

static bool listings_skips(
	const struct fold *fold, const struct past *past, const char *directory)
{
	const char *pattern;

	for (size_t at = 0; (pattern = listings_pattern(fold, past, &at));)
		if (!adapter_of_pattern(pattern)->skips(directory))
			return false;
	return true;
}

/* This run looked for tests of that adapter's. */
static bool listings_seeks(
	const struct fold *fold, const struct adapter *adapter)
{
	const struct interner *own = &fold->recording.patterns;

	for (size_t i = 0; i < own->count; i++)
		if (adapter_of_pattern(own->entries[i].bytes) == adapter)
			return true;
	return false;
}

/* A test file by what runners say that this run is none of. */
static bool is_of_other_runner(
	const struct fold *fold, const struct past *past, const char *path)
{
	for (size_t i = 0; i < past->patterns.count; i++) {
		const char *pattern = past->patterns.entries[i].bytes;

		if (adapter_matches(pattern, path) &&
			!listings_seeks(fold, adapter_of_pattern(pattern)))
			return true;
	}
	return false;
}

static int64_t nanoseconds(const struct statx_timestamp *time)
{
	return time->tv_sec * INT64_C(1000000000) + time->tv_nsec;
}

/*
 * It may have come while the tests ran, after they were looked for: also from
 * the tests themselves. What was there before and was written by these did not.
 */
static bool is_recent(const struct fold *fold, uint32_t node, const char *path)
{
	bool written = fold->nodes[node].touched || fold->nodes[node].stirred;
	struct statx st;

	if (statx(AT_FDCWD, path, 0, STATX_CTIME | STATX_BTIME, &st) < 0 ||
		nanoseconds(&st.stx_ctime) < fold->options->started)
		return false;
	return !written || !(st.stx_mask & STATX_BTIME) ||
	       nanoseconds(&st.stx_btime) >= fold->options->started;
}

static void listings_add(
	struct recorded_listing *listing, struct recorded_read read)
{
	*(struct recorded_read *)array_add(&listing->reads,
		&listing->read_count, &listing->read_room, sizeof(read)) = read;
}

/* What is listed equals no listing: it is looked through next time. */
static void listings_doubt(struct fold *fold, struct recorded_listing *listing)
{
	for (size_t i = 0; i < listing->read_count; i++) {
		struct recorded_read *read = &listing->reads[i];
		const struct map_state *state =
			&fold->files.states[read->state];

		if (state->aspect == ASPECT_LISTING)
			read->state =
				map_file_state_of(&fold->files, state->file,
					ASPECT_LISTING, "", 0, &print_unknown);
	}
}

static void listings_pass(struct fold *fold, uint32_t listing, const char *path)
{
	uint32_t at = fold_path(fold, path, strlen(path), true), file;
	struct fold_access access = {.block = fold->no_block,
		.kinds = KIND_BIT(ACCESS_STAT),
		.role = ROLE_PRESENCE};

	if (fold->paths.list[at].ignored)
		return;
	access.node = fold->paths.list[at].node;
	file = fold_file(fold, access.node);
	if (file != FILE_NONE)
		listings_add(&fold->recording.listings[listing],
			fold_state(fold, &access, file, access.kinds));
}

static bool came_meanwhile(struct fold *fold, const char *path)
{
	uint32_t at = fold_path(fold, path, strlen(path), true);

	return !fold->paths.list[at].ignored &&
	       is_recent(fold, fold->paths.list[at].node, path);
}

/* An entry that other discovery than this scope's deals with, or none. */
static bool is_dealt_with(const struct fold *fold, const struct past *past,
	const struct entry *entry)
{
	bool is_directory = S_ISDIR(entry->st->st_mode);

	if (is_directory ? listings_skips(fold, past, entry->name)
			 : !listings_is_test_file(fold, past, entry->absolute))
		return true;
	if (is_directory)
		return listings_has(&fold->listings.names, entry->stored);
	return fold_find_scope(fold, SCOPE_COLLECT, entry->stored,
		       strlen(entry->stored)) != SCOPE_NONE;
}

struct settling {
	struct fold *fold;
	const struct past *past;
	uint32_t listing;
};

/*
 * What a run leaves out by its command line stays new; but the first run of all
 * decides what is not looked for, whatever it leaves.
 */
static void settle_entry(void *context, const struct entry *entry)
{
	const struct settling *settling = context;
	const struct past *past = settling->past;
	struct fold *fold = settling->fold;
	uint32_t listing = settling->listing;

	if (is_dealt_with(fold, past, entry) ||
		listings_has(&past->looked_at, entry->stored))
		return;
	if (listings_has(&past->passed, entry->stored)) {
		listings_pass(fold, listing, entry->absolute);
	} else if ((fold->runner.looked_otherwise && past->any) ||
		   is_of_other_runner(fold, past, entry->absolute) ||
		   came_meanwhile(fold, entry->absolute)) {
		listings_doubt(fold, &fold->recording.listings[listing]);
	} else {
		listings_pass(fold, listing, entry->absolute);
		fold->recording.passed_news = true;
	}
}

/* By what others find tests, and this run did not look for. */
static bool is_sought_by_others(
	const struct fold *fold, const struct past *past, const char *path)
{
	for (size_t i = 0; i < past->patterns.count; i++) {
		const char *pattern = past->patterns.entries[i].bytes;

		if (!listings_has(&fold->recording.patterns, pattern) &&
			listings_seeks(fold, adapter_of_pattern(pattern)) &&
			adapter_matches(pattern, path))
			return true;
	}
	return false;
}

/*
 * With other settings there may be other tests in a file: functions of another
 * name, doctests, classes of unittest.
 */
static void settle_collected(struct fold *fold, const struct past *past)
{
	for (uint32_t i = 0; i < fold->scopes.count; i++) {
		struct recorded_scope *scope = &fold->recording.scopes[i];
		char *path;

		if (scope->kind != SCOPE_COLLECT || id_file(scope->name))
			continue;
		path = project_file(fold->options->root, scope->name);
		scope->in_part = fold->runner.in_part ||
				 is_sought_by_others(fold, past, path);
		scope->full = fold->scopes.list[i].completed &&
			      fold->runner.collected && !scope->in_part &&
			      !fold->runner.looked_otherwise;
		free(path);
	}
}

static uint32_t listing_of(struct fold *fold, const char *name, size_t size)
{
	struct recording *recording = &fold->recording;
	uint32_t i = intern(&fold->listings.names, name, size);
	struct recorded_listing *listing;

	if (i == recording->listing_count) {
		listing = array_add(&recording->listings,
			&recording->listing_count, &recording->listing_room,
			sizeof(*listing));
		listing->directory = fold->listings.names.entries[i].bytes;
	}
	return i;
}

static void listings_list(
	struct fold *fold, const struct fold_access *access, uint32_t file)
{
	char path[PATH_MAX];
	size_t n;
	const char *name = fold_place_name(fold, access->node, path, &n);
	uint32_t listing = listing_of(fold, name, n);

	listings_add(&fold->recording.listings[listing],
		fold_state(fold, access, file, KIND_BIT(ACCESS_LIST)));
}

void fold_listed(struct fold *fold)
{
	for (size_t i = 0; i < fold->accesses.count; i++) {
		const struct fold_access *access = &fold->accesses.list[i];
		uint32_t file;

		if (access->role != ROLE_LISTED)
			continue;
		file = fold_file(fold, access->node);
		if (file != FILE_NONE)
			listings_list(fold, access, file);
	}
}

/*
 * Tests below a link to a directory are called after the link, and so are new
 * ones. What was listed is what it leads to.
 */
static void list_by_link(struct fold *fold, uint32_t discover)
{
	const char *name = fold->recording.scopes[discover].name;
	char *path = project_file(fold->options->root, name);
	char *real = realpath(path, NULL);
	const char *below = real ? path_below(real, fold->options->root) : NULL;
	const char *stored = below && *below ? below : real;
	uint32_t listing = INTERN_NONE, added;

	if (real && strcmp(stored, name) != 0)
		listing = intern_find(
			&fold->listings.names, stored, strlen(stored));
	if (listing != INTERN_NONE &&
		!listings_has(&fold->listings.names, name)) {
		const struct recorded_listing *from;

		added = listing_of(fold, name, strlen(name));
		from = &fold->recording.listings[listing];
		for (size_t i = 0; i < from->read_count; i++)
			listings_add(&fold->recording.listings[added],
				from->reads[i]);
	}
	free(real);
	free(path);
}

/*
 * Whoever asks for a file can have its directory listed on the way to it, and
 * others may be new there: the map keeps what it was when it was looked
 * through.
 */
int fold_listings(struct fold *fold, struct map *map, struct err *err)
{
	struct past past;
	int code;

	/* Of others nobody knows what they looked through. */
	if (!fold->runner.collected) {
		for (size_t i = 0; i < fold->recording.listing_count; i++)
			fold->recording.listings[i].unwanted =
				fold->runner.ready;
		return 0;
	}
	code = load_past(&past, fold, map, err);
	for (uint32_t i = 0, count = (uint32_t)fold->scopes.count;
		code == 0 && i < count; i++)
		if (fold->recording.scopes[i].kind == SCOPE_DISCOVER)
			list_by_link(fold, i);
	for (uint32_t i = 0; code == 0 && i < fold->recording.listing_count;
		i++) {
		struct recorded_listing *listing = &fold->recording.listings[i];
		const char *directory = listing->directory;

		if (fold_was_looked_for(fold, directory, strlen(directory)))
			entries_each(fold->options->root, directory,
				settle_entry,
				&(struct settling){fold, &past, i});
		else
			listing->unwanted = true;
	}
	if (code == 0)
		settle_collected(fold, &past);
	interner_release(&past.patterns);
	interner_release(&past.passed);
	interner_release(&past.looked_at);
	return code;
}
