/* SPDX-License-Identifier: MIT */
#include "map/print.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "map/cache.h"
#include "map/groups.h"
#include "map/language.h"

/* On the stack: most files fit whole, and nothing needs clearing. */
#define READ_BYTES (64u << 10)

/* A file system that keeps no nanoseconds keeps seconds, or two (FAT). */
#define COARSE_NS 2000000000LL

/* Seeds that keep the prints of different things apart. */
enum seed {
	SEED_FILE = 1,
	SEED_EXECUTABLE,
	SEED_LISTING,
	SEED_LINK,
	SEED_META,
	SEED_UNREADABLE,
	SEED_PRESENCE,
};

const struct print print_absent;
const struct print print_unknown = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

bool print_equal(const struct print *a, const struct print *b)
{
	return !memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

static struct print canonical(XXH128_hash_t hash)
{
	XXH128_canonical_t out;
	struct print print;

	XXH128_canonicalFromHash(&out, hash);
	memcpy(print.bytes, out.digest, sizeof(print.bytes));
	return print;
}

struct print print_bytes(const void *bytes, size_t size, uint64_t seed)
{
	return canonical(XXH3_128bits_withSeed(bytes, size, seed));
}

bool print_stands(
	enum aspect aspect, const struct print *then, const struct print *now)
{
	return print_equal(then, now) ||
	       (aspect == ASPECT_MADE && print_equal(now, &print_absent));
}

struct identity identity_of(const struct stat *st)
{
	return (struct identity){.inode = st->st_ino,
		.size = st->st_size,
		.mtime = clock_of(&st->st_mtim),
		.ctime = clock_of(&st->st_ctim),
		.mode = st->st_mode};
}

struct identity identity_read(const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return (struct identity){0};
	return identity_of(&st);
}

bool identity_equal(const struct identity *a, const struct identity *b)
{
	return a->inode == b->inode && a->size == b->size &&
	       a->mtime == b->mtime && a->ctime == b->ctime &&
	       a->mode == b->mode;
}

bool identity_racy(const struct identity *identity, int64_t seen)
{
	int64_t grain = 0;

	if (!identity->mode)
		return false;
	if (identity->ctime % CLOCK_SECOND == 0 &&
		identity->mtime % CLOCK_SECOND == 0)
		grain = COARSE_NS;
	return identity->ctime + grain >= seen;
}

int64_t clock_now(void)
{
	return clock_on(CLOCK_REALTIME_COARSE);
}

static struct print unreadable(int error)
{
	return print_bytes(&error, sizeof(error), SEED_UNREADABLE);
}

/* The bytes of a file, up to its end, through one buffer. */
static struct print read_content(int fd, off_t size, uint64_t seed)
{
	char buffer[READ_BYTES];
	XXH3_state_t *state = NULL;
	struct print print;
	ssize_t n = read(fd, buffer, READ_BYTES);

	/* Most files come whole, and need no streaming state. */
	if (n >= 0 && n == size && n < (ssize_t)READ_BYTES) {
		print = print_bytes(buffer, (size_t)n, seed);
		goto out;
	}
	state = XXH3_createState();
	XXH3_128bits_reset_withSeed(state, seed);
	while (n > 0 || (n < 0 && errno == EINTR)) {
		if (n > 0)
			XXH3_128bits_update(state, buffer, (size_t)n);
		n = read(fd, buffer, READ_BYTES);
	}
	print = n < 0 ? unreadable(errno)
		      : canonical(XXH3_128bits_digest(state));
out:
	XXH3_freeState(state);
	return print;
}

static struct print print_meta(const struct stat *st)
{
	int64_t what[3] = {st->st_mode & (S_IFMT | S_IXUSR), 0, 0};

	if (S_ISREG(st->st_mode)) {
		what[1] = st->st_size;
		what[2] = identity_of(st).mtime;
	}
	return print_bytes(what, sizeof(what), SEED_META);
}

static struct print print_content(const char *path, unsigned *hashed)
{
	struct stat st;
	struct print print;
	int fd;

	if (lstat(path, &st) < 0)
		return print_absent;
	if (!S_ISREG(st.st_mode))
		return print_meta(&st);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return unreadable(errno);
	print = read_content(fd, st.st_size,
		st.st_mode & S_IXUSR ? SEED_EXECUTABLE : SEED_FILE);
	close(fd);
	++*hashed;
	return print;
}

static struct print print_link(const char *path)
{
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target));
	struct stat st;

	if (n >= 0)
		return print_bytes(target, (size_t)n, SEED_LINK);
	return lstat(path, &st) < 0 ? print_absent : print_meta(&st);
}

