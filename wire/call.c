/* SPDX-License-Identifier: MIT */
#include "wire/call.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>

#include "wire/record.h"

#ifndef O_TMPFILE
#define O_TMPFILE (020000000 | O_DIRECTORY)
#endif

#define CWD (-1)
#define NONE (-1)
#define NOFOLLOW (-2)

static const struct call_shape shapes[CALL_NUMBERS] = {
#define CALL(name, number, i386, effect, dir, path, flags) \
	[number] = {effect, dir, path, flags},
#include "wire/syscalls.def"
#undef CALL
};

#if defined(__x86_64__)
static const struct call_shape shapes_i386[CALL_NUMBERS] = {
#define CALL(name, number, i386, effect, dir, path, flags) \
	[i386] = {effect, dir, path, flags},
#include "wire/syscalls.def"
#undef CALL
	/* The 64-bit variants of calls, which 32-bit programs use. */
	[193] = {EFFECT_RESIZE, CWD, 0, NONE},
	[195] = {EFFECT_LOOK, CWD, 0, NONE},
	[196] = {EFFECT_LOOK, CWD, 0, NOFOLLOW},
	[268] = {EFFECT_LOOK, CWD, 0, NONE},
	[412] = {EFFECT_ATTRIBUTES, 0, 1, 3},
	/* And the calls with 16-bit user numbers. */
	[16] = {EFFECT_ATTRIBUTES, CWD, 0, NOFOLLOW},
	[182] = {EFFECT_ATTRIBUTES, CWD, 0, NONE},
};
#endif

static const struct call_shape no_shape = {EFFECT_NONE, CWD, 0, NONE};

struct call_shape call_shape(long number)
{
	return number >= 0 && number < CALL_NUMBERS ? shapes[number] : no_shape;
}

struct call_shape call_shape_i386(long number)
{
#if defined(__x86_64__)
	if (number >= 0 && number < CALL_NUMBERS)
		return shapes_i386[number];
#else
	(void)number;
#endif
	return no_shape;
}

static bool has_two_paths(enum call_effect effect)
{
	return effect == EFFECT_RENAME || effect == EFFECT_HARD_LINK;
}

static bool nofollow_of(const struct call *call, int argument)
{
	switch (call->effect) {
	case EFFECT_OPEN:
	case EFFECT_OPEN_HOW:
		return call->flags & O_NOFOLLOW;
	case EFFECT_HARD_LINK:
		return !(call->flags & AT_SYMLINK_FOLLOW);
	default:
		return argument == NOFOLLOW ||
		       call->flags & AT_SYMLINK_NOFOLLOW;
	}
}

void call_decode(const struct call_shape *shape, const uint64_t arguments[6],
	struct call *call)
{
	int step = shape->dir == CWD ? 1 : 2;

	call->effect = (enum call_effect)shape->effect;
	call->dir[0] = call->dir[1] = AT_FDCWD;
	if (shape->dir != CWD)
		call->dir[0] = (int)arguments[shape->dir];
	call->path[0] = arguments[shape->path];
	call->path[1] = 0;
	if (has_two_paths(call->effect)) {
		call->path[1] = arguments[shape->path + step];
		if (shape->dir != CWD)
			call->dir[1] = (int)arguments[shape->dir + step];
	}
	call->flags = shape->flags >= 0 ? (int)arguments[shape->flags] : 0;
	if (call->effect == EFFECT_CREAT)
		call->flags = O_WRONLY | O_CREAT | O_TRUNC;
	if (call->effect == EFFECT_OPEN_HOW)
		call->flags = 0;
	call->nofollow = nofollow_of(call, shape->flags);
}

static bool is_open(const struct call *call)
{
	return call->effect == EFFECT_OPEN || call->effect == EFFECT_CREAT ||
	       call->effect == EFFECT_OPEN_HOW;
}

bool call_asks_existing(const struct call *call)
{
	return is_open(call) && call->flags & O_CREAT &&
	       !(call->flags & (O_EXCL | O_TRUNC));
}

static struct call_access *call_put(struct call_access *at, unsigned path,
	enum access_kind kind, unsigned flags)
{
	at->path = (uint8_t)path;
	at->kind = (uint8_t)kind;
	at->flags = (uint16_t)flags;
	return at + 1;
}

