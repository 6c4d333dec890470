/* SPDX-License-Identifier: MIT */
#include "store/package.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/json.h"
#include "base/read_file.h"
#include "map/map.h"

/* What packs best, as long as nobody has to wait for it. */
#define SMALL_SIZE ((size_t)16 << 20)
#define SMALL_LEVEL "19"
#define LEVEL "9"

/* Deeper folders are somebody's mistake. */
#define DEPTH_MAX 64

bool package_path_is_sound(const char *path)
{
	if (!*path || strlen(path) > 1024)
		return false;
	for (const char *at = path; *at; at++)
		if (*at < ' ' || *at > '~' || *at == '\\')
			return false;
	for (;;) {
		size_t n = strcspn(path, "/");

		/* Hooks of git are programs that others start. */
		if (!n || (n == 1 && *path == '.') ||
			(n == 2 && !memcmp(path, "..", 2)) ||
			(n == 4 && !strncasecmp(path, ".git", 4)))
			return false;
		if (!path[n])
			return true;
		path += n + 1;
	}
}

void package_add(struct package *package, const char *name, char *bytes,
	size_t size, int64_t mtime, bool executable)
{
	struct package_file *file =
		array_add(&package->files, &package->file_count,
			&package->file_room, sizeof(*package->files));

	*file = (struct package_file){.name = xstrdup(name),
		.size = size,
		.print = print_bytes(bytes, size, 0),
		.bytes = bytes,
		.mtime = mtime,
		.executable = executable};
}

/* All that was added so far, but for the map. */
static uint64_t package_shared(const struct package *package)
{
	uint64_t size = 0;

	for (size_t i = 0; i < package->file_count; i++)
		if (strcmp(package->files[i].name, PACKAGE_MAP) != 0)
			size += package->files[i].size;
	return size;
}

struct package_walk {
	struct package *package;
	const char *top; /* "share", as given */
	size_t *left;
	struct err *err;
};

static int package_add_file(struct package_walk *walk, const char *path,
	const char *whole, const struct stat *st)
{
	char *name, *bytes;
	size_t size;

	if (!package_path_is_sound(path)) {
		++*walk->left;
		return 0;
	}
	if (package_shared(walk->package) + (uint64_t)st->st_size >
			PACKAGE_SHARE_MOST ||
		walk->package->file_count >= PACKAGE_FILES_MOST)
		return err_set(walk->err, -EFBIG,
			"what \"share\" names is too much: more than %zu MB or "
			"%d files, with '%s'",
			PACKAGE_SHARE_MOST >> 20, PACKAGE_FILES_MOST,
			walk->top);
	bytes = read_file(whole, PACKAGE_SHARE_MOST, &size);
	/* It went, or is none of ours to read. */
	if (!bytes) {
		++*walk->left;
		return 0;
	}
	name = xasprintf(PACKAGE_SHARE "%s", path);
	package_add(walk->package, name, bytes, size, st->st_mtime,
		st->st_mode & S_IXUSR);
	free(name);
	return 0;
}

static int package_add_any(struct package_walk *walk, const char *root,
	const char *path, int depth);

static int package_by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int package_add_folder(struct package_walk *walk, const char *root,
	const char *path, const char *whole, int depth)
{
	struct dirent **list;
	int count = scandir(whole, &list, NULL, package_by_name), code = 0;

	if (count < 0 || depth > DEPTH_MAX)
		++*walk->left;
	for (int i = 0; i < count; i++) {
		const char *name = list[i]->d_name;
		char *below = xasprintf("%s/%s", path, name);

		if (code == 0 && depth <= DEPTH_MAX && strcmp(name, ".") != 0 &&
			strcmp(name, "..") != 0)
			code = package_add_any(walk, root, below, depth + 1);
		free(below);
		free(list[i]);
	}
	if (count >= 0)
		free(list);
	return code;
}

static int package_add_any(struct package_walk *walk, const char *root,
	const char *path, int depth)
{
	char *whole = xasprintf("%s/%s", root, path);
	struct stat st;
	int code = 0;

	if (lstat(whole, &st) < 0)
		*walk->left += depth > 0;
	else if (S_ISDIR(st.st_mode))
		code = package_add_folder(walk, root, path, whole, depth);
	else if (S_ISREG(st.st_mode))
		code = package_add_file(walk, path, whole, &st);
	else
		++*walk->left;
	free(whole);
	return code;
}

int package_add_share(struct package *package, const char *root,
	const char *path, size_t *left, struct err *err)
{
	struct package_walk walk = {
		.package = package, .top = path, .left = left, .err = err};

	return package_add_any(&walk, root, path, 0);
}