/* Names of caches that have no tag, and of our own. */
static bool is_noise(const char *name)
{
	const struct map_language *const *at = map_languages();

	if (!strcmp(name, ".") || !strcmp(name, "..") ||
		!strcmp(name, ".ftrace"))
		return true;
	for (; *at; at++)
		for (const char *const *cache = (*at)->caches; cache && *cache;
			cache++)
			if (!strcmp(name, *cache))
				return true;
	return false;
}

/* By what follows the name that a module is looked for by. */
static bool print_is_module(const char *rest)
{
	const struct map_language *const *at = map_languages();

	for (; *at; at++)
		if ((*at)->is_module && (*at)->is_module(rest))
			return true;
	return !*rest;
}

/* Whether a block "!/one/two" has the name. */
static bool is_excepted(const char *name, const char *block, size_t size)
{
	const char *at = block + 1, *end = block + size, *slash;
	size_t length = strlen(name);

	while (at < end) {
		at++;
		slash = memchr(at, '/', (size_t)(end - at));
		if (!slash)
			slash = end;
		if ((size_t)(slash - at) == length && !memcmp(at, name, length))
			return true;
		at = slash;
	}
	return false;
}

struct listing {
	char *path;
	char **names; /* sorted; NULL: there are none, or no directory */
	size_t count, room;
	bool is_directory;
	struct print instead; /* where it is none */
};

/* Whether a directory, or a link to one, lies there under the name. */
static bool is_folder(const struct listing *listing, const char *name)
{
	char *path = xasprintf("%s/%s", listing->path, name);
	struct stat st;
	bool yes = stat(path, &st) == 0 && S_ISDIR(st.st_mode);

	free(path);
	return yes;
}

/* Globs with a "|" between them; a "!" before one takes names out again. */
static bool matches_globs(const char *name, const char *globs, size_t size)
{
	const char *at = globs, *end = globs + size, *bar;
	bool matches = false;
	char *glob;

	for (; at < end; at = bar + 1) {
		bool out = *at == '!';

		bar = memchr(at, '|', (size_t)(end - at));
		if (!bar)
			bar = end;
		glob = xasprintf("%.*s", (int)(bar - at) - out, at + out);
		if (fnmatch(glob, name, 0) == 0)
			matches = !out;
		free(glob);
	}
	return matches;
}

static bool print_matches(const struct listing *listing, const char *name,
	const char *block, size_t size)
{
	if (size == 2 && !memcmp(block, "*/", 2))
		return is_folder(listing, name);
	if (size && *block == '!')
		return !is_excepted(name, block, size);
	if (memchr(block, '*', size))
		return matches_globs(name, block, size);
	return !size || (!strncmp(name, block, size) &&
				(name[size] == '\0' || name[size] == '.') &&
				print_is_module(name + size));
}

/*
 * A module's name is a folder's and has an ending where it is a file's. What is
 * of the other kind is passed by by whoever looks for the module, until it is
 * replaced under the same name. By name alone nobody would see that.
 */
static bool print_is_passed_by(const struct listing *listing, const char *name,
	const char *block, size_t size)
{
	if (!size || *block == '!' || *block == '*' || *block == '[' ||
		memchr(block, '*', size))
		return false;
	return is_folder(listing, name) != (name[size] == '\0');
}

static int print_by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What it is instead of a directory that can be read. */
static struct print print_no_listing(const char *path, int error)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return print_absent;
	return S_ISDIR(st.st_mode) ? unreadable(error) : print_meta(&st);
}

static bool print_is_cache(DIR *dir, const struct dirent *entry)
{
	return (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN) &&
	       cache_is_tagged(dirfd(dir), entry->d_name);
}

struct listing *listing_read(const char *path)
{
	struct listing *listing = xcalloc(1, sizeof(*listing));
	DIR *dir = opendir(path);
	struct dirent *entry;

	listing->path = xstrdup(path);
	if (!dir) {
		listing->instead = print_no_listing(path, errno);
		return listing;
	}
	listing->is_directory = true;
	while ((entry = readdir(dir)))
		if (!is_noise(entry->d_name) && !print_is_cache(dir, entry))
			*(char **)array_add(&listing->names, &listing->count,
				&listing->room, sizeof(*listing->names)) =
				xstrdup(entry->d_name);
	closedir(dir);
	if (listing->count)
		qsort(listing->names, listing->count, sizeof(*listing->names),
			print_by_name);
	return listing;
}

void listing_release(struct listing *listing)
{
	for (size_t i = 0; listing && i < listing->count; i++)
		free(listing->names[i]);
	if (listing) {
		free(listing->names);
		free(listing->path);
	}
	free(listing);
}