static struct call_access *put_open(const struct call *call,
	const struct call_result *result, struct call_access *at)
{
	int flags = call->flags;
	unsigned follow = call->nofollow ? RECORD_NOFOLLOW : 0;
	unsigned made = 0;

	if ((flags & O_TMPFILE) == O_TMPFILE || flags & O_PATH ||
		(flags & O_DIRECTORY && (flags & O_ACCMODE) == O_RDONLY))
		return call_put(at, 0, ACCESS_STAT, follow);
	if (flags & O_TRUNC ||
		(flags & O_CREAT && (flags & O_EXCL || !result->existed)))
		made = RECORD_MADE;
	/* What it made itself it reads afterwards. */
	if ((flags & O_ACCMODE) != O_WRONLY && !made)
		at = call_put(at, 0, ACCESS_READ, follow);
	if ((flags & O_ACCMODE) != O_RDONLY || made)
		at = call_put(at, 0, ACCESS_WRITE, follow | made);
	if ((flags & O_ACCMODE) != O_WRONLY && made)
		at = call_put(at, 0, ACCESS_READ, follow);
	return at;
}

static struct call_access *put_failed(
	const struct call *call, int error, struct call_access *at)
{
	unsigned follow = call->nofollow ? RECORD_NOFOLLOW : 0;

	/* Either may be to blame; the kernel does not say which. */
	if (call->path[1]) {
		at = call_put(
			at, 0, ACCESS_STAT, RECORD_REFUSED | RECORD_NOFOLLOW);
		return call_put(
			at, 1, ACCESS_STAT, RECORD_REFUSED | RECORD_NOFOLLOW);
	}
	/* ENOTDIR may be for what is there, and no directory. */
	if (error == ENOENT)
		return call_put(at, 0, ACCESS_ABSENT, follow);
	return call_put(at, 0, ACCESS_STAT, RECORD_REFUSED | follow);
}

unsigned call_accesses(const struct call *call,
	const struct call_result *result, struct call_access *accesses)
{
	unsigned follow = call->nofollow ? RECORD_NOFOLLOW : 0;
	const unsigned made = RECORD_MADE | RECORD_NOFOLLOW;
	struct call_access *at = accesses;

	/* What no file system takes for a name depends on none. */
	if (result->error == EFAULT || result->error == ENAMETOOLONG)
		return 0;
	if (result->error)
		return (unsigned)(put_failed(call, result->error, at) -
				  accesses);
	switch (call->effect) {
	case EFFECT_OPEN:
	case EFFECT_CREAT:
	case EFFECT_OPEN_HOW:
		at = put_open(call, result, at);
		break;
	case EFFECT_LOOK:
		at = call_put(at, 0,
			follow && result->is_link ? ACCESS_LINK : ACCESS_STAT,
			follow);
		break;
	case EFFECT_ENTER:
	case EFFECT_ROOT:
	case EFFECT_CONNECT:
		at = call_put(at, 0, ACCESS_STAT, follow);
		break;
	case EFFECT_READ_LINK:
		at = call_put(at, 0, ACCESS_LINK, follow);
		break;
	case EFFECT_MAKE:
	case EFFECT_SYMLINK:
	case EFFECT_BIND:
		at = call_put(at, 0, ACCESS_WRITE, made);
		break;
	case EFFECT_MAKE_DIRECTORY:
		at = call_put(at, 0, ACCESS_WRITE, made | RECORD_DIRECTORY);
		break;
	case EFFECT_HARD_LINK:
		at = call_put(at, 0, ACCESS_READ, follow | RECORD_LINKED);
		at = call_put(at, 1, ACCESS_WRITE, made);
		break;
	case EFFECT_REMOVE:
		at = call_put(at, 0, ACCESS_UNLINK, follow);
		break;
	case EFFECT_RESIZE:
		at = call_put(at, 0, ACCESS_WRITE, follow);
		break;
	case EFFECT_ATTRIBUTES:
		at = call_put(at, 0, ACCESS_STAT, follow);
		at = call_put(at, 0, ACCESS_WRITE, follow);
		break;
	default:
		break;
	}
	return (unsigned)(at - accesses);
}
