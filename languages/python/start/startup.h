/* SPDX-License-Identifier: MIT */
/* The file that each Python of a session runs first (preload/interpreter.h). */
#ifndef FTRACE_LANGUAGES_PYTHON_START_STARTUP_H
#define FTRACE_LANGUAGES_PYTHON_START_STARTUP_H

struct startup {
	const char *folder;    /* with all that is loaded into Python */
	const char *session;   /* a folder that is gone when the run is over */
	const char *root;      /* of the project */
	const char *selection; /* what to run, NUL behind each; NULL: all */
	/* What each runner adds, below the folder; NULL behind the last. */
	const char *const *runners;
	/* Whose units are to be recorded; NULL: whichever it is; "": nobody's.
	 */
	const char *tells;
};

/* The text of the file, to be freed. */
char *startup_text(const struct startup *startup);

#endif
