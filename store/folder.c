/* SPDX-License-Identifier: MIT */
/*
 * A folder, of this machine or of a file server: what is published is written
 * beside its place and renamed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/read_file.h"
#include "map/print.h"
#include "store/store.h"

/* Names that a publisher's files have until they are whole. */
#define UNFINISHED ".unfinished-"

/* Who was killed will not go on; nobody takes that long. */
#define UNFINISHED_SECONDS 3600

static int folder_open(struct store *store, const char *rest, struct err *err)
{
	/* "file:///srv/x", "file://localhost/srv/x" and "file:/srv/x" */
	if (!strncmp(rest, "//localhost/", 12))
		rest += 11;
	else if (!strncmp(rest, "///", 3))
		rest += 2;
	else if (!strncmp(rest, "//", 2))
		return err_set(err, -EINVAL,
			"store '%s' is on another machine; mount it, and name "
			"the folder",
			store->url);
	if (!*rest || strchr(rest, '%') || strchr(rest, '?'))
		return err_set(err, -EINVAL,
			"store '%s' names no folder as it is written",
			store->url);
	store->place = *rest == '/' ? xstrdup(rest)
				    : xasprintf("%s/%s", store->root, rest);
	return 0;
}

static void folder_close(struct store *store)
{
	(void)store;
}

static int folder_failed(
	const struct store *store, const char *what, struct err *err)
{
	int code = errno ? -errno : -EIO;

	return err_set(err, code == STORE_NONE ? -EIO : code,
		"store '%s': cannot %s: %s", store->url, what, strerror(-code));
}

/* Removes what killed publishers left. */
static void folder_tidy(const struct store *store)
{
	DIR *folder = opendir(store->place);
	const struct dirent *entry;
	struct stat st;

	while (folder && (entry = readdir(folder)))
		if (!strncmp(entry->d_name, UNFINISHED, strlen(UNFINISHED)) &&
			fstatat(dirfd(folder), entry->d_name, &st,
				AT_SYMLINK_NOFOLLOW) == 0 &&
			time(NULL) - st.st_mtime > UNFINISHED_SECONDS)
			unlinkat(dirfd(folder), entry->d_name, 0);
	if (folder)
		closedir(folder);
}

static int folder_list(struct store_entries *entries, struct store *store,
	const struct store_asked *asked, struct err *err)
{
	DIR *folder = opendir(store->place);
	const struct dirent *entry;
	struct stat st;

	(void)asked;
	/* Nobody has published yet. */
	if (!folder && errno == ENOENT)
		return 0;
	if (!folder)
		return folder_failed(store, "list it", err);
	while ((entry = readdir(folder)))
		if (fstatat(dirfd(folder), entry->d_name, &st,
			    AT_SYMLINK_NOFOLLOW) == 0 &&
			S_ISREG(st.st_mode))
			store_entries_add(entries, entry->d_name, entry->d_name,
				clock_of(&st.st_mtim));
	closedir(folder);
	return 0;
}

static int folder_get(struct package_bytes *bytes, struct store *store,
	const char *file, size_t most, struct err *err)
{
	char *path = xasprintf("%s/%s", store->place, file);
	int code = 0;

	bytes->bytes = read_file(path, most, &bytes->size);
	if (!bytes->bytes)
		code = errno == ENOENT ? STORE_NONE
				       : folder_failed(store, "read it", err);
	free(path);
	return code;
}

static void folder_make(const char *place)
{
	char *path = xstrdup(place);

	for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(path, 0777);
		*slash = '/';
	}
	mkdir(path, 0777);
	free(path);
}

static int folder_write(int fd, const struct package_bytes *bytes)
{
	size_t done = 0;

	while (done < bytes->size) {
		ssize_t n = write(fd, bytes->bytes + done, bytes->size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		done += (size_t)n;
	}
	/* A file server may tell only now that it is full. */
	return fsync(fd);
}

/* The name is nobody else's, on whichever machine. */
static int folder_new(char **path, const struct store *store)
{
	int fd;

	*path = xasprintf("%s/" UNFINISHED "XXXXXX", store->place);
	fd = mkostemp(*path, O_CLOEXEC);
	if (fd >= 0) {
		mode_t mask = umask(0);

		umask(mask);
		fchmod(fd, 0666 & ~mask);
	}
	return fd;
}

static int folder_put(struct store *store, const char *name, const char *suffix,
	const struct package_bytes *bytes, struct err *err)
{
	char *to = xasprintf("%s/%s%s", store->place, name, suffix), *path;
	int fd, code = 0;

	folder_make(store->place);
	folder_tidy(store);
	fd = folder_new(&path, store);
	errno = fd < 0 ? errno : 0;
	if (fd < 0)
		code = -1;
	else if (folder_write(fd, bytes) < 0)
		code = -1;
	if (fd >= 0 && close(fd) < 0)
		code = -1;
	if (code == 0)
		code = rename(path, to);
	if (code < 0) {
		code = folder_failed(store, "write in it", err);
		if (fd >= 0)
			unlink(path);
	}
	free(path);
	free(to);
	return code;
}

static int folder_drop(struct store *store, const char *file, struct err *err)
{
	char *path = xasprintf("%s/%s", store->place, file);
	int code = unlink(path);

	if (code < 0)
		code = errno == ENOENT
			       ? 0
			       : folder_failed(store, "remove from it", err);
	free(path);
	return code;
}

const struct store_kind store_folder = {
	.open = folder_open,
	.close = folder_close,
	.list = folder_list,
	.get = folder_get,
	.put = folder_put,
	.drop = folder_drop,
};
