/* SPDX-License-Identifier: MIT */
/*
 * Asking to be followed by ptrace: what a process does before it executes a
 * program that the interposer cannot run in, or when it cannot run in its own.
 * The follower (tracer/follow.h) seizes it; it then filters its own system
 * calls, so that those of the catalogue, and no others, stop for the follower.
 * PID, parent, signals and wait status stay as they are.
 *
 * The filter and the follower stay for good, over execs and in all children.
 *
 * Neither allocates nor touches errno; safe in a vfork child. Sources:
 * ptrace(2), seccomp(2), the kernel's Documentation/admin-guide/LSM/Yama.rst.
 */
#ifndef FTRACE_WIRE_FOLLOW_H
#define FTRACE_WIRE_FOLLOW_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define FOLLOW_SLOTS 64u

/* In place of the serial of an exec: none follows. */
#define FOLLOW_NO_EXEC UINT32_MAX

enum follow_state {
	FOLLOW_FREE,
	FOLLOW_FILLING,
	FOLLOW_ASKED,
	FOLLOW_GRANTED,
	FOLLOW_DENIED,
};

/* A request, in the arena's header; `state` is a futex. */
struct follow_slot {
	_Atomic uint32_t state; /* enum follow_state */
	uint32_t tid;
	uint32_t scope;
	uint32_t serial; /* of the exec that follows; 0: the run's command;
			    or FOLLOW_NO_EXEC */
	uint64_t proof;  /* address, in the asking process, of the number
			    below: process numbers may be another container's */
	uint64_t number;
};

struct follow_board {
	_Atomic uint32_t asked;    /* futex: requests so far */
	_Atomic uint32_t follower; /* its pid; 0: not started yet */
	_Atomic uint32_t followed; /* processes followed now */
	struct follow_slot slots[FOLLOW_SLOTS];
};

/*
 * Beside those of the catalogue: they ask on which processors a task may run,
 * which the follower changes for moments.
 */
#if defined(__x86_64__)
#define FOLLOW_AFFINITY \
	{ \
		203, 204 \
	}
#define FOLLOW_AFFINITY_I386 \
	{ \
		241, 242 \
	}
#else
#define FOLLOW_AFFINITY \
	{ \
		122, 123 \
	}
#endif

enum follow_answer {
	FOLLOWED,
	FOLLOW_REFUSED,   /* ptrace is not permitted here */
	FOLLOW_UNHEARD,   /* there is no follower */
	FOLLOW_NO_FILTER, /* seccomp is not permitted here */
};

struct arena;

/*
 * Asks for the calling thread to be followed and waits for the answer, a few
 * seconds at most. With FOLLOWED its filter is in force.
 */
enum follow_answer follow_ask(
	struct arena *arena, uint32_t scope, uint32_t serial);

/* Why a program ran unseen, for RECORD_EXEC's text. */
const char *follow_answer_name(enum follow_answer answer);

/* Whether the calling process is followed already. */
bool follow_is_on(const struct arena *arena);

#endif
