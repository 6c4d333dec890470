/* SPDX-License-Identifier: MIT */
/*
 * A small language for traces: what processes of a made-up run did, the run
 * folded into a map, and the question which tests an edit affects. The files
 * are real ones in a scratch directory, made before the run.
 */
#ifndef FTRACE_TESTS_UNIT_TRACED_H
#define FTRACE_TESTS_UNIT_TRACED_H

#include "fold/fold.h"
#include "wire/kind.h"

/* For cmocka: a scratch directory with an empty map and an empty arena. */
int traced_enter(void **state);
int traced_leave(void **state);

/* What the fold is told of the run; may be filled before traced_fold(). */
extern struct fold_options traced_options;
/* What it told of itself. */
extern struct fold_summary traced_summary;

/* A process: forked by another one (0: nobody's). Its number, from 1. */
uint32_t traced_fork(uint32_t parent);
/* One that executes a program with these words; they end with a NULL. */
uint32_t traced_exec(uint32_t parent, const char *program, ...);
/* The same, started in a folder of the scratch directory, as a followed one. */
uint32_t traced_exec_in(
	uint32_t parent, const char *folder, const char *program);
/* The same, of which nothing is heard. */
void traced_exec_unseen(uint32_t parent, const char *program);
void traced_exit(uint32_t image, uint32_t status);

/* Opens a scope, "kind/name"; what follows with its number is in it. */
uint32_t traced_begin(uint32_t image, const char *name);
void traced_use(uint32_t image, uint32_t scope, const char *name);
void traced_outcome(uint32_t image, uint32_t scope, const char *word);
void traced_lost(uint32_t image, uint32_t scope, const char *reason);
/* The same, of all that the image does from then on. */
void traced_lost_lasting(uint32_t image, uint32_t scope, const char *reason);

/* Accesses by names in the scratch directory; flags: enum record_flag. */
void traced_access(uint32_t image, uint32_t scope, enum access_kind kind,
	const char *name, unsigned flags);
void traced_rename(
	uint32_t image, uint32_t scope, const char *from, const char *to);

/* Stores the run, and begins another one. */
void traced_fold(void);

/* The ids that are affected now, sorted, with blanks. */
const char *traced_affected(void);
/* How a unit ended, of "runner/id"; "": it is not known. */
const char *traced_end(const char *name);

#endif
