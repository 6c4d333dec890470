/* SPDX-License-Identifier: MIT */
/*
 * A store: where packages lie, by URL. Nothing of ftrace runs there. It has
 * files of one folder; what ftrace keeps in it is told by names:
 *
 *	COMMIT-PRINT.tar.zst	a package (store/package.h) of a commit, with
 *				the print of a fingerprint
 *	COMMIT-PRINT.bad	why nobody is to take that package
 *
 * A file is put as a whole: whoever reads sees the one before or the new one.
 * So several may publish at once, and of two packages of one name one stays.
 *
 * Credentials come from the environment and from the files that other programs
 * have them in, and never stand in a URL.
 */
#ifndef FTRACE_STORE_STORE_H
#define FTRACE_STORE_STORE_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/words.h"
#include "store/package.h"

#define STORE_VARIABLE "FTRACE_STORE"
#define STORE_TOKEN_VARIABLE "FTRACE_STORE_TOKEN"
#define STORE_TIMEOUT_VARIABLE "FTRACE_STORE_TIMEOUT"

#define STORE_PACKAGE ".tar.zst"
#define STORE_BAD ".bad"

/* The file is not there. */
#define STORE_NONE (-ENOENT)

/* "COMMIT-PRINT", and a NUL. */
#define STORE_NAME_SIZE (64 + 1 + FINGERPRINT_SIZE)

struct store_entry {
	char name[STORE_NAME_SIZE];
	char *file;   /* what the kind of store has it by; NULL: a mark alone */
	char *mark;   /* likewise, why nobody is to take it; NULL: they may */
	int64_t time; /* when it was put there, the newest being greatest */
};

struct store_entries {
	struct store_entry *list;
	size_t count, room;
	/* Packages that others of the same name took the place of. */
	struct words old;
	/* The whole folder is not known: only what was asked for. */
	bool some;
};

/* What is looked for where a store tells of no folders. */
struct store_asked {
	char *const *commits; /* the nearest first */
	size_t count;
	const char *print;
};

struct store_kind;

struct store {
	const struct store_kind *kind;
	char *url;        /* as it was given: it has no secrets in it */
	char *place;      /* the kind's own: a folder, a base URL, a remote */
	char *query;      /* of a URL, what stands behind "?"; or NULL */
	const char *root; /* of the project */
	const char *work; /* a folder of ours for what is needed meanwhile */
	unsigned seconds; /* that one transfer may take */
	void *data;       /* the kind's own */
};

struct store_kind {
	/* Fills place and data in, from what follows the scheme. */
	int (*open)(struct store *store, const char *rest, struct err *err);
	void (*close)(struct store *store);
	int (*list)(struct store_entries *entries, struct store *store,
		const struct store_asked *asked, struct err *err);
	/* STORE_NONE, without a message: it is not there. */
	int (*get)(struct package_bytes *bytes, struct store *store,
		const char *file, size_t most, struct err *err);
	int (*put)(struct store *store, const char *name, const char *suffix,
		const struct package_bytes *bytes, struct err *err);
	/* What is not there has been removed. */
	int (*drop)(struct store *store, const char *file, struct err *err);
	/* It keeps the newest alone, where nobody says how many. */
	size_t keep;
};

extern const struct store_kind store_folder, store_git, store_http, store_s3;

/*
 * Negative with err filled: no such kind, or something in the URL that does not
 * belong there. Nothing is asked of the store yet. To be closed in any case.
 */
int store_open(struct store *store, const char *url, const char *root,
	const char *work, struct err *err);
void store_close(struct store *store);

/* What is in it. To be released in any case. */
int store_list(struct store_entries *entries, struct store *store,
	const struct store_asked *asked, struct err *err);
void store_entries_release(struct store_entries *entries);

/* The same of one of its files, as the kinds add them; others are no entry. */
void store_entries_add(struct store_entries *entries, const char *base,
	const char *file, int64_t time);

int store_get(struct package_bytes *bytes, struct store *store,
	const struct store_entry *entry, struct err *err);
int store_put(struct store *store, const char *name,
	const struct package_bytes *bytes, struct err *err);

/* Removes one, by what the kind of store has it by. */
int store_drop(struct store *store, const char *file, struct err *err);

/* Why nobody is to take it, as the store says; to be freed, "" at worst. */
char *store_why(struct store *store, const struct store_entry *entry);

/* Says that nobody is to take the package of that name, and why. */
int store_mark(struct store *store, const char *name, const char *why,
	struct err *err);

/* Takes such a mark back. */
int store_unmark(struct store *store, const struct store_entries *entries,
	const char *name, struct err *err);

/* Removes all but the newest packages; 0: as many as the kind of store keeps,
 * which may be all. *dropped of them. */
int store_prune(size_t *dropped, struct store *store,
	const struct store_entries *entries, size_t keep, struct err *err);

/* Of a commit and a fingerprint. */
void store_name(
	char name[STORE_NAME_SIZE], const char *commit, const char *print);

#endif
