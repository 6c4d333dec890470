/* SPDX-License-Identifier: MIT */
#include "git/git_set.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/path.h"
#include "git/git_run.h"
#include "map/project.h"
#include "map/variable.h"

/* What a user's configuration must not change about a difference. */
#define DIFFERENCE \
	"-c", "diff.relative=false", "diff", "--raw", "-z", "--no-abbrev", \
		"--no-color", "--no-ext-diff", "--no-renames", \
		"--ignore-submodules=none"

static struct git git_of(const struct git_set *set, struct err *err)
{
	return (struct git){.directory = set->root,
		.revision = set->staged ? "HEAD" : NULL,
		.err = err,
		.index = set->index};
}

/* git's path, from the top of its work tree, as the map stores it. */
static char *stored_path(const struct git_set *set, const char *path)
{
	char *absolute = xasprintf("%s/%s", set->top, path);
	size_t size = strlen(absolute);
	const char *rest;
	char *stored;

	/* A repository inside, of which git only tells that it is there. */
	if (absolute[size - 1] == '/')
		absolute[--size] = '\0';
	rest = path_below(absolute, set->root);
	stored = xstrdup(!rest ? absolute : *rest ? rest : ".");
	free(absolute);
	return stored;
}

static struct git_version git_set_version_of(
	const char *mode, const char *object, char status)
{
	struct git_version version = {.kind = GIT_OTHER};

	if (status == 'U')
		return version;
	if (!strcmp(mode, "000000"))
		version.kind = GIT_ABSENT;
	else if (!strcmp(mode, "100755"))
		version.kind = GIT_EXECUTABLE;
	else if (!strncmp(mode, "100", 3))
		version.kind = GIT_FILE;
	else if (!strcmp(mode, "120000"))
		version.kind = GIT_LINK;
	if (version.kind != GIT_ABSENT && version.kind != GIT_OTHER)
		snprintf(version.object, sizeof(version.object), "%s", object);
	return version;
}

static struct git_entry *add_entry(struct git_set *set, const char *path)
{
	struct git_entry *entry =
		array_add(&set->list, &set->count, &set->room, sizeof(*entry));

	entry->path = stored_path(set, path);
	return entry;
}

/*
 * ":100644 100644 OBJECT OBJECT M" and a path, each ended by a NUL. What is on
 * disk has no object.
 */
static void git_set_take_differences(struct git_set *set,
	const struct git_bytes *output, bool staged, bool unstaged)
{
	const char *at = output->text, *end = at + output->size;

	while (at < end && *at == ':') {
		char modes[2][8] = {"", ""}, objects[2][65] = {"", ""}, status;
		struct git_entry *entry;
		int fields = sscanf(at, ":%7s %7s %64s %64s %c", modes[0],
			modes[1], objects[0], objects[1], &status);

		at += strlen(at) + 1;
		if (fields != 5 || at >= end)
			return;
		entry = add_entry(set, at);
		entry->changed = !unstaged;
		entry->sides[GIT_OLD] =
			git_set_version_of(modes[0], objects[0], status);
		if (staged)
			entry->sides[GIT_NEW] = git_set_version_of(
				modes[1], objects[1], status);
		else if (unstaged)
			entry->sides[GIT_NEW] = entry->sides[GIT_OLD];
		at += strlen(at) + 1;
	}
}

static void git_set_take_untracked(
	struct git_set *set, const struct git_bytes *output)
{
	const char *at = output->text, *end = at + output->size;

	for (; at < end; at += strlen(at) + 1) {
		size_t n = strlen(at);
		struct git_entry *entry;
		char *stored;

		if (set->staged) {
			stored = stored_path(set, at);
			intern(&set->untracked, stored, strlen(stored));
			free(stored);
			continue;
		}
		entry = add_entry(set, at);
		entry->changed = true;
		entry->sides[GIT_OLD].kind =
			n && at[n - 1] == '/' ? GIT_OTHER : GIT_ABSENT;
	}
}

