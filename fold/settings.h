/* SPDX-License-Identifier: MIT */
/*
 * Files and directories of which somebody declared to want a section, or the
 * entry points of a group, and nothing else.
 */
#ifndef FTRACE_FOLD_SETTINGS_H
#define FTRACE_FOLD_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/intern.h"
#include "fold/accesses.h"
#include "fold/trace.h"
#include "map/print.h"

struct fold;

/* A directory that an image looked through for a group of entry points. */
struct fold_group {
	uint32_t image, node;
	uint32_t block; /* in fold->blocks */
};

struct fold_settings {
	struct interner declared; /* by an image, of a node and a kind */
	struct fold_group *groups;
	size_t group_count, group_room;
};

/* Goes through all that is declared. */
void fold_find_settings(struct fold *fold);

/*
 * Notes that an image has said what it listed a directory for before its
 * adapter was ready; what it says later is of another look.
 */
void fold_declare_listing(
	struct fold *fold, const struct trace_event *event, uint32_t node);

/* Whether an event, an access of the whole, is told by a declaration. */
bool fold_is_declared(const struct fold *fold, const struct trace_event *event,
	uint32_t node, enum access_kind kind);

/* Whether an access is to a section of a file, and nothing else of it. */
bool fold_is_section(const struct fold *fold, const struct fold_access *access);

/*
 * The state of the section that an access is to; of what it looked like if
 * past is not NULL. FILE_NONE: it cannot be told, and the whole file counts.
 */
uint32_t fold_section_state(struct fold *fold, const struct fold_access *access,
	uint32_t file, const struct print *past);

void fold_settings_release(struct fold *fold);

#endif
