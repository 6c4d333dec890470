/* SPDX-License-Identifier: MIT */
/*
 * A remote repository of git: each file is named by a ref of its own, with the
 * time in milliseconds behind it, since a ref tells none.
 *
 *	refs/ftrace/COMMIT-PRINT.TIME
 *	refs/ftrace/COMMIT-PRINT.bad
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "git/git_refs.h"
#include "store/store.h"

#define PREFIX "refs/ftrace/"

/* Of a repository everybody has to carry what is kept. */
#define KEEP 50

/* Where git failed. */
#define TRIES 3
#define FIRST_WAIT_MS 150

static int git_store_open(
	struct store *store, const char *rest, struct err *err)
{
	/* It would pass for an option, or run a program. */
	if (!*rest || *rest == '-' || !strncmp(rest, "ext:", 4))
		return err_set(err, -EINVAL,
			"store '%s' names no repository, as in git:origin",
			store->url);
	store->place = xstrdup(rest);
	return 0;
}

static void git_store_close(struct store *store)
{
	(void)store;
}

static struct git_remote git_store_remote(const struct store *store)
{
	return (struct git_remote){.directory = store->root,
		.name = store->place,
		.work = store->work,
		.seconds = store->seconds};
}

static int git_store_failed(const struct store *store, int code,
	const struct err *cause, struct err *err)
{
	return err_set(err, code == STORE_NONE ? -EIO : code, "store '%s': %s",
		store->url, cause->text);
}

/* A line: object, tab, ref. What it is kept by is both, with a blank. */
static void git_store_take(struct store_entries *entries, char *line)
{
	char *ref = strchr(line, '\t'), *dot, *base, *file;
	int64_t time;

	if (!ref || strncmp(ref + 1, PREFIX, strlen(PREFIX)) != 0)
		return;
	*ref++ = '\0';
	base = xstrdup(ref + strlen(PREFIX));
	dot = strchr(base, '.');
	file = xasprintf("%s %s", ref, line);
	if (dot && strcmp(dot, STORE_BAD) != 0) {
		char *whole, *end;

		time = strtoll(dot + 1, &end, 10);
		*dot = '\0';
		whole = xasprintf("%s" STORE_PACKAGE, base);
		if (end > dot + 1 && !*end)
			store_entries_add(entries, whole, file, time);
		free(whole);
	} else if (dot) {
		store_entries_add(entries, base, file, 0);
	}
	free(file);
	free(base);
}

/* Whether it is worth another try; waits before, longer each time. */
static bool git_store_again(int code, int *tries)
{
	long ms = FIRST_WAIT_MS << *tries;

	if (!code || ++*tries == TRIES)
		return false;
	ms += clock_on(CLOCK_REALTIME) / 1000 % ms;
	nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
	return true;
}

static int git_store_list(struct store_entries *entries, struct store *store,
	const struct store_asked *asked, struct err *err)
{
	struct git_remote remote = git_store_remote(store);
	struct git_bytes lines = {0};
	struct err cause;
	char *rest, *line;
	int code, tries = 0;

	(void)asked;
	do {
		free(lines.text);
		lines = (struct git_bytes){0};
		code = git_refs_list(&remote, PREFIX, &lines, &cause);
	} while (git_store_again(code, &tries));
	rest = lines.text;
	while (code == 0 && (line = strsep(&rest, "\n")))
		git_store_take(entries, line);
	free(lines.text);
	return code < 0 ? git_store_failed(store, code, &cause, err) : 0;
}

static int git_store_get(struct package_bytes *bytes, struct store *store,
	const char *file, size_t most, struct err *err)
{
	struct git_remote remote = git_store_remote(store);
	struct git_bytes got = {0};
	struct err cause;
	char *ref = xstrdup(file), *object = strchr(ref, ' ');
	int code, tries = 0;

	*object++ = '\0';
	do {
		free(got.text);
		got = (struct git_bytes){0};
		code = git_refs_get(&remote, ref, object, &got, &cause);
	} while (git_store_again(code, &tries));
	if (code == 0 && got.size >= most)
		code = err_set(&cause, -EFBIG, "the file is too big");
	bytes->bytes = got.text;
	bytes->size = got.size;
	free(ref);
	return code < 0 ? git_store_failed(store, code, &cause, err) : 0;
}

static int git_store_put(struct store *store, const char *name,
	const char *suffix, const struct package_bytes *bytes, struct err *err)
{
	struct git_remote remote = git_store_remote(store);
	const struct git_bytes file = {bytes->bytes, bytes->size};
	struct err cause;
	int code, tries = 0;

	do {
		long long now = clock_on(CLOCK_REALTIME) / 1000000;
		char *ref = strcmp(suffix, STORE_BAD)
				    ? xasprintf(PREFIX "%s.%lld", name, now)
				    : xasprintf(PREFIX "%s" STORE_BAD, name);

		code = git_refs_put(&remote, ref, &file, &cause);
		free(ref);
	} while (git_store_again(code, &tries));
	return code < 0 ? git_store_failed(store, code, &cause, err) : 0;
}

/* Somebody else may have been quicker. */
static bool git_store_is_gone(const struct git_remote *remote, const char *ref)
{
	struct git_bytes lines = {0};
	bool gone =
		git_refs_list(remote, ref, &lines, NULL) == 0 && !lines.size;

	free(lines.text);
	return gone;
}

/* As it was listed: two publishers may remove the same at once. */
static int git_store_drop(
	struct store *store, const char *file, struct err *err)
{
	struct git_remote remote = git_store_remote(store);
	char *ref = xmemdup(file, strcspn(file, " "));
	struct err cause;
	int code, tries = 0;

	do {
		code = git_refs_drop(&remote, ref, &cause);
		if (code < 0 && git_store_is_gone(&remote, ref))
			code = 0;
	} while (git_store_again(code, &tries));
	free(ref);
	return code < 0 ? git_store_failed(store, code, &cause, err) : 0;
}

const struct store_kind store_git = {
	.open = git_store_open,
	.close = git_store_close,
	.list = git_store_list,
	.get = git_store_get,
	.put = git_store_put,
	.drop = git_store_drop,
	.keep = KEEP,
};
