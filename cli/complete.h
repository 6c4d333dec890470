/* SPDX-License-Identifier: MIT */
/*
 * What may stand at a place of a command line: made from the tables of the
 * verbs, their usages, and what the project has of each kind of word there.
 */
#ifndef FTRACE_CLI_COMPLETE_H
#define FTRACE_CLI_COMPLETE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Prints for the last of the words, which follow "ftrace", what it may be
 * completed to: first a line that says what the shell has to do itself, see
 * docs/man/ftrace-completion.1, then a line a candidate.
 */
void complete(char *const *words, size_t count);

/* Kinds of values, by the word that usages and help call them. */
enum value_kind {
	VALUES_WORDS = 1, /* a few that are fixed, or that git has */
	VALUES_NAMES = 2, /* of tests: they are quoted like files */
	VALUES_FOLDERS = 4,
	VALUES_FILES = 8,
};

/* The kind of a word of size bytes, 0 where nothing is known of it. */
enum value_kind complete_kind(const char *word, size_t size);

/* Prints the project's values that begin with `typed`, `before` each. */
void complete_values(const char *word, size_t size, const char *root,
	const char *typed, const char *before);

/* A candidate, if it begins with `typed`. help may be NULL. */
void complete_put(const char *typed, const char *before, const char *text,
	const char *help);

#endif