static cJSON *package_file_json(const struct package_file *file)
{
	cJSON *json = cJSON_CreateObject();
	char hex[2 * sizeof(file->print.bytes) + 1];

	for (size_t i = 0; i < sizeof(file->print.bytes); i++)
		sprintf(hex + 2 * i, "%02x", file->print.bytes[i]);
	cJSON_AddStringToObject(json, "name", file->name);
	cJSON_AddNumberToObject(json, "size", (double)file->size);
	cJSON_AddStringToObject(json, "print", hex);
	return json;
}

/* To be freed. */
static char *package_header(const struct package *package)
{
	cJSON *json = cJSON_CreateObject(), *files;
	char *text;

	cJSON_AddNumberToObject(json, "format", PACKAGE_FORMAT);
	cJSON_AddNumberToObject(json, "map", MAP_VERSION);
	cJSON_AddStringToObject(json, "commit", package->commit);
	cJSON_AddItemToObject(json, "branch", json_bytes(package->branch));
	cJSON_AddItemToObject(json, "project", json_bytes(package->project));
	cJSON_AddNumberToObject(json, "made", (double)package->made);
	cJSON_AddNumberToObject(json, "units", (double)package->units);
	cJSON_AddItemToObject(
		json, "fingerprint", fingerprint_json(&package->fingerprint));
	files = cJSON_AddArrayToObject(json, "files");
	for (size_t i = 0; i < package->file_count; i++)
		cJSON_AddItemToArray(
			files, package_file_json(&package->files[i]));
	text = cJSON_PrintUnformatted(json);
	cJSON_Delete(json);
	return text;
}

static la_ssize_t package_take_bytes(
	struct archive *archive, void *data, const void *bytes, size_t size)
{
	struct package_bytes *to = data;

	(void)archive;
	if (to->size + size > to->room) {
		to->room = 2 * to->room + size;
		to->bytes = xreallocarray(to->bytes, to->room, 1);
	}
	memcpy(to->bytes + to->size, bytes, size);
	to->size += size;
	return (la_ssize_t)size;
}

static int package_write_member(
	struct archive *archive, const struct package_file *file)
{
	struct archive_entry *entry = archive_entry_new();
	int code;

	archive_entry_set_pathname(entry, file->name);
	archive_entry_set_size(entry, (la_int64_t)file->size);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, file->executable ? 0755 : 0644);
	archive_entry_set_mtime(entry, file->mtime, 0);
	code = archive_write_header(archive, entry);
	if (code == ARCHIVE_OK && archive_write_data(archive, file->bytes,
					  file->size) != (la_ssize_t)file->size)
		code = ARCHIVE_FATAL;
	archive_entry_free(entry);
	return code;
}

static int package_write_all(
	struct archive *archive, const struct package *package)
{
	char *text = package_header(package);
	struct package_file header = {.name = (char *)PACKAGE_HEADER,
		.bytes = text,
		.size = strlen(text),
		.mtime = package->made};
	int code = package_write_member(archive, &header);

	for (size_t i = 0; code == ARCHIVE_OK && i < package->file_count; i++)
		code = package_write_member(archive, &package->files[i]);
	free(text);
	return code == ARCHIVE_OK ? archive_write_close(archive) : code;
}

int package_write(const struct package *package, struct package_bytes *bytes,
	struct err *err)
{
	struct archive *archive = archive_write_new();
	uint64_t size = 0;
	int code;

	memset(bytes, 0, sizeof(*bytes));
	for (size_t i = 0; i < package->file_count; i++)
		size += package->files[i].size;
	archive_write_set_format_pax_restricted(archive);
	/* Else the last block is filled up to ten kilobytes. */
	archive_write_set_bytes_per_block(archive, 0);
	code = archive_write_add_filter_zstd(archive);
	if (code == ARCHIVE_OK)
		code = archive_write_set_filter_option(archive, "zstd",
			"compression-level",
			size <= SMALL_SIZE ? SMALL_LEVEL : LEVEL);
	if (code == ARCHIVE_OK)
		code = archive_write_open(
			archive, bytes, NULL, package_take_bytes, NULL);
	if (code == ARCHIVE_OK)
		code = package_write_all(archive, package);
	if (code == ARCHIVE_OK)
		code = 0;
	else
		code = err_set(err, -EIO, "cannot make a package: %s",
			archive_error_string(archive)
				? archive_error_string(archive)
				: "it does not say why");
	archive_write_free(archive);
	if (code == 0 && bytes->size > PACKAGE_MOST)
		code = err_set(err, -EFBIG,
			"the package has %zu MB, which is more than the %zu "
			"that are taken",
			bytes->size >> 20, PACKAGE_MOST >> 20);
	return code;
}

void package_release(struct package *package)
{
	fingerprint_release(&package->fingerprint);
	free(package->commit);
	free(package->branch);
	free(package->project);
	for (size_t i = 0; i < package->file_count; i++) {
		free(package->files[i].name);
		free(package->files[i].bytes);
	}
	free(package->files);
	memset(package, 0, sizeof(*package));
}
