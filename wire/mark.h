/* SPDX-License-Identifier: MIT */
/*
 * Marks (DESIGN section 6): an access(2) to a path below MARK_PREFIX tells
 * the tracer something and is never asked of the kernel.
 *
 *	begin/<kind>/<name>	open a scope, inside the one in force
 *	end/			close the innermost scope
 *	use/<kind>/<name>	the scope in force depends on that scope
 *	block/<kind>/<block>/<path>	an access to a part of a file
 *	mute/  unmute/		do not record inputs meanwhile (this thread)
 *	outcome/<word>[/<microseconds>]	how the scope in force ended
 */
#ifndef FTRACE_WIRE_MARK_H
#define FTRACE_WIRE_MARK_H

#include <stdbool.h>
#include <stddef.h>

#define MARK_PREFIX "/@ftrace/"

enum mark_verb {
	MARK_BEGIN,
	MARK_END,
	MARK_USE,
	MARK_BLOCK,
	MARK_MUTE,
	MARK_UNMUTE,
	MARK_OUTCOME,
	MARK_UNKNOWN
};

struct mark {
	enum mark_verb verb;
	const char *argument; /* inside the path; NUL-terminated */
	size_t size;
};

struct mark_block {
	int kind; /* enum access_kind */
	const char *block;
	size_t block_size;
	const char *path; /* absolute */
	size_t path_size;
};

/* True when path is a mark; async-signal-safe, allocates nothing. */
bool mark_parse(const char *path, struct mark *mark);

/* Takes a MARK_BLOCK's argument apart; false when it is malformed. */
bool mark_parse_block(const struct mark *mark, struct mark_block *out);

#endif
