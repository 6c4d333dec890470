/* SPDX-License-Identifier: MIT */
/*
 * The interposer's memory of its session and its only way to write records.
 *
 * Every function but recorder_start() may be called from any thread, from
 * signal handlers and in a vfork child. None allocates, locks, prints, calls
 * libc or changes errno.
 */
#ifndef FTRACE_PRELOAD_RECORDER_H
#define FTRACE_PRELOAD_RECORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "preload/start.h"
#include "wire/arena.h"
#include "wire/kind.h"
#include "wire/record.h"
#include "wire/writer.h"

#define SESSION_VARIABLE "FTRACE_SESSION"
/* "scope.serial", and behind these SCOPE_SPOKEN, or nothing. */
#define SCOPE_VARIABLE "FTRACE_SCOPE"
#define SCOPE_SPOKEN ".r"
#define PRELOAD_VARIABLE "LD_PRELOAD"
#define LIBRARY_NAME "libftrace.so"

/*
 * Attaches to the session that the environment names; false when there is
 * none, or it cannot be had: then nothing else here may be called.
 */
bool recorder_start(const struct start *start);

/*
 * Says that this image lives: which exec it answers, what was executed, and
 * what the loader mapped.
 */
void recorder_hello(const struct start *start);

/* The session's tables of sites; SITE_TABLES of them. */
struct site_table *recorder_site_tables(void);

/*
 * Asks for this thread to be followed by ptrace; serial is that of the exec
 * to come, or FOLLOW_NO_EXEC (wire/follow.h).
 */
enum follow_answer recorder_follow(uint32_t serial);

/* Whether this image is: then nothing of it is to be recorded here. */
bool recorder_is_followed(void);

/* Verdicts on objects (wire/verdict.h). */
struct stat;
struct verdict recorder_find_verdict(const struct stat *st);
struct verdict recorder_ask_verdict(
	const struct stat *st, const char *path, int fd);
const struct own_site *recorder_own_sites(void);

/* What a child needs to belong to the session too. */
const char *recorder_session(void); /* the arena's path */
const char *recorder_library(void); /* this library's path */
void recorder_announced(void);      /* an exec that will answer */
void recorder_answered(void);       /* it did, or it failed */
uint32_t recorder_serial(void);     /* a new number for an exec */

/* Writes a record; see wire/writer.h. */
void recorder_write(const struct record_draft *draft);

/* The same, unless it was written lately. */
void recorder_write_once(const struct record_draft *draft);

/* What was written is written again when it happens again. */
void recorder_forget(void);

/*
 * From now on nothing may be asked of the kernel but what the program asks:
 * it filters its system calls, and what it does not expect kills it. Notes
 * the loss. recorder_is_quiet() then forbids all that is in this header.
 */
void recorder_set_quiet(void);
bool recorder_is_quiet(void);

/* A number no other scope of the session has. */
uint32_t recorder_new_scope(void);

/*
 * Around a fork: a child exists, even if it never opens a file. The parent
 * counts it, so that one too slow to be heard of is waited for.
 */
void recorder_fork(void);
void recorder_fork_failed(void);
void recorder_born(void);

/* The root directory, or what is mounted, has changed since the start. */
void recorder_set_elsewhere(void);
bool recorder_is_elsewhere(void);

/* Notes the status an image ends with. */
void recorder_exit(int status);

/* The scope in force is incomplete, for that reason. */
void recorder_lost(const char *reason);

/* And so is every other one in which the image does anything from now on. */
void recorder_lost_lasting(const char *reason);

/*
 * One of a few buffers of SCRATCH_SIZE bytes, for callers whose stack may be
 * small; NULL when all are in use. Give it back with scratch_give().
 */
#define SCRATCH_SIZE 4352u
char *scratch_take(void);
void scratch_give(char *buffer);

#endif
