/* SPDX-License-Identifier: MIT */
/*
 * A fold: what its steps share, and nobody else. Each part is told of in the
 * header of the file that owns it.
 */
#ifndef FTRACE_FOLD_STATE_H
#define FTRACE_FOLD_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/intern.h"
#include "fold/accesses.h"
#include "fold/audit.h"
#include "fold/code.h"
#include "fold/fold.h"
#include "fold/handed.h"
#include "fold/kept.h"
#include "fold/links.h"
#include "fold/listings.h"
#include "fold/memo.h"
#include "fold/path_tree.h"
#include "fold/paths.h"
#include "fold/scopes.h"
#include "fold/settings.h"
#include "fold/tests.h"
#include "fold/variable.h"

/* An image of the trace, by its place there. */
struct fold_image {
	uint32_t scope; /* the unit it runs in; SCOPE_NONE: the base */
	uint64_t ready; /* the clock when its adapter was; 0: never */
	uint64_t asks;  /* what it does up to then is of nobody (commit.c) */
	bool starter;   /* the runner's, and it started tests */
};

struct fold {
	const struct fold_options *options;
	const struct trace *trace;
	struct map_files files;
	struct recording recording;
	struct path_tree tree;

	struct fold_node *nodes;   /* by the tree's; fold/paths.c makes room */
	struct fold_image *images; /* by the trace's */
	uint32_t base;             /* the scope of what no mark claimed */
	struct interner blocks;    /* parts of files */
	uint32_t no_block;         /* the empty one: the whole file */

	struct fold_runner runner;
	struct fold_scopes scopes;
	struct fold_tests tests;
	struct fold_paths paths;
	struct fold_links links;
	struct fold_accesses accesses;
	struct fold_settings settings;
	struct fold_handed handed;
	struct fold_listings listings;
	struct fold_variables variables;
	struct fold_code code;
	struct fold_memos memos;
	struct fold_kept kept;
	struct fold_audited audited;
	struct fold_loader *loader; /* NULL until one had to be asked */
	struct fold_driver
		*driver; /* fold/driver.h; NULL: the runner lists no tests */
	struct fold_shared *shared; /* fold/shared.h; NULL: tests share none */
};

#endif
