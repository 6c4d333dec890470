/* SPDX-License-Identifier: MIT */
/*
 * Fingerprints and identities of files.
 *
 * An identity is what a stat tells; as long as it is the same, and is not
 * racy, the file need not be read. A print is the XXH3-128 of what a reader
 * can see of one aspect of a file:
 *
 * content: a regular file's bytes, and whether it may be executed
 *
 * listing: a directory's names, sorted, but for those of caches. With a block
 * only some of them:
 * - a name: those that a language may take for the module of that name
 *   (map/language.h), and which of them cannot be it: a file without an
 *   ending, a folder with one
 * - with a star in it: what it matches as a glob, or as several with a "|"
 *   between them, of which one behind a "!" leaves names out
 * - a star and a slash: the names of directories
 * - with a "!" in front: all but those behind it, with a slash before each
 * - "[name]": all, and what the entries say of that group (map/groups.h)
 *
 * link: where a symbolic link points
 *
 * meta: what kind of thing is there, of a regular file also its size and
 * modification time. For what was looked at and never opened.
 *
 * presence: what kind of thing is there
 *
 * made: the content of a file that its reader made, having found none: a file
 * that is not there is as good as that content
 *
 * code: a block of a source text, or with the empty name what loading it does:
 * see map/source.h. Not taken here.
 *
 * What is not there has the print of zeroes, whatever the aspect, but for a
 * listing with a block: there it is the same as a directory without the name.
 */
#ifndef FTRACE_MAP_PRINT_H
#define FTRACE_MAP_PRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

enum aspect {
	ASPECT_CONTENT,
	ASPECT_LISTING,
	ASPECT_LINK,
	ASPECT_META,
	ASPECT_PRESENCE,
	ASPECT_CODE,
	ASPECT_MADE,
	ASPECTS
};

struct print {
	unsigned char bytes[16]; /* XXH128_canonical_t */
};

struct identity {
	uint64_t inode;
	int64_t size;
	int64_t mtime; /* nanoseconds */
	int64_t ctime;
	uint32_t mode; /* st_mode; 0: not there */
};

extern const struct print print_absent;
extern const struct print print_unknown; /* equals no file's print */

bool print_equal(const struct print *a, const struct print *b);

/* Whether an aspect that looked like `then` is as good as that now. */
bool print_stands(
	enum aspect aspect, const struct print *then, const struct print *now);

/* The identity of path, not following a final link; mode 0 when absent. */
struct identity identity_read(const char *path);
struct identity identity_of(const struct stat *st);
bool identity_equal(const struct identity *a, const struct identity *b);

/*
 * True when the file may have changed after `seen` (nanoseconds since the
 * epoch, when the identity was read) without a new identity: the clock that
 * the file system stamps with had not moved on. git calls this racy, too.
 */
bool identity_racy(const struct identity *identity, int64_t seen);

/* The clock of `seen`: the one that the kernel stamps files with. */
int64_t clock_now(void);

/*
 * The print of one aspect of path now. A file that cannot be read has a print
 * of its own. Counts into *hashed the files whose content was read.
 */
struct print print_take(const char *path, enum aspect aspect, const char *block,
	size_t block_size, unsigned *hashed);

/*
 * A directory's names, read once for many blocks: a Python program compares
 * hundreds of names with each directory that it imports from.
 */
struct listing *listing_read(const char *path);
void listing_release(struct listing *listing);

/* As print_take() with ASPECT_LISTING. */
struct print listing_print(
	const struct listing *listing, const char *block, size_t block_size);

/*
 * The same directory with a name more or less; and as if it were not there.
 */
void listing_change(struct listing *listing, const char *name, bool present);
void listing_remove(struct listing *listing);

/*
 * The print that an aspect of a regular file with these bytes would have, or
 * of a link to there; print_unknown for what bytes do not tell.
 */
struct print print_of_text(
	enum aspect aspect, const void *bytes, size_t size, mode_t mode);

/* The print of arbitrary bytes. */
struct print print_bytes(const void *bytes, size_t size, uint64_t seed);

#endif
