/* SPDX-License-Identifier: MIT */
/*
 * What all verbs print alike. Answers go to stdout, everything for people to
 * stderr, each message in one write.
 */
#ifndef FTRACE_CLI_OUTPUT_H
#define FTRACE_CLI_OUTPUT_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"

/* The version of every --json answer; members are only ever added. */
#define JSON_VERSION 1

/* "ftrace: ..." and a newline, on stderr. */
__attribute__((format(printf, 1, 2))) void note(const char *format, ...);

/* note() with the error's text; returns EXIT_QUERY_FAILED. */
int query_failed(const struct err *err);

/* {"version": 1} */
cJSON *json_new(void);

/* json_bytes() of a path, as people see it. */
cJSON *json_path(const char *path);

/* Prints and frees it. */
void json_print(cJSON *json);

/* Adds the words of a mask of kinds. */
void json_add_kinds(cJSON *object, const char *name, uint32_t kinds);

/* "read, stat"; in a static buffer. */
const char *kinds_text(uint32_t kinds);

/* A line, or with zero a NUL-terminated string. */
void print_item(const char *text, bool zero);

/* "3 tests", "1 test" */
const char *counted(size_t count, const char *one, const char *many);

/*
 * ", and 3 new", or "" of none: files and names that may have tests; in a
 * static buffer.
 */
const char *new_text(size_t count);

/* "1.2 s", "34 ms"; in a static buffer. */
const char *duration_text(int64_t microseconds);

/* Colour for stdout or stderr; "" when it is not wanted there. */
enum colour { COLOUR_NONE, COLOUR_BOLD, COLOUR_YELLOW };
extern const char *colour_option; /* auto, always or never */
bool colour_is_known(void);       /* else after a message */
const char *colour(bool err, enum colour which);

/* Flushes stdout; 0, or EXIT_QUERY_FAILED when it could not be written. */
int finish_output(void);

#endif