static int git_set_by_path(const void *a, const void *b)
{
	const struct git_entry *x = a, *y = b;

	return strcmp(x->path, y->path);
}

static bool on_disk(const struct git_entry *entry)
{
	return entry->sides[GIT_OLD].kind == GIT_ON_DISK &&
	       entry->sides[GIT_NEW].kind == GIT_ON_DISK;
}

/*
 * Two of one path: staged, and edited again since; or a conflict. The new side
 * of a file that was only staged is what is on disk.
 */
static void merge(struct git_entry *into, struct git_entry *other)
{
	struct git_entry *staged = into->changed ? into : other;
	struct git_entry *edited = into->changed ? other : into;
	struct git_entry merged = *staged;

	/* A conflict. */
	if (staged->changed == edited->changed) {
		merged.sides[GIT_OLD] = merged.sides[GIT_NEW] =
			(struct git_version){.kind = GIT_OTHER};
	} else {
		merged.sides[GIT_NEW] = edited->sides[GIT_OLD];
	}
	merged.path = into->path;
	free(other->path);
	*into = merged;
}

static void git_set_tidy(struct git_set *set)
{
	size_t left = 0;

	if (set->count)
		qsort(set->list, set->count, sizeof(*set->list),
			git_set_by_path);
	for (size_t i = 0, next; i < set->count; i = next) {
		struct git_entry *entry = &set->list[i];

		for (next = i + 1; next < set->count &&
				   !strcmp(entry->path, set->list[next].path);
			next++)
			merge(entry, &set->list[next]);
		/* Nothing was edited since: that is on disk. */
		if (set->staged && next == i + 1 && entry->changed &&
			entry->sides[GIT_NEW].kind != GIT_OTHER)
			entry->sides[GIT_NEW].kind = GIT_ON_DISK;
		if (set->staged && next > i + 1 && !set->unstaged++)
			set->first_unstaged = entry->path;
		set->changed += entry->changed;
		if (on_disk(entry))
			free(entry->path);
		else
			set->list[left++] = *entry;
	}
	set->count = left;
}

static int find_top(struct git_set *set, struct git *git)
{
	static const char *const ask[] = {"rev-parse", "--show-toplevel", NULL};

	set->top = git_line(git, ask);
	/* A work tree of "/" has paths that begin with one slash. */
	if (set->top && !strcmp(set->top, "/"))
		*set->top = '\0';
	return set->top ? 0 : -EINVAL;
}

/*
 * In a folder that git ignores, or that is of no interest to it, nothing ever
 * differs: that must not pass for an answer.
 */
static int git_set_check_known(struct git_set *set, struct git *git)
{
	static const char *const ask[] = {"ls-files", "-z", "--", ".", NULL};
	struct git_bytes output = {0};
	int code = git_run(git, ask, NULL, &output);

	if (code == 0 && !output.size)
		code = err_set(git->err, -ENOENT, "git tracks no file in '%s'",
			set->root);
	free(output.text);
	return code;
}

static int run_and_take(struct git_set *set, struct git *git,
	const char *const *arguments, bool staged, bool unstaged)
{
	struct git_bytes output = {0};
	int code = git_run(git, arguments, NULL, &output);

	if (code == 0 && !strcmp(*arguments, "ls-files"))
		git_set_take_untracked(set, &output);
	else if (code == 0)
		git_set_take_differences(set, &output, staged, unstaged);
	free(output.text);
	return code;
}

