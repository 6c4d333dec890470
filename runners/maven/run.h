/* SPDX-License-Identifier: MIT */
/*
 * The tests of `mvn test`: listed as the sources that may hold some, run by the
 * names of their classes, and told of by what surefire reports. As struct
 * adapter has them.
 */
#ifndef FTRACE_RUNNERS_MAVEN_RUN_H
#define FTRACE_RUNNERS_MAVEN_RUN_H

#include "runners/adapter.h"

int maven_list(struct runner_tests *tests, char *const argv[], const char *root,
	struct err *err);
char **maven_start(struct runner_tests *tests, char *const argv[],
	char *const *selection, size_t count, const struct interner *known,
	const char *folder);
void maven_told(struct runner_tests *tests, char *const argv[],
	const char *folder, int status);

/* Whether surefire takes a source for one of tests, if nothing is set. */
bool maven_is_usual(const char *name);
bool maven_matches(const char *pattern, const char *path);

#endif
