/* SPDX-License-Identifier: MIT */
/*
 * Ids of units, whatever runner they are of: "FILE", or "FILE::NAME", and so
 * on with a name in a name. What follows the first bracket behind a file is a
 * parameter, in which anything may stand.
 */
#ifndef FTRACE_BASE_ID_H
#define FTRACE_BASE_ID_H

#include <stdbool.h>
#include <stddef.h>

/* The length of the file that an id begins with; 0: it has nothing else. */
size_t id_file(const char *id);

/* The end of the part of an id that begins at a place in it. */
size_t id_part_end(const char *id, size_t size, size_t at);

/* Where the name behind a part that ends there begins. */
size_t id_next(size_t end);

/* Where its last name begins: the id itself where it has one part. */
const char *id_last(const char *id);

/* The length of it without a parameter. */
size_t id_bare(const char *id);

/* Where what is typed of an id goes on with the next name, or NULL. */
const char *id_step(const char *id, size_t typed);

/* Whether the names behind a file are a name, or something below it. */
bool id_is_below(const char *names, const char *name);

/* The id of a name in a file, to be freed. */
char *id_of(const char *file, const char *name);

#endif