static int git_set_search(struct git_set *set, struct git *git)
{
	const char *const since[] = {DIFFERENCE, set->commit, "--", NULL};
	static const char *const staged[] = {
		DIFFERENCE, "--cached", "--", NULL};
	static const char *const unstaged[] = {DIFFERENCE, "--", NULL};
	static const char *const others[] = {"ls-files", "-z", "--others",
		"--exclude-standard", "--full-name", "--", ":/", NULL};
	int code;

	if (set->staged) {
		code = run_and_take(set, git, staged, true, false);
		if (code == 0)
			code = run_and_take(set, git, unstaged, false, true);
	} else {
		code = run_and_take(set, git, since, false, false);
	}
	if (code == 0)
		code = run_and_take(set, git, others, false, false);
	if (code == 0 && !set->count)
		code = git_set_check_known(set, git);
	if (code == 0)
		git_set_tidy(set);
	return code;
}

int git_set_find(struct git_set *set, const char *root,
	const struct git_asked *asked, struct err *err)
{
	struct git git = {
		.directory = root, .revision = asked->since, .err = err};
	struct err unborn;
	int code;

	memset(set, 0, sizeof(*set));
	set->staged = asked->staged;
	set->root = xstrdup(root);
	if (asked->since) {
		set->commit = git_commit(&git);
		if (!set->commit)
			return -EINVAL;
	}
	code = find_top(set, &git);
	if (code == 0 && asked->staged) {
		git.err = &unborn;
		git.revision = "HEAD";
		set->commit = git_commit(&git);
		set->index = git_hook_index(&git);
		git = git_of(set, err);
		git.revision = NULL;
	}
	return code == 0 ? git_set_search(set, &git) : code;
}

void git_set_release(struct git_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		free(set->list[i].path);
		free(set->list[i].sides[GIT_OLD].bytes);
		free(set->list[i].sides[GIT_NEW].bytes);
	}
	free(set->list);
	free(set->root);
	free(set->top);
	free(set->commit);
	free(set->index);
	interner_release(&set->untracked);
	interner_release(&set->folders[GIT_OLD]);
	interner_release(&set->folders[GIT_NEW]);
	memset(set, 0, sizeof(*set));
}

struct git_entry *git_set_entry(const struct git_set *set, const char *path)
{
	const struct git_entry wanted = {.path = (char *)path};

	return set->count ? bsearch(&wanted, set->list, set->count,
				    sizeof(wanted), git_set_by_path)
			  : NULL;
}

/* "OBJECT blob SIZE", the text, and a newline; "OBJECT missing". */
static int git_set_take_texts(struct git_version **versions, size_t count,
	const struct git_bytes *output, struct err *err)
{
	const char *at = output->text, *end = at + output->size;

	for (size_t i = 0; i < count; i++) {
		size_t size;
		int head;

		if (sscanf(at, "%*s blob %zu%n", &size, &head) != 1 ||
			(size_t)(end - at) < (size_t)head + size + 2)
			return err_set(err, -EPROTO, "git lacks the text '%s'",
				versions[i]->object);
		at += head + 1;
		versions[i]->bytes = xmemdup(at, size);
		versions[i]->size = size;
		at += size + 1;
	}
	return 0;
}

int git_set_texts(struct git_set *set, enum git_side side,
	bool (*wanted)(const char *path, void *data), void *data,
	struct err *err)
{
	static const char *const show[] = {"cat-file", "--batch", NULL};
	struct git git = git_of(set, err);
	struct git_version **versions =
		xcalloc(set->count + 1, sizeof(*versions));
	struct git_bytes names = {0}, output = {0};
	size_t count = 0;
	int code = 0;

	names.text = xcalloc(set->count + 1, sizeof(versions[0]->object) + 1);
	for (size_t i = 0; i < set->count; i++) {
		struct git_version *version = &set->list[i].sides[side];

		if (version->kind == GIT_ON_DISK || !*version->object ||
			version->bytes || !wanted(set->list[i].path, data))
			continue;
		versions[count++] = version;
		names.size += (size_t)sprintf(
			names.text + names.size, "%s\n", version->object);
	}
	if (count)
		code = git_run(&git, show, &names, &output);
	if (code == 0 && count)
		code = git_set_take_texts(versions, count, &output, err);
	free(versions);
	free(names.text);
	free(output.text);
	return code;
}

