/* SPDX-License-Identifier: MIT */
/*
 * Which functions of Python notice a change, by what their code mentions: a
 * letter and a name in each line. docs/explanation/python.md has the rules, and
 * languages/python/blocks/mentions.py is who writes the lines.
 */
#ifndef FTRACE_LANGUAGES_PYTHON_NOTICE_H
#define FTRACE_LANGUAGES_PYTHON_NOTICE_H

#include "languages/language.h"

/* As struct language has them. */
char *notice_of_block(const struct wanted *wanted, const char *path,
	const struct source *source, const struct interned *name);
bool notice_may_catch(const struct wanted *wanted, const char *path,
	const struct source *source, const struct interned *name);

#endif
