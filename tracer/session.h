/* SPDX-License-Identifier: MIT */
/*
 * A session: one `ftrace run`. It owns `.ftrace/session-XXXXXX/`, locked as
 * long as the session lives, and the arena in it.
 */
#ifndef FTRACE_TRACER_SESSION_H
#define FTRACE_TRACER_SESSION_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "tracer/examiner.h"
#include "wire/arena.h"

/* Bytes that an arena may grow to, in MiB; for tests and small disks. */
#define ARENA_LIMIT_VARIABLE "FTRACE_ARENA_MB"

struct session {
	char *directory; /* absolute */
	char *arena_path;
	int lock;
	int arena_fd;
	struct arena arena;
	uint64_t limit; /* bytes of chunks */
	pthread_t grower;
	bool growing;
	struct examiner examiner;
	pid_t follower; /* 0: never asked for */
	_Atomic bool stop;
	int64_t started; /* the kernel's file clock; see session_start_clock */
};

/*
 * Makes the directory and the arena and starts the thread that extends it.
 * 0 or a negative errno with err filled; nothing is left behind then.
 */
int session_open(struct session *session, const char *root, struct err *err);

/*
 * Waits for the clock that the kernel stamps files with to move, and notes
 * it: every file changed from now on has a later stamp than every file
 * changed before. At most a tick.
 */
void session_start_clock(struct session *session);

/* Ends the growing; what processes still running write is no longer read. */
void session_stop(struct session *session);

/*
 * Puts what an interpreter runs when it starts beside the arena, under the
 * name that it looks for. 0 or a negative errno: then the run is recorded
 * without.
 */
int session_put_start(
	const struct session *session, const char *name, const char *text);

/*
 * Writes what a runner is to run, each with a NUL behind it, into a file of
 * the session, and its path to *path, to be freed.
 */
int session_select(const struct session *session, char **path,
	char *const *list, size_t count, struct err *err);

/* Removes the directory. */
void session_close(struct session *session);

/*
 * The processes that have the arena mapped and are still running, the caller
 * left out, after waiting up to grace_ms for them to end. *pids is to be
 * freed.
 */
size_t session_lingering(
	struct session *session, unsigned grace_ms, uint32_t **pids);

/*
 * Forked children that never began to run, as far as anybody heard; also
 * forks that failed.
 */
unsigned session_unborn(const struct session *session);

/* Removes a session's directory with all that is in it; whether it could. */
bool session_remove(const char *directory);

/*
 * Removes what sessions left that were killed; how many. Never touches one
 * that lives.
 */
unsigned session_clean(const char *root);

/* Makes the project's `.ftrace` where there is none yet. */
int session_make_home(const char *root, struct err *err);

#endif
