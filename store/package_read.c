/* SPDX-License-Identifier: MIT */
/*
 * Reading a package that anybody may have made: one filter, one format, plain
 * files with names that the header has, each as long as it says, below a folder
 * that was empty. No more is written than the limits allow, whatever it
 * unpacks to.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/json.h"
#include "base/path.h"
#include "base/read_file.h"
#include "map/map.h"
#include "store/package.h"

#define TEXT_MAX 1024

__attribute__((format(printf, 2, 3))) static int package_refuse(
	struct err *err, const char *format, ...);

static int package_refuse(struct err *err, const char *format, ...)
{
	va_list args;

	if (err) {
		va_start(args, format);
		vsnprintf(err->text, sizeof(err->text), format, args);
		va_end(args);
	}
	return PACKAGE_REFUSED;
}

/* Whole, and not negative; otherwise -1. */
static int64_t package_number(const cJSON *json, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, name);
	double most = 9007199254740992.0;

	if (!cJSON_IsNumber(item) || item->valuedouble < 0 ||
		item->valuedouble > most ||
		item->valuedouble != (double)(int64_t)item->valuedouble)
		return -1;
	return (int64_t)item->valuedouble;
}

/* A line of printable characters, to be freed; NULL: it is none. */
static char *package_text(const cJSON *json, const char *name)
{
	const char *text = json_member_text(json, name);

	if (!text || strlen(text) > TEXT_MAX)
		return NULL;
	for (const char *at = text; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 127)
			return NULL;
	return xstrdup(text);
}

static bool package_is_hex(const char *text, size_t least, size_t most)
{
	size_t n = strspn(text, "0123456789abcdef");

	return n >= least && n <= most && !text[n];
}

static bool package_print(struct print *print, const char *hex)
{
	if (!hex || !package_is_hex(hex, 2 * sizeof(print->bytes),
			    2 * sizeof(print->bytes)))
		return false;
	for (size_t i = 0; i < sizeof(print->bytes); i++) {
		const char pair[3] = {hex[2 * i], hex[2 * i + 1], 0};

		print->bytes[i] = (unsigned char)strtoul(pair, NULL, 16);
	}
	return true;
}

static bool package_has_name(const char *name)
{
	const char *shared = path_below(name, "share");

	return !strcmp(name, PACKAGE_MAP) ||
	       (shared && package_path_is_sound(shared));
}

static bool package_parse_file(struct package *package, const cJSON *json)
{
	const char *name = json_member_text(json, "name");
	int64_t size = package_number(json, "size");
	struct package_file *file;

	if (!name || !package_has_name(name) || size < 0 ||
		(uint64_t)size > PACKAGE_MAP_MOST)
		return false;
	file = array_add(&package->files, &package->file_count,
		&package->file_room, sizeof(*package->files));
	file->name = xstrdup(name);
	file->size = (uint64_t)size;
	return package_print(&file->print, json_member_text(json, "print"));
}

static int package_parse_files(
	struct package *package, const cJSON *json, struct err *err)
{
	const cJSON *files = cJSON_GetObjectItemCaseSensitive(json, "files");
	const cJSON *item;
	uint64_t shared = 0;

	if (!cJSON_IsArray(files) ||
		cJSON_GetArraySize(files) > PACKAGE_FILES_MOST + 1)
		return package_refuse(err, "it does not say what is in it");
	cJSON_ArrayForEach(item, files)
	{
		if (!package_parse_file(package, item))
			return package_refuse(
				err, "what it says of a file is not sound");
		if (package->file_count > 1)
			shared += package->files[package->file_count - 1].size;
	}
	if (!package->file_count ||
		strcmp(package->files[0].name, PACKAGE_MAP) != 0)
		return package_refuse(err, "there is no map in it");
	if (shared > PACKAGE_SHARE_MOST)
		return package_refuse(err, "what it shares is too much");
	return 0;
}

static int package_parse_json(
	struct package *package, const cJSON *json, struct err *err)
{
	int64_t format = package_number(json, "format");

	if (format != PACKAGE_FORMAT)
		return package_refuse(
			err, format > PACKAGE_FORMAT
				     ? "a newer ftrace made it"
				     : "it is of a format that nobody knows");
	if (package_number(json, "map") > MAP_VERSION)
		return package_refuse(err, "a newer ftrace made it");
	package->commit = package_text(json, "commit");
	package->branch = package_text(json, "branch");
	package->project = package_text(json, "project");
	package->made = package_number(json, "made");
	package->units = package_number(json, "units");
	if (!package->commit || !package_is_hex(package->commit, 40, 64) ||
		!package->branch || !package->project || package->made < 0 ||
		package->units < 0)
		return package_refuse(err, "it does not say what it is of");
	if (fingerprint_parse(&package->fingerprint,
		    cJSON_GetObjectItemCaseSensitive(json, "fingerprint")) < 0)
		return package_refuse(err, "its fingerprint is none");
	return package_parse_files(package, json, err);
}

int package_parse(
	struct package *package, const char *text, size_t size, struct err *err)
{
	cJSON *json = cJSON_ParseWithLength(text, size);
	int code;

	memset(package, 0, sizeof(*package));
	code = json ? package_parse_json(package, json, err)
		    : package_refuse(err, "its header is no JSON");
	cJSON_Delete(json);
	return code;
}

/* A package that is being read. */
struct package_reading {
	struct package *package;
	struct archive *archive;
	const char *folder;
	char *const *shared;
	size_t shared_count;
	size_t next; /* of its files: they come as the header has them */
	struct err *err;
};

