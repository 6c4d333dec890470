/* SPDX-License-Identifier: MIT */
#include "store/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/url.h"

/* A mark is a sentence. */
#define MARK_MOST 4096

/* Seconds that one transfer may take. */
#define SECONDS 60

void store_name(
	char name[STORE_NAME_SIZE], const char *commit, const char *print)
{
	snprintf(name, STORE_NAME_SIZE, "%.64s-%.16s", commit, print);
}

static bool store_is_name(const char *text, size_t size)
{
	static const char hex[] = "0123456789abcdef";
	size_t commit = strspn(text, hex);

	return size < STORE_NAME_SIZE && commit >= 40 && commit <= 64 &&
	       text[commit] == '-' &&
	       strspn(text + commit + 1, hex) == FINGERPRINT_SIZE - 1 &&
	       size == commit + FINGERPRINT_SIZE;
}

static struct store_entry *store_entries_find(
	struct store_entries *entries, const char *name)
{
	for (size_t i = 0; i < entries->count; i++)
		if (!strcmp(entries->list[i].name, name))
			return &entries->list[i];
	return NULL;
}

/* A package that was put there twice is one, the newer; and either way bad. */
void store_entries_add(struct store_entries *entries, const char *base,
	const char *file, int64_t time)
{
	size_t n = strcspn(base, ".");
	bool bad = !strcmp(base + n, STORE_BAD);
	char name[STORE_NAME_SIZE] = "";
	struct store_entry *entry;

	if (!store_is_name(base, n) ||
		(!bad && strcmp(base + n, STORE_PACKAGE) != 0))
		return;
	memcpy(name, base, n);
	entry = store_entries_find(entries, name);
	if (!entry) {
		entry = array_add(&entries->list, &entries->count,
			&entries->room, sizeof(*entries->list));
		memcpy(entry->name, name, sizeof(name));
		entry->time = INT64_MIN;
	}
	if (bad) {
		free(entry->mark);
		entry->mark = xstrdup(file);
	} else if (entry->file && !strcmp(entry->file, file)) {
		/* Told twice; it is no older one. */
	} else if (!entry->file || time > entry->time) {
		if (entry->file)
			words_add(&entries->old, entry->file);
		entry->file = xstrdup(file);
		entry->time = time;
	} else {
		words_add_copy(&entries->old, file);
	}
}

void store_entries_release(struct store_entries *entries)
{
	for (size_t i = 0; i < entries->count; i++) {
		free(entries->list[i].file);
		free(entries->list[i].mark);
	}
	free(entries->list);
	words_free(entries->old.list);
	memset(entries, 0, sizeof(*entries));
}

static const struct {
	const char *scheme;
	const struct store_kind *kind;
} kinds[] = {{"file:", &store_folder}, {"git:", &store_git},
	{"http:", &store_http}, {"https:", &store_http}, {"s3:", &store_s3}};

static int store_refuse_secret(struct err *err)
{
	return err_set(err, -EINVAL,
		"the URL of the store has a password in it; it belongs in "
		"~/.netrc, in the environment or in git's credential helper "
		"(man ftrace-push), and is to be changed where others could "
		"read it");
}

static unsigned store_seconds(void)
{
	const char *text = getenv(STORE_TIMEOUT_VARIABLE);
	unsigned long seconds = text ? strtoul(text, NULL, 10) : 0;

	return seconds && seconds < 86400 ? (unsigned)seconds : SECONDS;
}

/* A scheme has two letters or more, a path none that ends with a colon. */
static bool store_has_scheme(const char *url)
{
	size_t n = strspn(url, "abcdefghijklmnopqrstuvwxyz0123456789+.-");

	return n > 1 && url[n] == ':';
}

