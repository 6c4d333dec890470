/* SPDX-License-Identifier: MIT */
/*
 * Marks (docs/reference/marks.md): an access(2) to a path below MARK_PREFIX
 *tells the tracer something and is never asked of the kernel.
 *
 *	begin/<kind>/<name>	open a scope, inside the one in force
 *	end/			close the innermost scope
 *	use/<kind>/<name>	the scope in force depends on that scope
 *	block/<kind>/<block>/<path>	an access to a part of a file; stat: to
 *				its presence
 *	mute/  unmute/		do not record inputs meanwhile (this thread)
 *	outcome/<word>[/<microseconds>]	how the scope in force ended
 *	env/<name>		the scope in force depends on the value that
 *				the variable has where the run was started
 *
 * Of code that adapters see the insides of:
 *
 *	interpreter/<tag>/<path>	what runs it, and can take it apart
 *	source/<path>		the scope in force, a module's, is the import
 *				of that file, whose functions are recorded
 *	code/<token>/<id>/<name>/<path>	what an id of the token stands for: a
 *				function by its qualified name
 *	enter/<token>/<id>[,<id>...]	the scope in force entered these
 *	coarse/<reason>		the scope in force entered what was not recorded
 *	call/<token>/<id>,<id>	the first may be called by the second, which has
 *				it at hand; or, with a name there, by who
 *				mentions that
 *	may/kept/<id>		the scope in force may find what has that id, if
 *				it entered code that reaches names without
 *				having them written
 *	kept/<id>=<name>[,<name>...];[<function>,...]/<path>	the scope in
 *				force left what has that id in memory, in the
 *				module of that source, where these names lead to
 *				it; what computed it was called by these
 *				functions, or by whoever mentions a name. With
 *				"*" for names its import made it. A function
 *				with a dot before it is a bare name
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
	MARK_CODE,
	MARK_ENTER,
	MARK_CALL,
	MARK_MAY,
	MARK_SOURCE,
	MARK_COARSE,
	MARK_INTERPRETER,
	MARK_ENV,
	MARK_KEPT,
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

/*
 * The type of the record that a mark leaves as it is, with its argument as
 * the text; 0 for those that mean more to who takes them.
 */
int mark_record(enum mark_verb verb);

/*
 * Whether it says that an adapter is there. What was recorded before may be
 * taken back in favour of what the adapter says, so that from then on it has to
 * be recorded again.
 */
bool mark_is_ready(const struct mark *mark);

/* Takes a MARK_BLOCK's argument apart; false when it is malformed. */
bool mark_parse_block(const struct mark *mark, struct mark_block *out);

#endif
