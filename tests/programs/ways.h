/* SPDX-License-Identifier: MIT */
/*
 * The ways in which a program can touch a file, each run on its own:
 * `ways NAME` does one, in a directory that driver.py has filled, and
 * `ways` lists them with the accesses that ftrace has to record for them.
 */
#ifndef FTRACE_TESTS_PROGRAMS_WAYS_H
#define FTRACE_TESTS_PROGRAMS_WAYS_H

#include <stdbool.h>

struct way {
	const char *name;
	int (*run)(void); /* the exit status */
	/*
	 * "kind path", with commas between: all that is recorded below the
	 * project, and some of what is outside, where the kind may be "any"
	 * and the path a pattern. Behind a path "?" says that it depends on
	 * the machine. "incomplete": ftrace has to say so; "incomplete as
	 * root": when root runs it; "perhaps incomplete". "*": whatever it is.
	 * With a "!" in front all that is a known gap: what would be right, and
	 * is not so.
	 */
	const char *expected;
};

/* Ended by a row of zeroes. */
extern const struct way open_ways[], look_ways[], list_ways[], change_ways[],
	exec_ways[], spawn_ways[], odd_ways[], raw_ways[], name_ways[],
	socket_ways[], dl_ways[];

#define WAY(name, expected) \
	{ \
#name, name, expected \
	}

/* Ends the program with status 99 when the condition does not hold. */
#define MUST(condition) ways_must((condition), __FILE__, __LINE__)
void ways_must(bool holds, const char *file, int line);

/* NULL, which the compiler is not to know. */
extern const char *const volatile ways_null;

/* Copies what can be read to stdout and closes. */
int ways_show(int fd);

/* An entry point that libc keeps only for programs built long ago. */
void *ways_old(const char *name);

/* Waits for the child and returns its exit status. */
int ways_wait(int pid);

#endif
