/* SPDX-License-Identifier: MIT */
#include "store/obtain.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "git/git_history.h"
#include "map/pack.h"
#include "map/query.h"
#include "store/begun.h"
#include "store/candidates.h"
#include "store/work.h"

/* Whoever has as many that are no good has another problem. */
#define TRIES 10

/* All that is needed on the way. */
struct obtaining {
	const struct obtain *obtain;
	struct obtained *obtained;
	struct git_history history;
	struct fingerprint here;
	struct store store;
	struct store_entries entries;
	struct candidates candidates;
	char *work;
	bool has_units; /* the map here */
};

__attribute__((format(printf, 2, 3))) static void obtain_note(
	struct obtaining *obtaining, const char *format, ...);

static void obtain_note(struct obtaining *obtaining, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	words_add_copy(&obtaining->obtained->notes, text);
}

static const char *obtain_short(const char *commit)
{
	static char text[13];

	snprintf(text, sizeof(text), "%.12s", commit);
	return text;
}

/* "project" is where it lies in its repository. */
static const char *obtain_below(const struct fingerprint *fingerprint)
{
	for (size_t i = 0; i < fingerprint->count; i++)
		if (!strcmp(fingerprint->parts[i].name, "project"))
			return fingerprint->parts[i].value;
	return "";
}

/* A store may have packages of several projects in it. */
static int obtain_check(const struct obtaining *obtaining,
	const struct candidate *candidate, const struct package *package,
	struct err *err)
{
	const char *project = obtaining->history.project;

	if (strcmp(package->commit, candidate->commit) != 0)
		return err_set(err, PACKAGE_REFUSED,
			"it is of another commit than its name says");
	if (strcmp(obtain_below(&package->fingerprint),
		    obtain_below(&obtaining->here)) != 0)
		return err_set(err, PACKAGE_REFUSED,
			"it is of another project in this repository");
	if (candidate->behind == SIZE_MAX && *project && *package->project &&
		strcmp(package->project, project) != 0)
		return err_set(err, PACKAGE_REFUSED,
			"it is of another project, '%s'", package->project);
	return 0;
}

/* Where no link leads elsewhere; makes the folders on the way. */
static bool obtain_is_way(char *path, size_t from)
{
	struct stat st;
	bool is = true;

	for (char *slash = path + from; is && (slash = strchr(slash, '/'));
		slash++) {
		*slash = '\0';
		if (mkdir(path, 0777) < 0)
			is = lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
		*slash = '/';
	}
	return is;
}

/* What is there already stays. */
static void obtain_share(struct obtaining *obtaining, const char *shared)
{
	char *from =
		xasprintf("%s/" PACKAGE_SHARE "%s", obtaining->work, shared);
	char *to = xasprintf("%s/%s", obtaining->obtain->root, shared);
	struct stat st;

	if (lstat(from, &st) == 0 && lstat(to, &st) < 0 && errno == ENOENT) {
		if (!obtain_is_way(to, strlen(obtaining->obtain->root) + 1))
			obtain_note(obtaining,
				"'%s' of the package is left out: a link is "
				"on its way",
				shared);
		else if (rename(from, to) < 0)
			obtain_note(obtaining,
				"'%s' of the package cannot be put here: %s",
				shared, strerror(errno));
	}
	free(to);
	free(from);
}

static void obtain_tell(struct obtaining *obtaining,
	const struct candidate *candidate, const struct package *package)
{
	struct obtained *obtained = obtaining->obtained;

	obtained->ancestor = candidate->behind != SIZE_MAX;
	obtained->commit = xstrdup(package->commit);
	obtained->branch = xstrdup(package->branch);
	obtained->distance =
		git_history_distance(obtaining->obtain->root, package->commit);
	obtained->difference =
		fingerprint_difference(&obtaining->here, &package->fingerprint);
	obtained->units = (size_t)package->units;
	obtained->made = package->made;
}

/* The package's own words are in the note of what it was begun with. */
static int obtain_use(struct obtaining *obtaining,
	const struct candidate *candidate, const struct package *package,
	struct err *err)
{
	const char *root = obtaining->obtain->root;
	char *path = xasprintf("%s/" PACKAGE_MAP, obtaining->work);
	struct begun begun = {.store = obtaining->store.url,
		.name = (char *)candidate->entry->name,
		.commit = package->commit,
		.branch = package->branch};
	struct obtained *obtained = obtaining->obtained;
	bool taken = false;
	int code;

	/* Before the map is: a map of which nobody knew it would stay. */
	code = begun_write(&begun, root, err);
	if (code == 0)
		code = map_take_pack(&taken, root, path, err);
	if (code == 0 && !taken) {
		code = map_merge_pack(&obtained->more, root,
			&obtaining->obtain->keep, path, obtaining->work, err);
		obtained->merged = code == 0;
	}
	if (code < 0 && !obtaining->has_units)
		begun_forget(root);
	obtained->taken = code == 0;
	if (code == 0) {
		obtain_tell(obtaining, candidate, package);
		for (size_t i = 0; i < obtaining->obtain->shared_count; i++)
			obtain_share(obtaining, obtaining->obtain->shared[i]);
	}
	free(path);
	return code;
}

/* A folder of its own for each, so that none finds what another left. */
static int obtain_try(struct obtaining *obtaining,
	const struct candidate *candidate, struct err *err)
{
	struct package_bytes bytes;
	struct package package = {0};
	char *above = obtaining->work;
	int code = store_get(&bytes, &obtaining->store, candidate->entry, err);

	if (code < 0)
		goto out;
	obtaining->work = xasprintf("%s/%s", above, candidate->entry->name);
	mkdir(obtaining->work, 0777);
	code = package_read(&package, bytes.bytes, bytes.size, obtaining->work,
		obtaining->obtain->shared, obtaining->obtain->shared_count,
		err);
	obtaining->obtained->bytes = bytes.size;
	if (code == 0)
		code = obtain_check(obtaining, candidate, &package, err);
	if (code == 0)
		code = obtain_use(obtaining, candidate, &package, err);
	free(obtaining->work);
	obtaining->work = above;
out:
	package_release(&package);
	free(bytes.bytes);
	return code;
}

