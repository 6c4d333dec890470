/* SPDX-License-Identifier: MIT */
/*
 * A JSON text that people write: with comments, and with places, so that
 * whatever is wrong in it can be pointed at. cJSON parses; here is only what
 * it does not tell, where each key and value stands.
 */
#ifndef FTRACE_BASE_JSON_TEXT_H
#define FTRACE_BASE_JSON_TEXT_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "base/err.h"

struct json_text {
	const char *name; /* of the file, for messages */
	char *bytes;      /* comments are blanks; closed by a NUL; owned */
	size_t size;
};

/* A value with its place; of an object with its key. */
struct json_item {
	char *key; /* NULL: an element */
	size_t key_at, at;
	cJSON *value;
};

struct json_items {
	struct json_item *list; /* as they stand */
	size_t count, room;
};

/*
 * Takes a copy of the bytes; 0, or negative with err filled when they are not
 * JSON. To be released in any case. name has to outlive it.
 */
int json_text_init(struct json_text *text, const char *name, const char *bytes,
	size_t size, struct err *err);
void json_text_release(struct json_text *text);

/* The outermost value's place. */
size_t json_text_top(const struct json_text *text);

/* The members or elements of the value that stands there; none of others. */
void json_text_items(
	struct json_items *items, const struct json_text *text, size_t at);
void json_items_release(struct json_items *items);

/* "NAME:LINE:COLUMN: ..."; returns a negative number. */
__attribute__((format(printf, 4, 5))) int json_text_error(struct err *err,
	const struct json_text *text, size_t at, const char *format, ...);

#endif
