/* SPDX-License-Identifier: MIT */
/*
 * A growing list of words, such as a command line. Its words are allocated
 * and belong to the list.
 */
#ifndef FTRACE_BASE_WORDS_H
#define FTRACE_BASE_WORDS_H

#include <stddef.h>

struct words {
	char **list; /* NULL-terminated as soon as one was added; or NULL */
	size_t count, room;
};

/* Takes an allocated word over. */
void words_add(struct words *words, char *word);

/* The same with a copy. */
void words_add_copy(struct words *words, const char *word);

/* Copies of all of a NULL-terminated list. */
void words_add_list(struct words *words, const char *const *list);

/* A NULL-terminated list that was allocated with its words; or NULL. */
void words_free(char **list);

#endif
