/* SPDX-License-Identifier: MIT */
/*
 * Former results that fit what is there now become the newest ones again.
 *
 * Which tests there are is a question about now. So a result comes back
 * together with what its file was collected from, if that is known to tell of
 * all tests in it: those that the map knows and that are not among them leave
 * the map, as they would if the file were collected now; the others that are
 * among them come back, too, without a result if need be.
 *
 * What made files that others use is never a hit by a former result, for they
 * have the files of the newest. What uses such files is one only if those who
 * made them have nothing to do.
 */
#ifndef FTRACE_MAP_FORMER_RECALL_H
#define FTRACE_MAP_FORMER_RECALL_H

#include "map/files.h"

/*
 * files: checked, as they are in the map. counts: by file, false where it is
 * no matter how it looks. In a transaction, or begins one of its own. How many
 * came back; where there are any the files are to be loaded anew.
 */
int former_recall(size_t *recalled, struct map *map,
	const struct map_files *files, const bool *counts, struct err *err);

#endif
