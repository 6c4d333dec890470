/* SPDX-License-Identifier: MIT */
/*
 * Verdicts on objects (wire/verdict.h), as they are kept from one session to
 * the next. A file that is damaged, or of another version, counts as none.
 */
#ifndef FTRACE_TRACER_VERDICT_FILE_H
#define FTRACE_TRACER_VERDICT_FILE_H

#include "wire/verdict.h"

/* Its name in `.ftrace`. */
#define VERDICT_FILE "objects"

/* Fills a board that has nothing in it; how many sites it has then. */
uint32_t verdict_file_read(const char *path, struct verdict_board *board);

/* Replaces the file; what cannot be written is found out again. */
void verdict_file_write(const char *path, const struct verdict_board *board,
	uint32_t site_count);

#endif
