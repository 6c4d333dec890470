/* SPDX-License-Identifier: MIT */
/*
 * What rustc, and scripts of packages, have left of what they read.
 */
#ifndef FTRACE_RUNNERS_CARGO_DEPFILE_H
#define FTRACE_RUNNERS_CARGO_DEPFILE_H

#include <stdbool.h>

#include "runners/tests.h"

/*
 * The sources of what a part has made, which paths in the file of dependencies
 * beside that are relative to the workspace. What lies in the folder that all
 * is built in is none. False: there is no such file.
 */
bool depfile_take(
	struct runner_part *part, const char *workspace, const char *built);

/*
 * What a script read, by what it printed beside the folder it writes into: of
 * one that said nothing all of its package, as cargo has it.
 */
void depfile_take_script(struct runner_part *part, const char *output,
	const char *package, const char *built);

#endif