/* Names, and with each what it says of a group. */
static void print_groups(XXH3_state_t *state, const struct listing *listing,
	const struct map_language *language, const char *group, size_t size)
{
	for (size_t i = 0; i < listing->count; i++) {
		const char *name = listing->names[i];
		size_t length;
		char *path, *text;

		if (!groups_tells(language, name))
			continue;
		path = xasprintf(
			"%s/%s/%s", listing->path, name, language->group_file);
		text = groups_read(path, group, size, &length);
		if (text) {
			XXH3_128bits_update(state, name, strlen(name) + 1);
			XXH3_128bits_update(state, &length, sizeof(length));
			XXH3_128bits_update(state, text, length);
		}
		free(text);
		free(path);
	}
}

struct print listing_print(
	const struct listing *listing, const char *stem, size_t size)
{
	XXH3_state_t *state;
	struct print print;
	const char *group;
	size_t group_size;

	/* Who looks for a name finds none in a directory that is not there,
	 * just as in one that lacks it. */
	if (!listing->is_directory &&
		!(size && print_equal(&listing->instead, &print_absent)))
		return listing->instead;
	state = XXH3_createState();
	XXH3_128bits_reset_withSeed(state, SEED_LISTING);
	if (groups_is_block(stem, size, &group, &group_size))
		for (const struct map_language *const *at = map_languages();
			*at; at++)
			print_groups(state, listing, *at, group, group_size);
	for (size_t i = 0; i < listing->count; i++) {
		const char *name = listing->names[i];

		if (!print_matches(listing, name, stem, size))
			continue;
		XXH3_128bits_update(state, name, strlen(name) + 1);
		if (print_is_passed_by(listing, name, stem, size))
			XXH3_128bits_update(state, "/", 1);
	}
	print = canonical(XXH3_128bits_digest(state));
	XXH3_freeState(state);
	return print;
}

static struct print print_listing(
	const char *path, const char *stem, size_t size)
{
	struct listing *listing = listing_read(path);
	struct print print = listing_print(listing, stem, size);

	listing_release(listing);
	return print;
}

static void drop_name(struct listing *listing, size_t i)
{
	free(listing->names[i]);
	listing->count--;
	memmove(listing->names + i, listing->names + i + 1,
		(listing->count - i) * sizeof(*listing->names));
}

void listing_change(struct listing *listing, const char *name, bool present)
{
	size_t i = 0;

	if (is_noise(name))
		return;
	while (i < listing->count && strcmp(listing->names[i], name) != 0)
		i++;
	if (!present && i < listing->count)
		drop_name(listing, i);
	if (!present || i < listing->count)
		return;
	listing->is_directory = true;
	*(char **)array_add(&listing->names, &listing->count, &listing->room,
		sizeof(*listing->names)) = xstrdup(name);
	qsort(listing->names, listing->count, sizeof(*listing->names),
		print_by_name);
}

void listing_remove(struct listing *listing)
{
	while (listing->count)
		drop_name(listing, listing->count - 1);
	listing->is_directory = false;
	listing->instead = print_absent;
}

struct print print_of_text(
	enum aspect aspect, const void *bytes, size_t size, mode_t mode)
{
	mode_t kind = mode & S_IFMT;

	if (aspect == ASPECT_PRESENCE)
		return print_bytes(&kind, sizeof(kind), SEED_PRESENCE);
	if (aspect == ASPECT_LINK && S_ISLNK(mode))
		return print_bytes(bytes, size, SEED_LINK);
	if ((aspect == ASPECT_CONTENT || aspect == ASPECT_MADE) &&
		S_ISREG(mode))
		return print_bytes(bytes, size,
			mode & S_IXUSR ? SEED_EXECUTABLE : SEED_FILE);
	return print_unknown;
}

struct print print_take(const char *path, enum aspect aspect, const char *block,
	size_t block_size, unsigned *hashed)
{
	struct stat st;

	switch (aspect) {
	case ASPECT_CONTENT:
	case ASPECT_MADE:
		return print_content(path, hashed);
	case ASPECT_LISTING:
		return print_listing(path, block, block_size);
	case ASPECT_LINK:
		return print_link(path);
	case ASPECT_PRESENCE:
		if (lstat(path, &st) < 0)
			return print_absent;
		st.st_mode &= S_IFMT;
		return print_bytes(
			&st.st_mode, sizeof(st.st_mode), SEED_PRESENCE);
	default:
		return lstat(path, &st) < 0 ? print_absent : print_meta(&st);
	}
}
