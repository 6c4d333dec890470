/* SPDX-License-Identifier: MIT */
/*
 * What the programs of tests are built of, as ninja has it: its edges are
 * parts, each with what it reads and what it makes.
 */
#ifndef FTRACE_RUNNERS_MESON_BUILT_H
#define FTRACE_RUNNERS_MESON_BUILT_H

#include "runners/tests.h"

/* Has meson say again which tests there are, where that has changed. */
void meson_built_regenerate(const char *folder);

/*
 * Adds the edges of a build in an absolute folder, and of each test the part
 * that it uses: what its words name. A test of such a build whose edges nobody
 * tells is built of unknown sources; so is what was not built where it had to
 * be. builds: the run brought up to date what its tests name.
 */
void meson_built(struct runner_tests *tests, const char *folder, bool builds);

#endif