int store_open(struct store *store, const char *url, const char *root,
	const char *work, struct err *err)
{
	*store = (struct store){.url = xstrdup(url),
		.root = root,
		.work = work,
		.seconds = store_seconds()};
	if (url_has_password(url)) {
		*store->url = '\0';
		return store_refuse_secret(err);
	}
	for (const char *at = url; *at; at++)
		if ((unsigned char)*at <= ' ' || *at == 127)
			return err_set(err, -EINVAL,
				"the URL of the store has a blank in it");
	if (!store_has_scheme(url)) {
		store->kind = &store_folder;
		return store->kind->open(store, url, err);
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		size_t n = strlen(kinds[i].scheme);

		if (strncmp(url, kinds[i].scheme, n) != 0)
			continue;
		store->kind = kinds[i].kind;
		return store->kind->open(store, url + n, err);
	}
	return err_set(err, -EINVAL,
		"no store is known by '%s'; there are a folder, file:, git:, "
		"http:, https: and s3:",
		url);
}

void store_close(struct store *store)
{
	if (store->kind)
		store->kind->close(store);
	free(store->url);
	free(store->place);
	free(store->query);
	memset(store, 0, sizeof(*store));
}

int store_list(struct store_entries *entries, struct store *store,
	const struct store_asked *asked, struct err *err)
{
	memset(entries, 0, sizeof(*entries));
	return store->kind->list(entries, store, asked, err);
}

int store_get(struct package_bytes *bytes, struct store *store,
	const struct store_entry *entry, struct err *err)
{
	memset(bytes, 0, sizeof(*bytes));
	return store->kind->get(bytes, store, entry->file, PACKAGE_MOST, err);
}

int store_put(struct store *store, const char *name,
	const struct package_bytes *bytes, struct err *err)
{
	return store->kind->put(store, name, STORE_PACKAGE, bytes, err);
}

int store_drop(struct store *store, const char *file, struct err *err)
{
	return store->kind->drop(store, file, err);
}

char *store_why(struct store *store, const struct store_entry *entry)
{
	struct package_bytes bytes = {0};
	char *text;

	if (!entry->mark || store->kind->get(&bytes, store, entry->mark,
				    MARK_MOST, NULL) < 0) {
		free(bytes.bytes);
		return xstrdup("");
	}
	/* Whoever could write there could write anything. */
	text = xmemdup(bytes.bytes, bytes.size);
	for (char *at = text; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 127)
			*at = ' ';
	for (size_t n = strlen(text); n && text[n - 1] == ' '; n--)
		text[n - 1] = '\0';
	free(bytes.bytes);
	return text;
}

int store_mark(
	struct store *store, const char *name, const char *why, struct err *err)
{
	char *text = xasprintf("%.*s\n", MARK_MOST, why);
	struct package_bytes bytes = {.bytes = text, .size = strlen(text)};
	int code = store->kind->put(store, name, STORE_BAD, &bytes, err);

	free(text);
	return code;
}

int store_unmark(struct store *store, const struct store_entries *entries,
	const char *name, struct err *err)
{
	for (size_t i = 0; i < entries->count; i++) {
		const struct store_entry *entry = &entries->list[i];

		if (entry->mark && !strcmp(entry->name, name))
			return store->kind->drop(store, entry->mark, err);
	}
	return 0;
}

static int store_by_time(const void *a, const void *b)
{
	const struct store_entry *const *x = a, *const *y = b;

	return ((*x)->time < (*y)->time) - ((*x)->time > (*y)->time);
}

int store_prune(size_t *dropped, struct store *store,
	const struct store_entries *entries, size_t keep, struct err *err)
{
	const struct store_entry **list =
		xcalloc(entries->count + 1, sizeof(*list));
	size_t count = 0;
	int code = 0;

	*dropped = 0;
	if (!keep)
		keep = store->kind->keep;
	for (size_t i = 0; i < entries->count; i++)
		if (entries->list[i].file)
			list[count++] = &entries->list[i];
	qsort(list, count, sizeof(*list), store_by_time);
	for (size_t i = 0; code == 0 && i < entries->old.count; i++)
		code = store->kind->drop(store, entries->old.list[i], err);
	for (size_t i = keep; keep && code == 0 && i < count; i++) {
		code = store->kind->drop(store, list[i]->file, err);
		*dropped += code == 0;
	}
	free(list);
	return code;
}
