/* SPDX-License-Identifier: MIT */
/*
 * Verdicts on objects (wire/verdict.h), as they are kept from one session to
 * the next, by the user (base/state_folder.h): code is patched by them, so a
 * project must not bring them along. A file that is damaged, of another
 * version, or that others may write counts as none, and so does a path that is
 * NULL.
 */
#ifndef FTRACE_TRACER_VERDICT_FILE_H
#define FTRACE_TRACER_VERDICT_FILE_H

#include "wire/verdict.h"

/* Its name in the user's folder. */
#define VERDICT_FILE "objects"

/* Fills a board that has nothing in it; how many sites it has then. */
uint32_t verdict_file_read(const char *path, struct verdict_board *board);

/* Replaces the file; what cannot be written is found out again. */
void verdict_file_write(const char *path, const struct verdict_board *board,
	uint32_t site_count);

#endif
