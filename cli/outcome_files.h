/* SPDX-License-Identifier: MIT */
/*
 * The files in which a command's runner tells of its tests, JUnit XML or TAP:
 * told from those of earlier runs, read, and what they tell kept.
 */
#ifndef FTRACE_CLI_OUTCOME_FILES_H
#define FTRACE_CLI_OUTCOME_FILES_H

#include "map/cases.h"
#include "outcomes/results.h"

/* A file as it was before the run. */
struct outcome_file {
	char *path;
	int64_t identity[5];
};

struct outcome_files {
	const char *const *junit, *const *tap; /* globs, NULL-terminated */
	struct outcome_file *before;
	size_t before_count, before_room;
	struct map_cases known; /* of the unit, in the map before the run */
	bool unusable;          /* the last run left none that could be read */
};

/* Whether any were asked for. An outcome_files of zeroes asks for none. */
bool outcome_files_wanted(const struct outcome_files *files);

/* What the map knows of the unit's cases. */
int outcome_files_known(struct outcome_files *files, struct map *map,
	const char *runner, const char *id, struct err *err);

/* Before each run: which files are there already. */
void outcome_files_look(struct outcome_files *files);

/*
 * After each run of the unit, which is among the results: the cases become
 * results, and are kept in the map below root. The unit counts as failed when
 * a case has, and as one that has not run when it passed and the files cannot
 * be used, which is told.
 */
void outcome_files_take(struct outcome_files *files, const char *root,
	struct results *results, const char *runner, const char *id);

/* The known cases of a unit that was not run become results. */
void outcome_files_untold(const struct outcome_files *files,
	struct results *results, const char *runner, const char *id);

void outcome_files_release(struct outcome_files *files);

#endif
