/* SPDX-License-Identifier: MIT */
#include "store/publish.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/read_file.h"
#include "git/git_history.h"
#include "map/pack.h"
#include "map/query.h"
#include "store/begun.h"
#include "store/work.h"

/* As many as are asked for. */
#define ANCESTORS 200

/* How long anybody waits for a mark to be put. */
#define MARK_SECONDS 10

static int publish_pack(struct package *package, const char *root,
	const char *work, struct err *err)
{
	char *path = xasprintf("%s/" PACKAGE_MAP, work), *bytes = NULL;
	struct query_totals totals = {0};
	struct map map;
	size_t size;
	int code = map_open(&map, root, MAP_QUERY, err);

	if (code == 0) {
		code = query_totals(&totals, &map, err);
		if (code == 0 && !totals.units)
			code = err_set(err, PUBLISH_EMPTY,
				"the map in '%s' holds no test or command; "
				"record one with 'ftrace run -- COMMAND'",
				root);
		if (code == 0)
			code = map_pack(&map, path, err);
		package->units = totals.units;
		query_totals_release(&totals);
		map_close(&map);
	}
	if (code == 0) {
		bytes = read_file(path, PACKAGE_MAP_MOST, &size);
		if (!bytes)
			code = err_set(err, -errno, "cannot read '%s': %s",
				path, strerror(errno));
		else
			package_add(package, PACKAGE_MAP, bytes, size,
				package->made, false);
	}
	unlink(path);
	free(path);
	return code;
}

static int publish_make(struct package_bytes *bytes, struct package *package,
	struct published *published, const struct publish *publish,
	const char *work, struct err *err)
{
	int code = publish_pack(package, publish->root, work, err);

	for (size_t i = 0; code == 0 && i < publish->shared_count; i++)
		code = package_add_share(package, publish->root,
			publish->shared[i], &published->left, err);
	if (code == 0)
		code = package_write(package, bytes, err);
	published->bytes = bytes->size;
	published->units = (size_t)package->units;
	return code;
}

static int publish_put(struct published *published,
	const struct publish *publish, const struct package *package,
	const struct package_bytes *bytes, const char *work, struct err *err)
{
	struct store_asked asked = {.commits = (char *const *)&package->commit,
		.count = 1,
		.print = package->fingerprint.print};
	struct store_entries entries = {0};
	struct store store;
	int code = store_open(&store, publish->url, publish->root, work, err);

	if (code == 0) {
		published->store = xstrdup(store.url);
		code = store_list(&entries, &store, &asked, err);
	}
	if (code == 0)
		code = store_put(&store, published->name, bytes, err);
	store_entries_release(&entries);
	/* With what others have published meanwhile. */
	if (code == 0)
		code = store_list(&entries, &store, &asked, err);
	/* What was wrong with the one before is not with this one. */
	if (code == 0)
		code = store_unmark(&store, &entries, published->name, err);
	if (code == 0)
		code = store_prune(&published->dropped, &store, &entries,
			publish->keep, err);
	store_entries_release(&entries);
	store_close(&store);
	return code;
}

int publish_map(struct published *published, const struct publish *publish,
	struct err *err)
{
	struct git_history history = {0};
	struct package package = {.made = time(NULL)};
	struct package_bytes bytes = {0};
	char *work = NULL;
	int code;

	memset(published, 0, sizeof(*published));
	code = git_history_load(&history, publish->root, 1, err);
	if (code < 0)
		goto out;
	work = work_make(publish->root, err);
	if (!work) {
		code = -EIO;
		goto out;
	}
	package.commit = xstrdup(history.commits[0]);
	package.branch = xstrdup(history.branch);
	package.project = xstrdup(history.project);
	fingerprint_take(&package.fingerprint, publish->root, history.below);
	store_name(published->name, package.commit, package.fingerprint.print);
	code = publish_make(&bytes, &package, published, publish, work, err);
	if (code == 0)
		code = publish_put(
			published, publish, &package, &bytes, work, err);
out:
	free(bytes.bytes);
	package_release(&package);
	work_remove(work);
	git_history_release(&history);
	return code;
}

void published_release(struct published *published)
{
	free(published->store);
	memset(published, 0, sizeof(*published));
}

static bool publish_is_ancestor(
	const struct git_history *history, const struct store_entry *entry)
{
	size_t n = strcspn(entry->name, "-");

	for (size_t i = 0; i < history->count; i++)
		if (strlen(history->commits[i]) == n &&
			!memcmp(history->commits[i], entry->name, n))
			return true;
	return false;
}

static int publish_remove(size_t *removed, struct store *store,
	const struct git_history *history, const struct store_asked *asked,
	struct err *err)
{
	struct store_entries entries;
	int code = store_list(&entries, store, asked, err);

	for (size_t i = 0; code == 0 && i < entries.count; i++) {
		const struct store_entry *entry = &entries.list[i];

		if (!publish_is_ancestor(history, entry))
			continue;
		if (entry->file)
			code = store_drop(store, entry->file, err);
		if (code == 0 && entry->mark)
			code = store_drop(store, entry->mark, err);
		*removed += code == 0;
	}
	store_entries_release(&entries);
	return code;
}

int publish_clear(
	size_t *removed, const struct publish *publish, struct err *err)
{
	struct git_history history = {0};
	struct fingerprint fingerprint = {0};
	struct store store = {0};
	char *work = NULL;
	int code = git_history_load(&history, publish->root, ANCESTORS, err);

	*removed = 0;
	if (code == 0) {
		work = work_make(publish->root, err);
		code = work ? 0 : -EIO;
	}
	if (code == 0)
		code = store_open(
			&store, publish->url, publish->root, work, err);
	if (code == 0) {
		struct store_asked asked = {.commits = history.commits,
			.count = history.count,
			.print = fingerprint.print};

		fingerprint_take(&fingerprint, publish->root, history.below);
		code = publish_remove(removed, &store, &history, &asked, err);
	}
	store_close(&store);
	fingerprint_release(&fingerprint);
	work_remove(work);
	git_history_release(&history);
	return code;
}

int publish_mark(char **marked, const struct publish *publish, const char *why,
	struct err *err)
{
	struct begun begun;
	struct store store = {0};
	char *work = NULL;
	int code;

	*marked = NULL;
	if (!begun_read(&begun, publish->root))
		return 0;
	work = work_make(publish->root, err);
	code = work ? store_open(&store, begun.store, publish->root, work, err)
		    : -EIO;
	/* It comes at the end of a run of tests. */
	if (store.seconds > MARK_SECONDS)
		store.seconds = MARK_SECONDS;
	if (code == 0)
		code = store_mark(&store, begun.name, why, err);
	if (code == 0)
		*marked = xstrdup(begun.name);
	store_close(&store);
	work_remove(work);
	begun_release(&begun);
	return code;
}
