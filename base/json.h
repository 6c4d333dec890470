/* SPDX-License-Identifier: MIT */
/*
 * Bytes in JSON. Paths and ids are bytes: those that are not UTF-8 become the
 * escapes U+DC80 to U+DCFF, as Python's surrogateescape has them, so that
 * nothing is lost.
 */
#ifndef FTRACE_BASE_JSON_H
#define FTRACE_BASE_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

/* The length of the UTF-8 sequence that the text begins with, or 0. */
size_t utf8_length(const char *text);

/* A string of them. */
cJSON *json_bytes(const char *bytes);

/*
 * Puts the bytes back in place of such escapes, in a text of size bytes
 * before it is parsed: cJSON takes bytes as they are, and no lone surrogate.
 * Returns the new size.
 */
size_t json_restore_bytes(char *text, size_t size);

/* The text of an object's member; NULL: it has none, or it is no text. */
const char *json_member_text(const cJSON *object, const char *name);

/* Whether an object's member is there and true. */
bool json_member_is_true(const cJSON *object, const char *name);

#endif
