/* SPDX-License-Identifier: MIT */
/*
 * What a system call of the catalogue (wire/syscalls.def) does to paths,
 * independent of who watches it: the interposer inside the traced program,
 * or the ptrace fallback from outside.
 *
 * Nothing here allocates, locks or touches memory behind an address of the
 * traced program. Safe in signal handlers and vfork children.
 */
#ifndef FTRACE_WIRE_CALL_H
#define FTRACE_WIRE_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/kind.h"

enum call_effect {
	EFFECT_NONE,
	EFFECT_OPEN,
	EFFECT_CREAT,
	EFFECT_OPEN_HOW,       /* flags: address of a struct open_how */
	EFFECT_LOOK,           /* looks a path up */
	EFFECT_READ_LINK,      /* reads a symbolic link */
	EFFECT_LIST,           /* path: a descriptor */
	EFFECT_MAKE,           /* makes a node that was not there */
	EFFECT_MAKE_DIRECTORY, /* the same, a directory */
	EFFECT_SYMLINK,        /* argument 0 is the target */
	EFFECT_HARD_LINK,      /* two paths */
	EFFECT_RENAME,         /* two paths */
	EFFECT_REMOVE,
	EFFECT_RESIZE,     /* truncates by path */
	EFFECT_ATTRIBUTES, /* changes what stat tells, not the content */
	EFFECT_ENTER,      /* relative paths start elsewhere afterwards */
	EFFECT_CONNECT,    /* path: a socket address */
	EFFECT_BIND,       /* the same; makes the path */
	EFFECT_EXEC,       /* arguments and environment follow the path */
	EFFECT_FORK,
	EFFECT_EXIT,
	EFFECT_ROOT,   /* absolute paths start elsewhere afterwards */
	EFFECT_MOUNT,  /* paths may lead elsewhere afterwards */
	EFFECT_PTRACE, /* fails for what is followed: nobody has two tracers */
	EFFECT_FILTER, /* may forbid calls that are not the program's own */
	EFFECT_MAP,    /* may bring in code of a file; path: its descriptor */
	EFFECT_RING,   /* opens files without system calls afterwards */
};

/* Above the number of every call of either table. */
#define CALL_NUMBERS 480

struct call_shape {
	uint8_t effect;
	int8_t dir, path, flags;
};

struct call {
	enum call_effect effect;
	int dir[2];        /* where a relative path starts; AT_FDCWD */
	uintptr_t path[2]; /* in the traced program; [1]: 0 where only one */
	int flags;         /* of open(2), or AT_* */
	bool nofollow;     /* of a final symbolic link of path[0] */
};

/* The shape of a call by its number; effect EFFECT_NONE: not in it. */
struct call_shape call_shape(long number);

/* The same for a 32-bit program on x86_64; none elsewhere. */
struct call_shape call_shape_i386(long number);

/* EFFECT_OPEN_HOW leaves flags 0: they are behind an address. */
void call_decode(const struct call_shape *shape, const uint64_t arguments[6],
	struct call *call);

/* The calls by place, for who has to name or filter them all. */
struct call_entry {
	const char *name;
	int number, i386;
	enum call_effect effect;
};
extern const struct call_entry call_entries[];
extern const unsigned call_entry_count;

/* What an observer saw of a call. */
struct call_result {
	int error;    /* 0: it succeeded */
	bool existed; /* before: asked only where call_asks_existing() */
	bool is_link; /* what a lookup found is a symbolic link */
};

/* One access that a call made. */
struct call_access {
	uint8_t path; /* which of the call's */
	uint8_t kind;
	uint16_t flags; /* enum record_flag */
};

#define CALL_ACCESSES 3

/*
 * The accesses of a call other than renames, execs and what has no path;
 * how many. A failed lookup is `absent`; what failed otherwise was looked at.
 */
unsigned call_accesses(const struct call *call,
	const struct call_result *result, struct call_access *accesses);

/* Whether the accesses depend on what was there before the call. */
bool call_asks_existing(const struct call *call);

#endif
