/* SPDX-License-Identifier: MIT */
/*
 * The steps of a fold, in their order; fold.c takes them.
 */
#ifndef FTRACE_FOLD_STEPS_H
#define FTRACE_FOLD_STEPS_H

#include "fold/fold.h"

struct fold;

void fold_scopes(struct fold *fold);  /* the scopes that marks began, */
void fold_each(struct fold *fold);    /* units of executed programs, */
void fold_tests(struct fold *fold);   /* units that the runner listed, */
void fold_inside(struct fold *fold);  /* a runner behind other programs */
void fold_marks(struct fold *fold);   /* of all: edges, outcomes */
void fold_lasting(struct fold *fold); /* losses that outlast their scope */

void fold_accesses(struct fold *fold);      /* records to accesses */
void fold_forward(const struct fold *fold); /* to an ftrace around us */
/* What the run itself wrote. */
int fold_outputs(struct fold *fold, struct map *map, struct err *err);
/* What a run that has not found all tests says nothing of. */
void fold_unfound(struct fold *fold);
/* What sources are made of, from the map or their language. */
int fold_code(struct fold *fold, struct map *map, struct err *err);

void fold_settle(struct fold *fold); /* accesses to states of files */
void fold_listed(struct fold *fold); /* and those to listings */
/* What a check did to its inputs; why that makes it incomplete, in summary. */
void fold_rewritten(struct fold *fold, struct fold_summary *summary);
void fold_variables(struct fold *fold);
/* What audits found of the scopes that are recorded: files, ... */
int fold_audited(struct fold *fold, struct map *map, struct err *err);
int fold_code_settle(struct fold *fold, struct map *map, struct err *err);
void fold_audited_code(struct fold *fold); /* ... and functions */

/* What of the map is there no more. */
int fold_gone(struct fold *fold, struct map *map, struct err *err);
/* What discovery listed, and made no tests of. */
int fold_listings(struct fold *fold, struct map *map, struct err *err);
/* Makers for what earlier runs of the same scopes made, and this one left. */
int fold_products(struct fold *fold, struct map *map, struct err *err);

/* Instead of storing: what an audit's unit reached beyond its record. */
int fold_audit(struct fold *fold, const struct fold_summary *summary,
	struct map *map, struct err *err);

#endif