static int package_broken(const struct package_reading *reading)
{
	const char *why = archive_error_string(reading->archive);

	return package_refuse(reading->err, "it cannot be unpacked (%s)",
		why ? why : "it is damaged");
}

/* All of a member that has this many bytes and no more; to be freed. */
static int package_read_bytes(struct package_reading *reading, size_t most,
	char **bytes, size_t *size)
{
	size_t room = 0;
	la_ssize_t n;

	*bytes = NULL;
	*size = 0;
	do {
		if (room - *size < (1 << 16)) {
			room = 2 * room + (1 << 17);
			*bytes = xreallocarray(*bytes, room, 1);
		}
		n = archive_read_data(
			reading->archive, *bytes + *size, room - *size);
		if (n < 0)
			return package_broken(reading);
		*size += (size_t)n;
		if (*size > most)
			return package_refuse(reading->err,
				"it unpacks to more than it says");
	} while (n > 0);
	return 0;
}

/* The next member, which has to be a plain file; 0: there is none. */
static int package_next(
	struct package_reading *reading, struct archive_entry **entry)
{
	int code = archive_read_next_header(reading->archive, entry);

	if (code == ARCHIVE_EOF)
		return 0;
	if (code != ARCHIVE_OK)
		return package_broken(reading);
	if (archive_entry_filetype(*entry) != AE_IFREG ||
		archive_entry_hardlink(*entry) ||
		archive_entry_symlink(*entry) ||
		!archive_entry_pathname(*entry))
		return package_refuse(reading->err,
			"there is something in it that is no file");
	return 1;
}

static int package_read_header(struct package_reading *reading)
{
	struct archive_entry *entry;
	char *text = NULL;
	size_t size;
	int code = package_next(reading, &entry);

	if (code == 0 || (code > 0 && strcmp(archive_entry_pathname(entry),
					      PACKAGE_HEADER) != 0))
		code = package_refuse(
			reading->err, "it does not begin with a header");
	if (code < 0)
		return code;
	code = package_read_bytes(reading, PACKAGE_HEADER_MOST, &text, &size);
	if (code == 0)
		code = package_parse(
			reading->package, text, size, reading->err);
	free(text);
	return code;
}

static bool package_is_wanted(
	const struct package_reading *reading, const char *name)
{
	const char *shared = path_below(name, "share");

	if (!shared)
		return true;
	for (size_t i = 0; i < reading->shared_count; i++)
		if (path_below(shared, reading->shared[i]))
			return true;
	return false;
}

/* Makes the folders that lead to a file in ours, where no link is. */
static void package_make_folders(char *path, size_t from)
{
	for (char *slash = path + from; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(path, 0777);
		*slash = '/';
	}
}

static int package_put(struct package_reading *reading,
	struct archive_entry *entry, const struct package_file *file,
	const char *bytes)
{
	char *path = xasprintf("%s/%s", reading->folder, file->name);
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT},
		{.tv_sec = archive_entry_mtime(entry)}};
	int fd, code = 0;
	size_t done = 0;

	package_make_folders(path, strlen(reading->folder) + 1);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		archive_entry_perm(entry) & S_IXUSR ? 0777 : 0666);
	while (fd >= 0 && done < file->size) {
		ssize_t n = write(fd, bytes + done, file->size - done);

		if (n <= 0 && errno != EINTR)
			break;
		done += n > 0 ? (size_t)n : 0;
	}
	if (fd >= 0)
		futimens(fd, times);
	if (fd < 0 || close(fd) < 0 || done < file->size)
		code = err_set(reading->err, -EIO, "cannot write '%s': %s",
			path, strerror(errno));
	free(path);
	return code;
}

static int package_read_member(
	struct package_reading *reading, struct archive_entry *entry)
{
	struct package *package = reading->package;
	const struct package_file *file = &package->files[reading->next];
	struct print print;
	char *bytes = NULL;
	size_t size;
	int code;

	if (reading->next >= package->file_count ||
		strcmp(archive_entry_pathname(entry), file->name) != 0)
		return package_refuse(
			reading->err, "there is a file in it too many");
	reading->next++;
	code = package_read_bytes(reading, file->size, &bytes, &size);
	if (code == 0) {
		print = print_bytes(bytes, size, 0);
		if (size != file->size || !print_equal(&print, &file->print))
			code = package_refuse(reading->err,
				"'%s' in it is damaged", file->name);
	}
	if (code == 0 && package_is_wanted(reading, file->name))
		code = package_put(reading, entry, file, bytes);
	free(bytes);
	return code;
}

static int package_read_all(struct package_reading *reading)
{
	struct archive_entry *entry;
	int code = package_read_header(reading);

	if (code < 0)
		return code;
	while ((code = package_next(reading, &entry)) > 0) {
		code = package_read_member(reading, entry);
		if (code < 0)
			return code;
	}
	if (code == 0 && reading->next != reading->package->file_count)
		code = package_refuse(reading->err, "it is cut short");
	return code;
}

int package_read(struct package *package, const void *bytes, size_t size,
	const char *folder, char *const *shared, size_t shared_count,
	struct err *err)
{
	struct package_reading reading = {.package = package,
		.archive = archive_read_new(),
		.folder = folder,
		.shared = shared,
		.shared_count = shared_count,
		.err = err};
	int code;

	memset(package, 0, sizeof(*package));
	archive_read_support_filter_zstd(reading.archive);
	archive_read_support_format_tar(reading.archive);
	code = archive_read_open_memory(reading.archive, bytes, size) ==
			       ARCHIVE_OK
		       ? package_read_all(&reading)
		       : package_broken(&reading);
	archive_read_free(reading.archive);
	return code;
}
