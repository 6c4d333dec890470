/* SPDX-License-Identifier: MIT */
/*
 * A package: a map and what it is of, as one file that anybody can open: a tar
 * archive, compressed with zstd. Its members are, in this order, ftrace.json
 * (the header, an object), map.db (map/pack.h), and below share/ the files that
 * "share" names, by their paths from the root.
 *
 * The header tells the size and the print of all others, so a package of which
 * a byte is another is refused.
 */
#ifndef FTRACE_STORE_PACKAGE_H
#define FTRACE_STORE_PACKAGE_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "map/print.h"
#include "store/fingerprint.h"

#define PACKAGE_FORMAT 1
#define PACKAGE_HEADER "ftrace.json"
#define PACKAGE_MAP "map.db"
#define PACKAGE_SHARE "share/"

/* Bytes of a package, and of what is in it; entries. More is refused. */
#define PACKAGE_MOST ((size_t)512 << 20)
#define PACKAGE_MAP_MOST ((size_t)1 << 30)
#define PACKAGE_SHARE_MOST ((size_t)256 << 20)
#define PACKAGE_HEADER_MOST ((size_t)32 << 20)
#define PACKAGE_FILES_MOST 100000

/* No package: which one was made by whom does not matter. */
#define PACKAGE_REFUSED (-EBADMSG)

struct package {
	struct fingerprint fingerprint;
	char *commit;  /* the map is of it or of what is before it */
	char *branch;  /* "" */
	char *project; /* what its repository is called; "" */
	int64_t made;  /* seconds since the epoch */
	int64_t units;
	struct package_file {
		char *name; /* of the member */
		uint64_t size;
		struct print print;
		/* Of what is made here; of what is read it is on disk. */
		char *bytes;
		int64_t mtime; /* seconds */
		bool executable;
		bool seen; /* while it is read */
	} * files;
	size_t file_count, file_room;
};

struct package_bytes {
	char *bytes;
	size_t size, room;
};

/*
 * Whether it is a path below a folder, and nothing else, as in "share"; and
 * leads into no repository.
 */
bool package_path_is_sound(const char *path);

/* Takes a file over, by the name of its member. */
void package_add(struct package *package, const char *name, char *bytes,
	size_t size, int64_t mtime, bool executable);

/*
 * Adds what lies at the path below the root: a file, or all files below a
 * folder. Links and whatever is no file are left out, and counted in *left.
 * Nothing there is no failure.
 */
int package_add_share(struct package *package, const char *root,
	const char *path, size_t *left, struct err *err);

/* The package as bytes, to be freed. */
int package_write(const struct package *package, struct package_bytes *bytes,
	struct err *err);

/*
 * Takes one apart that may have been made by anybody, into a folder that is
 * empty: the map, and below "share" what one of these paths leads to; the rest
 * is skipped. PACKAGE_REFUSED: err says why; what lies in the folder then is of
 * no use. To be released in any case.
 */
int package_read(struct package *package, const void *bytes, size_t size,
	const char *folder, char *const *shared, size_t shared_count,
	struct err *err);

/* The header alone. */
int package_parse(struct package *package, const char *text, size_t size,
	struct err *err);
void package_release(struct package *package);

#endif
