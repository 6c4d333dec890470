/* SPDX-License-Identifier: MIT */
/*
 * What tests on the JVM are built of: a part for each source, that uses the
 * parts of all that its classes mention. docs/reference/maven.md says why that
 * is all that they can reach.
 */
#ifndef FTRACE_RUNNERS_JAVA_PARTS_H
#define FTRACE_RUNNERS_JAVA_PARTS_H

#include "runners/java/class_file.h"
#include "runners/java/index.h"
#include "runners/java/sources.h"
#include "runners/tests.h"

/* A class file. */
struct java_class {
	char *path;
	unsigned char *bytes;
	struct class_file file;
	struct java_places parts; /* those of its sources */
};

struct java_part {
	size_t source; /* its place, + 1; 0: it has none */
	char *package; /* "a/b", "": none */
	bool test;
	bool used; /* by what is no test */
};

struct java_parts {
	struct runner_tests *tests;
	const struct java_module *modules;
	size_t module_count;
	const char *root;
	struct java_sources sources;
	size_t *of_source; /* by its place there: that of its part, + 1; or 0 */
	size_t first;      /* of tests->parts */

	struct java_part *list; /* from the first on */
	size_t count, room;
	struct java_class *classes;
	size_t class_count, class_room;

	struct java_index named;     /* by "a/b/Outer$Inner" */
	struct java_index simple;    /* by "Outer" */
	struct java_index constants; /* by names of fields */
	struct java_index packages;  /* sources by "a/b" */
	struct interner edges;
	/* The parts of everything, of what is for no tests, of resources. */
	size_t all, main, resources;
};

/*
 * Adds the parts of what has been compiled in these modules, which have to
 * stay, as has the root. To be released in any case.
 */
void java_parts_add(struct java_parts *parts, struct runner_tests *tests,
	const struct java_module *modules, size_t count, const char *root);
/*
 * When all are linked (mentions.h): sources that were compiled to nothing may
 * be for all, as package-info.java is.
 */
void java_parts_close(struct java_parts *parts);
void java_parts_release(struct java_parts *parts);

/* That a part uses another one; places as tests->parts has them. */
void java_parts_link(struct java_parts *parts, size_t from, size_t to);

/*
 * The part of the source of a class of a module, "a.b.Outer", or JAVA_NO_PART.
 */
#define JAVA_NO_PART ((size_t)-1)
size_t java_parts_of_class(
	const struct java_parts *parts, size_t module, const char *class);

/* The path of its source, which stays; NULL: it has none. */
const char *java_parts_source(const struct java_parts *parts, size_t part);

#endif
