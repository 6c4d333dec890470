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

#include "base/err.h"
#include "base/ignored_row.h"
#include "base/intern.h"
#include "runners/tests.h"

/* What a start-up file is made for. */
struct adapter_start {
	const char *folder;    /* where what is loaded lies */
	const char *session;   /* a folder that is gone when the run is over */
	const char *root;      /* of the project */
	const char *selection; /* what to run, NUL behind each; NULL: all */
	/* The runner whose units are to be recorded; NULL: whichever there is;
	 * "": nobody's. */
	const char *tells;
};

/* How a runner ended, by its exit status. */
enum runner_end {
	RUNNER_PASSED,
	RUNNER_FAILED,     /* some test did */
	RUNNER_EMPTY,      /* there was nothing to run */
	RUNNER_BROKEN_OFF, /* of somebody's will, or the command line is wrong
			    */
	RUNNER_GAVE_UP,    /* it failed itself */
};

/*
 * The same by a status that is none of the runner's own, as a shell has it:
 * somebody's signal has broken it off, or it gave up.
 */
enum runner_end runner_end_by_signal(int status);

struct adapter {
	const char *name; /* the runner, as in unit ids: "pytest" */

	/* True when argv runs this runner. */
	bool (*recognise)(char *const argv[]);

	enum runner_end (*end)(int status);

	/* Variables of the environment that it sets for its own tests, as
	 * variable_is_among() has them, NULL behind the last; or NULL. */
	const char *const *variables;

	/* Files that it rewrites each time it runs; or NULL. */
	const struct ignored_row *ignored;

	/* Files that mark the root of its projects, and folders of what others
	 * wrote and it has installed; NULL behind the last. NULL: none. */
	const char *const *marks;
	const char *const *installed;

	/* Files that say which versions of those it is used with; likewise. */
	const char *const *locks;

	/* What to tell when it ran, and nobody told of its tests. */
	const char *silence;

	/*
	 * What each interpreter runs when it starts (preload/interpreter.h,
	 * preload/node.h), to be freed, and what that file is called. NULL:
	 * nothing tells of tests in the runner's processes, or another one's
	 * file does for it.
	 */
	char *(*startup)(const struct adapter_start *start);
	const char *start_name;

	/*
	 * Of where it looks for tests, by names alone (NULL: it lists them).
	 * Whether it looks into no directory of that name; whether a file, by
	 * its path as stored or absolute, is one of a pattern of tests' files;
	 * and whether a file is one that it looks for in each directory on the
	 * way, as it decides on the tests below.
	 */
	bool (*skips)(const char *directory);
	bool (*matches)(const char *pattern, const char *path);
	bool (*is_passed)(const char *name, size_t size);
	/*
	 * Tests in the documents of code that is tested: whether a pattern is
	 * for files with such ones, and a name in a file that of one.
	 */
	bool (*is_for_documents)(const char *pattern);
	bool (*is_document)(const char *path, const char *name);
	/* Such a file that tells it what to do with tests below; or NULL. */
	const char *guide;

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
	 * start it there. Otherwise NULL, as where it is never started so.
	 */
	const char *(*wrapped)(char *const argv[]);

	/* True when argv asks for some tests alone: by name, or a choice. */
	bool (*is_part)(char *const argv[]);

	/*
	 * What stands for a test on its command line, to be freed, by the id
	 * of a test or what tests are below, as its file is seen from where
	 * the command runs. NULL: the id itself does.
	 */
	char *(*argument)(const char *id);

	/*
	 * Of a runner without a startup, which starts a process for each test:
	 *
	 * list: what argv would run, asked of the runner. The tests are to be
	 * released in any case.
	 */
	int (*list)(struct runner_tests *tests, char *const argv[],
		const char *root, struct err *err);
	/*
	 * start: what to run instead of argv, so that these ids alone run (an
	 * id's file part: all of it; none: all) and those that are not known,
	 * and what became of them is written into the folder; to be freed with
	 * its words. NULL: argv. Says which are asked, where nothing is
	 * written.
	 */
	char **(*start)(struct runner_tests *tests, char *const argv[],
		char *const *selection, size_t count,
		const struct interner *known, const char *folder);
	/* Whether it uses io_uring, and never for files. */
	bool rings_no_files;
	/* told: fills in what became of them; status: as a shell has it. */
	void (*told)(struct runner_tests *tests, char *const argv[],
		const char *folder, int status);
};

/* Hands what the map has to know of all to it: when the program starts. */
void adapters_begin(void);

/* The adapter for a command line, or NULL. */
const struct adapter *adapter_for_command(char *const argv[]);

/* The adapter that knows the command for wrapped, and how; or NULL. */
const struct adapter *adapter_wrapped(const char **how, char *const argv[]);

/*
 * The folder beside libftrace.so with all that runners and languages load into
 * a process; CMakeLists.txt makes it.
 */
#define RUNNERS_LOADED "_ftrace"

/*
 * Stands for all runners whose processes tell of their tests themselves, where
 * nobody knows which of them is behind a command.
 */
const struct adapter *adapter_inside(void);

/*
 * Patterns that test files match, as the runners' processes say them: those of
 * adapter_inside() itself are bare, others begin with their runner's name and
 * a colon. Whose it is, and whether a path matches it.
 */
const struct adapter *adapter_of_pattern(const char *pattern);
bool adapter_matches(const char *pattern, const char *path);

/* Whether a file of that path tells some runner what to do with tests below. */
bool adapter_is_guide(const char *path);

/* Whether some runner sets a variable of that name for its own tests. */
bool adapter_sets_variable(const char *name, size_t size);

/* All adapters, one after the other; NULL behind the last. */
const struct adapter *adapter_at(size_t place);

/*
 * The length of the part of a unit's id that names its file (base/id.h): that
 * is what its runner takes for all tests in it. 0: it has none, or names no
 * test of a runner.
 */
size_t adapter_file_part(const char *runner, const char *id);

/* The same, and all of an id that is nothing but a file. */
size_t adapter_file_size(const char *runner, const char *id);

/* The adapter of a runner's name, or NULL. */
const struct adapter *adapter_named(const char *name);

#endif
