/* SPDX-License-Identifier: MIT */
/* The modules of a build by maven, as its pom.xml and theirs name them. */
#ifndef FTRACE_RUNNERS_MAVEN_MODULES_H
#define FTRACE_RUNNERS_MAVEN_MODULES_H

#include "runners/java/sources.h"

struct maven_modules {
	struct java_module *list;
	size_t count, room;
};

/*
 * From a pom.xml or a folder, by default the current one. False: there is
 * none. To be released in any case.
 */
bool maven_modules_find(struct maven_modules *modules, const char *file);
void maven_modules_release(struct maven_modules *modules);

#endif
