/* SPDX-License-Identifier: MIT */
/*
 * Code of ours in prove's process: see hook.c.
 */
#ifndef FTRACE_RUNNERS_PROVE_HOOK_H
#define FTRACE_RUNNERS_PROVE_HOOK_H

#include <stddef.h>

enum prove_hook {
	/*
	 * To tell what would run, and to end. Texts with a NUL behind each: an
	 * empty one and PROVE_LISTED, and then, as often as there are any,
	 * "pattern", a glob; "folder", its name, "1" where those in it are
	 * gone through, too; "test", its name, how many words, these.
	 */
	PROVE_LISTS,
	/*
	 * To run those that are in the folder's file "asked", a NUL behind
	 * each, and all if there is no such file; and to write into its file
	 * "report" of each how it ended, its name, and its seconds.
	 */
	PROVE_RUNS,
};

#define PROVE_LISTED "ftrace"

/*
 * The command, whose word at that place is prove, with the code; folder: where
 * its files are, or NULL. To be freed with its words.
 */
char **prove_hook(char *const argv[], size_t at, enum prove_hook hook,
	const char *folder);

#endif