/* Refused or gone: the next one is tried. All else is a failure. */
static int obtain_first(struct obtaining *obtaining, struct err *err)
{
	const struct candidates *candidates = &obtaining->candidates;
	int code = 0;

	for (size_t i = 0; i < candidates->count && i < TRIES; i++) {
		const struct candidate *candidate = &candidates->list[i];

		code = obtain_try(obtaining, candidate, err);
		if (code == STORE_NONE) {
			code = 0;
			continue;
		}
		if (code != PACKAGE_REFUSED && code != MAP_BROKEN)
			break;
		obtain_note(obtaining,
			"the package of %s is refused: %s; the next one is "
			"tried",
			obtain_short(candidate->commit), err->text);
		code = 0;
	}
	return code;
}

/* Whoever has what is not to be taken any more drops it. */
static int obtain_drop(struct obtaining *obtaining, struct err *err)
{
	const char *root = obtaining->obtain->root;
	struct begun begun;
	int code = 0;

	if (!begun_read(&begun, root))
		return 0;
	for (size_t i = 0; code == 0 && i < obtaining->entries.count; i++) {
		const struct store_entry *entry = &obtaining->entries.list[i];
		char *why;

		if (!entry->mark || strcmp(entry->name, begun.name) != 0)
			continue;
		why = store_why(&obtaining->store, entry);
		obtain_note(obtaining,
			"the map here was begun with the package of %s, which "
			"is marked as bad (%s); it is cleared",
			obtain_short(begun.commit), why);
		free(why);
		code = map_clear(root, err);
		begun_forget(root);
	}
	begun_release(&begun);
	return code;
}

static int obtain_has_units(bool *has, const char *root, struct err *err)
{
	struct map map;
	int code = map_open(&map, root, MAP_QUERY, err);

	*has = false;
	/* What is damaged is put aside when the package is taken. */
	if (code == MAP_MISSING || code == MAP_DAMAGED)
		return 0;
	if (code < 0)
		return code;
	code = query_any_unit(has, &map, NULL, err);
	map_close(&map);
	return code;
}

/* Those of ancestors that are passed by for their marks. */
static void obtain_tell_marks(struct obtaining *obtaining)
{
	for (size_t i = 0; i < obtaining->entries.count; i++) {
		const struct store_entry *entry = &obtaining->entries.list[i];
		char *why;

		if (!entry->mark || !entry->file)
			continue;
		why = store_why(&obtaining->store, entry);
		obtain_note(obtaining,
			"the package of %s is passed by: it is marked as bad "
			"(%s)",
			obtain_short(entry->name), why);
		free(why);
		return;
	}
}

/* What would be taken is here already. */
static bool obtain_has(const struct obtaining *obtaining)
{
	const struct candidates *candidates = &obtaining->candidates;
	struct begun begun;
	bool has;

	if (!obtaining->has_units || !candidates->count ||
		!begun_read(&begun, obtaining->obtain->root))
		return false;
	has = !strcmp(begun.name, candidates->list[0].entry->name);
	begun_release(&begun);
	return has;
}

static int obtain_look(struct obtaining *obtaining, struct err *err)
{
	const char *root = obtaining->obtain->root;
	struct store_asked asked = {.commits = obtaining->history.commits,
		.count = obtaining->history.count,
		.print = obtaining->here.print};
	int code =
		store_list(&obtaining->entries, &obtaining->store, &asked, err);

	if (code == 0)
		code = obtain_drop(obtaining, err);
	if (code == 0)
		code = obtain_has_units(&obtaining->has_units, root, err);
	if (code < 0)
		return code;
	obtain_tell_marks(obtaining);
	candidates_find(&obtaining->candidates, &obtaining->entries,
		&obtaining->history, root, obtaining->here.print);
	obtaining->obtained->kept = obtain_has(obtaining);
	return obtaining->obtained->kept ? 0 : obtain_first(obtaining, err);
}

int obtain_map(
	struct obtained *obtained, const struct obtain *obtain, struct err *err)
{
	struct obtaining obtaining = {.obtain = obtain, .obtained = obtained};
	int code;

	memset(obtained, 0, sizeof(*obtained));
	code = git_history_load(
		&obtaining.history, obtain->root, OBTAIN_ANCESTORS, err);
	if (code == 0) {
		obtaining.work = work_make(obtain->root, err);
		code = obtaining.work ? 0 : -EIO;
	}
	if (code == 0)
		code = store_open(&obtaining.store, obtain->url, obtain->root,
			obtaining.work, err);
	if (code == 0) {
		obtained->store = xstrdup(obtaining.store.url);
		obtained->shallow = obtaining.history.shallow;
		fingerprint_take(
			&obtaining.here, obtain->root, obtaining.history.below);
		code = obtain_look(&obtaining, err);
	}
	candidates_release(&obtaining.candidates);
	store_entries_release(&obtaining.entries);
	store_close(&obtaining.store);
	fingerprint_release(&obtaining.here);
	work_remove(obtaining.work);
	git_history_release(&obtaining.history);
	return code;
}

void obtained_release(struct obtained *obtained)
{
	free(obtained->store);
	free(obtained->commit);
	free(obtained->branch);
	free(obtained->difference);
	words_free(obtained->notes.list);
	memset(obtained, 0, sizeof(*obtained));
}
