/* SPDX-License-Identifier: MIT */
#include "selector/view.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "languages/passages.h"
#include "base/path.h"
#include "map/groups.h"
#include "map/project.h"

/* A name that a directory has on one side and not on disk, or the other way. */
struct name {
	char *folder, *name;
	bool present;
};

struct view {
	struct changes *changes;
	struct git_set *set;
	enum git_side side;
	struct err *err;
	struct name *names;
	size_t count, room;
};

static uint32_t find_file(const struct map_files *files, const char *path)
{
	return intern_find(&files->paths, path, strlen(path));
}

static bool view_is_known(const char *path, void *data)
{
	const struct map_files *files = data;
	uint32_t i = find_file(files, path);

	return i != INTERN_NONE && files->files[i].state != FILE_NONE;
}

/* The directory that a stored path lies in; to be freed. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return xstrdup(".");
	return slash == path ? xstrdup("/")
			     : xasprintf("%.*s", (int)(slash - path), path);
}

static bool is_text(const struct git_version *version)
{
	return version->kind == GIT_FILE || version->kind == GIT_EXECUTABLE;
}

static struct as_if as_if(const struct git_version *version)
{
	static const mode_t modes[] = {[GIT_ABSENT] = 0,
		[GIT_FILE] = S_IFREG,
		[GIT_EXECUTABLE] = S_IFREG | S_IXUSR,
		[GIT_LINK] = S_IFLNK,
		[GIT_OTHER] = 0};

	return (struct as_if){.known = version->kind != GIT_OTHER,
		.mode = modes[version->kind],
		.bytes = version->bytes,
		.size = version->size};
}

/* Of what is below the path nothing is known. */
static void lose_below(struct map_files *files, const char *path)
{
	static const struct as_if unknown;
	size_t n = strlen(path);

	for (uint32_t i = 0; i < files->count; i++) {
		const char *at = map_files_path(files, i);

		if (strncmp(at, path, n) != 0 || at[n] != '/')
			continue;
		map_file_pretend(files, i, &unknown);
		if (files->files[i].coded)
			map_file_set_source(files, i, NULL);
	}
}

/* Below a link to a file, as it is on disk, there is nothing. */
static bool leads_to_file(
	const struct view *view, const struct git_entry *entry)
{
	const struct git_version *version = &entry->sides[view->side];
	const char *root = view->changes->files.root;
	char *folder = folder_of(entry->path), *path;
	struct stat st;
	bool file;

	if (*version->bytes == '/')
		path = xstrdup(version->bytes);
	else if (*folder == '/')
		path = xasprintf("%s/%s", folder, version->bytes);
	else
		path = xasprintf("%s/%s/%s", root, folder, version->bytes);
	file = lstat(path, &st) == 0 && S_ISREG(st.st_mode);
	free(path);
	free(folder);
	return file;
}

static void pretend(struct view *view, const struct git_entry *entry)
{
	const struct git_version *version = &entry->sides[view->side];
	struct map_files *files = &view->changes->files;
	uint32_t i = find_file(files, entry->path);
	struct as_if what = as_if(version);

	if (version->kind == GIT_OTHER ||
		(version->kind == GIT_LINK &&
			(!version->bytes || !leads_to_file(view, entry))))
		lose_below(files, entry->path);
	if (i == INTERN_NONE)
		return;
	map_file_pretend(files, i, &what);
	if (files->files[i].coded && !is_text(version))
		map_file_set_source(files, i, NULL);
}

/* The functions in the texts, all of them in one question. */
static int pretend_code(struct view *view)
{
	struct map_files *files = &view->changes->files;
	struct code_text *texts = xcalloc(view->set->count + 1, sizeof(*texts));
	size_t count = 0;
	int code = 0;

	for (size_t i = 0; i < view->set->count; i++) {
		const struct git_entry *entry = &view->set->list[i];
		const struct git_version *version = &entry->sides[view->side];
		uint32_t file = find_file(files, entry->path);

		if (version->kind != GIT_ON_DISK && is_text(version) &&
			file != INTERN_NONE && files->files[file].coded)
			texts[count++] = (struct code_text){entry->path,
				version->bytes, version->size, NULL};
	}
	if (count && view->changes->reader.tag)
		code = code_read_texts(
			&view->changes->reader, texts, count, view->err);
	for (size_t i = 0; code == 0 && i < count; i++) {
		uint32_t file = find_file(files, texts[i].path);

		if (texts[i].source && !texts[i].source->problem)
			passages_complete(&view->changes->reader, file,
				texts[i].source, NULL, texts[i].bytes,
				texts[i].size);
		map_file_set_source(files, file, texts[i].source);
	}
	free(texts);
	return code;
}

