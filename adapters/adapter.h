/* SPDX-License-Identifier: MIT */
/*
 * What ftrace knows of each runner: how to recognise it on a command line,
 * what to put into its environment, and how its units are handed back to it.
 * A runner is a folder here and a line in adapters/table.c.
 */
#ifndef FTRACE_ADAPTERS_ADAPTER_H
#define FTRACE_ADAPTERS_ADAPTER_H

#include <stdbool.h>
#include <stddef.h>

/* One variable of a child's environment. */
struct adapter_variable {
	const char *name;
	char *value; /* owned */
};

#define ADAPTER_VARIABLES 8

struct adapter {
	const char *name; /* the runner, as in unit ids: "pytest" */

	/* True when argv runs this runner. */
	bool (*recognise)(char *const argv[]);

	/*
	 * Fills variables; returns how many. folder: where this adapter's
	 * files lie.
	 */
	size_t (*environment)(struct adapter_variable *variables,
		const char *folder, const char *root);

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

	/*
	 * The variable that names a file with what to run of all that the
	 * command would, NUL behind each; NULL: the runner cannot be told.
	 */
	const char *selection;
};

/* The adapter for a command line, or NULL. */
const struct adapter *adapter_for_command(char *const argv[]);

/* The adapter that knows the command for wrapped, and how; or NULL. */
const struct adapter *adapter_wrapped(const char **how, char *const argv[]);

/* The adapter of a runner's name, or NULL. */
const struct adapter *adapter_named(const char *name);

#endif
