/* SPDX-License-Identifier: MIT */
/*
 * Functions taken apart into passages, of which a run tells which it ran: runs
 * of statements that can be left alone by a call (python.md). Only functions
 * that many tests enter are worth it, so each is asked for by its name.
 */
#ifndef FTRACE_LANGUAGES_PASSAGES_H
#define FTRACE_LANGUAGES_PASSAGES_H

#include "base/frames.h"
#include "languages/code.h"

struct passages_job {
	const char *path;
	const char *content;
	size_t size;
	const char *names; /* of functions, each with a newline behind it */
	/* What is found: blocks as source_set_passages() takes them, and what
	 * the process has to know that loads the file. To be freed. */
	struct frames blocks;
	char *packed;
	size_t packed_size;
};

/* Whether the file has states of passages. */
bool passages_are_read(const struct map_files *files, uint32_t file);

/* A file that cannot be taken apart gets nothing. Negative: nobody can. */
int passages_ask(struct code_reader *reader, struct passages_job *jobs,
	size_t count, struct err *err);
void passages_job_release(struct passages_job *job);

/*
 * A text of a file has a source. Where states of the file are of passages, and
 * the source does not have these yet, they are found: as they were in the
 * source that the file had before, NULL if there is none, if their function is
 * the same; otherwise by asking.
 */
void passages_complete(struct code_reader *reader, uint32_t file,
	struct source *source, const struct source *past, const char *content,
	size_t size);

#endif
