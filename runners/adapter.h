/* SPDX-License-Identifier: MIT */
/*
 * What ftrace knows of each runner: how to recognise it on a command line,
 * how to get at it in its process, and how its units are handed back to it.
 * A runner is a folder here and a line in runners/table.c.
 */
#ifndef FTRACE_RUNNERS_ADAPTER_H
#define FTRACE_RUNNERS_ADAPTER_H

#include <stdbool.h>
#include <stddef.h>

/* What a start-up file is made for. */
struct adapter_start {
	const char *folder;    /* where the adapter's files lie */
	const char *session;   /* a folder that is gone when the run is over */
	const char *root;      /* of the project */
	const char *selection; /* what to run, NUL behind each; NULL: all */
	bool tells;            /* the runner's units are to be recorded */
};

struct adapter {
	const char *name; /* the runner, as in unit ids: "pytest" */

	/* True when argv runs this runner. */
	bool (*recognise)(char *const argv[]);

	/*
	 * What each interpreter runs when it starts (preload/interpreter.h),
	 * to be freed.
	 */
	char *(*startup)(const struct adapter_start *start);

	/*
	 * The length of the part of a unit's id that names its file, 0 when
	 * it has none. Handing that part to the runner runs the whole file.
	 */
	size_t (*file_part)(const char *id);

	/*
	 * The words that commands are compared by, which are the same for all
	 * that ask for the same; NULL-terminated, to be freed with them.
	 * sibling: those of the command that started this runner otherwise,
	 * which may make a difference to its tests or not; NULL: none does.
	 * directory: where it runs, as project_path() has it.
	 */
	char **(*asked)(char *const argv[], const char *root,
		const char *directory, bool sibling);

	/*
	 * Where argv starts this runner in environments of its own: how to
	 * start it there. Otherwise NULL.
	 */
	const char *(*wrapped)(char *const argv[]);

	/* True when argv asks for some tests alone: by name, or a choice. */
	bool (*is_part)(char *const argv[]);
};

/* The adapter for a command line, or NULL. */
const struct adapter *adapter_for_command(char *const argv[]);

/* The adapter that knows the command for wrapped, and how; or NULL. */
const struct adapter *adapter_wrapped(const char **how, char *const argv[]);

/* The adapter of the runner that may be behind any command. */
const struct adapter *adapter_inside(void);

/* The adapter of a runner's name, or NULL. */
const struct adapter *adapter_named(const char *name);

#endif
