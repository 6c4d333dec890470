/* SPDX-License-Identifier: MIT */
/*
 * What the follower knows of the tasks it follows: threads, and the processes
 * they belong to. tracer/follow*.c only.
 */
#ifndef FTRACE_TRACER_TRACEE_H
#define FTRACE_TRACER_TRACEE_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "wire/arena.h"
#include "wire/call.h"
#include "wire/writer.h"

#define TRACEE_SCOPES 62u

/* A process. Its threads share it; a forked child gets a copy. */
struct tracee_process {
	pid_t pid;
	unsigned threads;
	_Atomic(struct arena_chunk *) claim;
	_Atomic uint32_t image;
	uint32_t serial; /* of the exec to come, where it is announced */
	bool announced;
	bool expected; /* somebody waits for the answer */
	uint32_t base; /* the scope it started in */
	uint32_t depth, muted;
	uint32_t stack[TRACEE_SCOPES];
	char *executing; /* absolute path of an exec that has begun */
	char *told;      /* the words of that exec, as RECORD_WORDS has them */
	size_t told_size;
	int64_t began; /* its last exec, in microseconds; 0: none was seen */
	struct repeats repeats;
};

/* A thread; a process's first has its pid. */
struct tracee {
	pid_t tid;
	struct tracee_process *process;
	bool waiting; /* stopped at birth, before its parent told of it */
	bool in_call; /* between the two stops of a call */
	bool i386;
	bool unheld; /* it asks, or says itself, where it may run */
	uint64_t number;
	uint64_t arguments[6];
	bool existed;
	struct tracee *next; /* in its slot of the table */
};

#define TRACEE_SLOTS 1024u

struct tracees {
	struct arena *arena;
	struct tracee *slots[TRACEE_SLOTS];
	unsigned count;
	unsigned waiting; /* of them, tasks that are */
	/* As the process that ended last was, for children it has left. */
	struct tracee_process departed;
	/* tracer/follow_cpu.c: */
	pid_t last;          /* whose call was the last */
	unsigned calls;      /* in a row */
	struct tracee *held; /* on the follower's processor, or NULL */
	cpu_set_t allowed;   /* where that one may run */
	cpu_set_t own;       /* where the follower may */
};

struct tracee *tracee_find(struct tracees *tracees, pid_t tid);

/* A thread of the process, which may be NULL until it is known. */
struct tracee *tracee_add(
	struct tracees *tracees, pid_t tid, struct tracee_process *process);
void tracee_join(struct tracee *tracee, struct tracee_process *process);

/* Whether any thread of the process is followed. */
bool tracee_follows(const struct tracees *tracees, pid_t pid);

/* Forgets a thread, and with its last one the process. */
void tracee_remove(struct tracees *tracees, struct tracee *tracee);

/*
 * Forgets all, when the kernel knows of none: that of a child's death may come
 * before its parent's fork is told of, which then counts it for good.
 */
void tracees_clear(struct tracees *tracees);

/* A process as it is after a fork by parent, or (NULL) before an exec. */
struct tracee_process *tracee_process_new(
	pid_t pid, const struct tracee_process *parent);

uint32_t tracee_scope(const struct tracee_process *process);

void tracee_write(struct tracees *tracees, struct tracee_process *process,
	const struct record_draft *draft);

/* The same, unless it was written lately. */
void tracee_write_once(struct tracees *tracees, struct tracee_process *process,
	const struct record_draft *draft);

/* Incomplete, for that reason. */
void tracee_lost(struct tracees *tracees, struct tracee_process *process,
	const char *reason);

/*
 * The stops (tracer/follow_stop.c) and what a stopped call does
 * (tracer/follow_call.c).
 */
void follow_stop(struct tracees *tracees, pid_t tid, int status);
/* True when the end of the call has to be seen too. */
bool follow_call_begins(struct tracees *tracees, struct tracee *tracee);
void follow_call_ends(
	struct tracees *tracees, struct tracee *tracee, int64_t result);
/*
 * Where all of them run (tracer/follow_cpu.c): after each stopped call, at
 * births, when a task asks where it may run, and when one is forgotten.
 */
void follow_cpu_stopped(struct tracees *tracees, struct tracee *tracee);
void follow_cpu_born(
	struct tracees *tracees, const struct tracee *parent, pid_t child);
void follow_cpu_asked(struct tracees *tracees, struct tracee *tracee);
void follow_cpu_release(struct tracees *tracees);

/* The process that a thread belongs to, and the one that is its parent. */
pid_t follow_group(pid_t tid);
pid_t follow_parent(pid_t tid);
int64_t tracee_clock(void); /* in microseconds */
/* An exec has happened. */
void follow_executed(struct tracees *tracees, struct tracee *tracee);

#endif
