/* SPDX-License-Identifier: MIT */
/*
 * The sources of the modules of a project that is built for the JVM, and the
 * resources that are copied beside what is compiled.
 */
#ifndef FTRACE_RUNNERS_JAVA_SOURCES_H
#define FTRACE_RUNNERS_JAVA_SOURCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/intern.h"
#include "base/words.h"

/* A folder with a build of its own: absolute, and where what it builds is. */
struct java_module {
	char *folder, *target;
	struct words classes;  /* folders with class files, in target */
	struct words settings; /* files that may name classes */
};

struct java_source {
	char *path; /* absolute */
	size_t module;
	size_t next;    /* another one of that file's name, + 1; or 0 */
	bool generated; /* made by the build itself */
	bool other;     /* in another language than Java */
	bool test;      /* below a folder for tests */
};

struct java_sources {
	struct java_source *list;
	size_t count, room;
	struct interner names; /* of files, without their folders */
	size_t *first;         /* by the number of a name: the place, + 1 */
	size_t first_count, first_room;
	struct words folders;   /* that sources could lie in */
	struct words resources; /* files, ... */
	struct words resource_folders;
};

/* To be released in any case. */
void java_sources_find(struct java_sources *sources,
	const struct java_module *modules, size_t count);
void java_sources_release(struct java_sources *sources);

/* Whether a file of that name may be a source. */
bool java_sources_is_one(const char *name);

/*
 * All that "package/File.java" of a module may be, called for each with the
 * place in the list: those in a folder after the package, or wherever one of
 * the name is. How many were found.
 */
size_t java_sources_each(const struct java_sources *sources, size_t module,
	const char *path, void (*found)(void *data, size_t place), void *data);

/*
 * The names of all classes that a source may define, "a.b.OneTest", first the
 * one that it is called after; what follows the word "class" in a text passes
 * for one, too.
 */
void java_sources_classes(struct words *classes, const char *path);

#endif