/* Of a directory all above it, too: git has no empty ones. */
static void add_folders(
	struct git_set *set, enum git_side side, const char *path)
{
	char *folder = xstrdup(path), *stored, *slash;

	do {
		stored = stored_path(set, folder);
		intern(&set->folders[side], stored, strlen(stored));
		free(stored);
		slash = strrchr(folder, '/');
		if (slash)
			*slash = '\0';
	} while (slash);
	free(folder);
}

static int find_folders(
	struct git_set *set, enum git_side side, struct err *err)
{
	const char *const of_commit[] = {"ls-tree", "-r", "-d", "-z",
		"--name-only", "--full-tree", set->commit, NULL};
	static const char *const of_index[] = {
		"ls-files", "-z", "--full-name", "--", ":/", NULL};
	struct git git = git_of(set, err);
	struct git_bytes output = {0};
	const char *at, *end;
	int code;

	set->have_folders[side] = true;
	if (side == GIT_OLD && !set->commit)
		return 0;
	code = git_run(
		&git, side == GIT_OLD ? of_commit : of_index, NULL, &output);
	at = output.text;
	end = code == 0 ? at + output.size : at;
	for (; at < end; at += strlen(at) + 1) {
		char *folder = xstrdup(at);
		char *slash = strrchr(folder, '/');

		if (side == GIT_NEW && slash)
			*slash = '\0';
		if (side == GIT_OLD || slash)
			add_folders(set, side, folder);
		free(folder);
	}
	free(output.text);
	return code;
}

int git_set_has_folder(struct git_set *set, enum git_side side,
	const char *path, bool *has, struct err *err)
{
	int code = 0;

	if (!set->have_folders[side])
		code = find_folders(set, side, err);
	*has = intern_find(&set->folders[side], path, strlen(path)) !=
	       INTERN_NONE;
	return code;
}

/* Below the top of the work tree, and not what git keeps for itself. */
static bool git_set_is_below(const struct git_set *set, const char *absolute)
{
	const char *rest = path_below(absolute, set->top);

	return rest && !path_below(rest, ".git");
}

static void git_set_add_name(
	struct git_bytes *names, size_t *room, const char *name)
{
	size_t n = strlen(name) + 1;

	if (*room - names->size < n) {
		*room = 2 * *room + n + 4096;
		names->text = xreallocarray(names->text, *room, 1);
	}
	memcpy(names->text + names->size, name, n);
	names->size += n;
}

void git_set_foreign(const struct git_set *set, const char *const *paths,
	size_t count, bool *foreign)
{
	/* Verbose tells of each path, so that "none of them" is no failure. */
	static const char *const ask[] = {
		"check-ignore", "-z", "--stdin", "-v", "--non-matching", NULL};
	struct err err;
	struct git git = git_of(set, &err);
	struct git_bytes names = {0}, output = {0};
	const char *at, *end;
	size_t room = 0, *asked = xcalloc(count + 1, sizeof(*asked)), k = 0;

	for (size_t i = 0; i < count; i++) {
		char *absolute = project_file(set->root, paths[i]);

		foreign[i] = variable_is(paths[i]) ||
			     !git_set_is_below(set, absolute);
		if (!foreign[i] && strcmp(absolute, set->top) != 0) {
			asked[k++] = i;
			git_set_add_name(&names, &room, absolute);
		}
		free(absolute);
	}
	if (k && git_run(&git, ask, &names, &output) == 0) {
		/* Source, line, pattern, path; a pattern of "!" is none. */
		at = output.text;
		end = at + output.size;
		for (size_t i = 0; i < k && at < end; i++) {
			const char *parts[4] = {"", "", "", ""};

			for (int p = 0; p < 4 && at < end; p++) {
				parts[p] = at;
				at += strlen(at) + 1;
			}
			foreign[asked[i]] = *parts[2] && *parts[2] != '!';
		}
	}
	free(asked);
	free(names.text);
	free(output.text);
}