static bool view_is_there(
	const struct map_files *files, const char *path, bool *is_directory)
{
	char *absolute = project_file(files->root, path);
	struct stat st;
	bool there = lstat(absolute, &st) == 0;

	*is_directory = there && S_ISDIR(st.st_mode);
	free(absolute);
	return there;
}

static void view_add_name(struct view *view, const char *path, bool present)
{
	struct name *name = array_add(
		&view->names, &view->count, &view->room, sizeof(*name));

	name->folder = folder_of(path);
	name->name = xstrdup(path_last(path));
	name->present = present;
}

/*
 * What comes or goes is seen in its directory; and that one in the next, if it
 * came or went with it.
 */
static int view_add_names(struct view *view, const char *path, bool present)
{
	struct map_files *files = &view->changes->files;
	char *at = xstrdup(path), *folder;
	bool there, is_directory, has;
	int code = 0;

	for (;;) {
		uint32_t i;

		view_add_name(view, at, present);
		folder = folder_of(at);
		free(at);
		at = folder;
		if (!strcmp(folder, ".") || !strcmp(folder, "/"))
			break;
		code = git_set_has_folder(
			view->set, view->side, folder, &has, view->err);
		view_is_there(files, folder, &is_directory);
		if (code < 0 || has == is_directory)
			break;
		there = git_set_entry(view->set, folder) != NULL;
		i = find_file(files, folder);
		/* What is a file on that side was dealt with. */
		if (i != INTERN_NONE && !there)
			map_file_pretend(
				files, i, &(struct as_if){.known = !has});
		if (there)
			break;
		present = has;
	}
	free(at);
	return code;
}

static int find_names(struct view *view)
{
	struct map_files *files = &view->changes->files;
	int code = 0;

	for (size_t i = 0; code == 0 && i < view->set->count; i++) {
		const struct git_entry *entry = &view->set->list[i];
		enum git_kind kind = entry->sides[view->side].kind;
		bool is_directory;

		if (kind != GIT_ON_DISK &&
			view_is_there(files, entry->path, &is_directory) !=
				(kind != GIT_ABSENT))
			code = view_add_names(
				view, entry->path, kind != GIT_ABSENT);
	}
	return code;
}

static int by_folder(const void *a, const void *b)
{
	const struct name *x = a, *y = b;

	return strcmp(x->folder, y->folder);
}

/* The names of one directory, from `first` on. */
static int pretend_listing(struct view *view, size_t first, size_t end)
{
	struct map_files *files = &view->changes->files;
	const char *folder = view->names[first].folder;
	uint32_t file = find_file(files, folder);
	struct listing *listing;
	bool groups = true, has = true;
	char *absolute;
	int code = 0;

	if (file == INTERN_NONE)
		return 0;
	absolute = map_files_absolute(files, file);
	listing = listing_read(absolute);
	for (size_t i = first; i < end; i++) {
		const struct name *name = &view->names[i];

		listing_change(listing, name->name, name->present);
		groups &= !groups_may_be_in(name->name);
	}
	if (strcmp(folder, ".") != 0 && strcmp(folder, view->set->top) != 0)
		code = git_set_has_folder(
			view->set, view->side, folder, &has, view->err);
	/* On disk it may be, with what git does not know of. */
	if (!has)
		listing_remove(listing);
	map_file_pretend_listing(files, file, listing, groups);
	listing_release(listing);
	free(absolute);
	return code;
}

static int pretend_listings(struct view *view)
{
	int code = find_names(view);

	if (code == 0 && view->count)
		qsort(view->names, view->count, sizeof(*view->names),
			by_folder);
	for (size_t i = 0, end; code == 0 && i < view->count; i = end) {
		for (end = i + 1;
			end < view->count &&
			!strcmp(view->names[i].folder, view->names[end].folder);
			end++)
			;
		code = pretend_listing(view, i, end);
	}
	for (size_t i = 0; i < view->count; i++) {
		free(view->names[i].folder);
		free(view->names[i].name);
	}
	free(view->names);
	return code;
}

int view_take(struct changes *changes, struct git_set *set, enum git_side side,
	struct err *err)
{
	struct view view = {
		.changes = changes, .set = set, .side = side, .err = err};
	int code =
		git_set_texts(set, side, view_is_known, &changes->files, err);

	for (size_t i = 0; code == 0 && i < set->count; i++)
		if (set->list[i].sides[side].kind != GIT_ON_DISK)
			pretend(&view, &set->list[i]);
	if (code == 0)
		code = pretend_code(&view);
	if (code == 0)
		code = pretend_listings(&view);
	if (code == 0)
		changes_list(changes);
	return code;
}
