/* SPDX-License-Identifier: MIT */
/*
 * The source files of which kept.c looks at the modules, by their paths. They
 * live as long as we do.
 *
 * All of this runs with the GIL held.
 */
#ifndef FTRACE_ADAPTERS_PYTEST_KEPT_SOURCE_H
#define FTRACE_ADAPTERS_PYTEST_KEPT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct module;

struct kept_sources {
	struct kept_source **list;
	size_t count, room;
};

struct kept_source {
	struct kept_source *next;
	struct module *modules;
	/* Those that have classes or objects of classes of this one. */
	struct kept_sources kin;
	uint64_t looked; /* the number of the look */
	bool apart;      /* its code gets at nothing that others have */
	char path[];
};

/* The source at a path; NULL without memory. */
struct kept_source *kept_source_of(const char *path);

/* Each is there once, NULL never. False: there is no memory. */
bool kept_sources_add(struct kept_sources *to, struct kept_source *source);

/*
 * Whoever enters functions of the one source may keep things in modules of the
 * other. A source may be NULL.
 */
void kept_source_add_kin(struct kept_source *source, struct kept_source *kin);

#endif
