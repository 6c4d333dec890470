/* SPDX-License-Identifier: MIT */
/*
 * Where on this machine the interpreter with a tag is.
 *
 * A map may come from a colleague, from CI or out of a repository, so nothing
 * that it names is executed.  What a run of this user executed on this machine
 * stands in a list of the user's own, $XDG_STATE_HOME/ftrace/interpreters
 * (~/.local/state without it); a tag that is not in it is looked for along
 * PATH.  The list has a line for each tag: tag, tab, absolute path.
 */
#ifndef FTRACE_LANGUAGES_INTERPRETER_H
#define FTRACE_LANGUAGES_INTERPRETER_H

#include "base/err.h"
#include "languages/language.h"

/*
 * A run executed the program at path, which has that tag.  One path for a tag
 * is enough: it stays as long as something executable is there.  Where the list
 * cannot be written nothing is remembered, and that is no error.
 */
void interpreter_remember(const char *tag, const char *path);

/* Its path, to be freed; NULL with err filled when there is none. */
char *interpreter_find(
	const struct language *language, const char *tag, struct err *err);

/* The tag of the first along PATH, to be freed; NULL: there is none. */
char *interpreter_here(const struct language *language);

#endif
