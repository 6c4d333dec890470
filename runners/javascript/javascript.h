/* SPDX-License-Identifier: MIT */
/*
 * What the runners of JavaScript share: one start-up file for node, which
 * loads the hook of the runner that a process is; how they are started; how
 * they find their tests.
 */
#ifndef FTRACE_RUNNERS_JAVASCRIPT_JAVASCRIPT_H
#define FTRACE_RUNNERS_JAVASCRIPT_JAVASCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "runners/adapter.h"

#define JAVASCRIPT_START "start.cjs"

/* As struct adapter has them; mocha alone ends otherwise. */
enum runner_end javascript_end(int status);
char *javascript_startup(const struct adapter_start *start);
bool javascript_skips(const char *directory);
bool javascript_matches(const char *pattern, const char *path);
extern const char *const javascript_marks[], *const javascript_installed[],
						     *const javascript_locks[];
/* Of what starts runners; for one that rewrites nothing itself. */
extern const struct ignored_row javascript_ignored[];

/*
 * The word of argv that starts the program of that name: itself, a script of
 * its name behind node, or behind what runs programs of packages (npx, yarn,
 * c8 and the like); or the one that is node itself.
 */
#define JAVASCRIPT_NONE ((size_t)-1)
size_t javascript_find(char *const argv[], const char *name);
size_t javascript_find_node(char *const argv[]);

/* Whether one of these options stands behind a word, perhaps with a value. */
bool javascript_has_option(
	char *const argv[], size_t at, const char *const *options);

/* What argv asks the program at that word for, to be freed with its words. */
char **javascript_asked(char *const argv[], size_t at, const char *name);

/* Whether a word behind it is a file of JavaScript or TypeScript by its name.
 */
bool javascript_names_file(char *const argv[], size_t at);

#endif
