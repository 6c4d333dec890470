/* SPDX-License-Identifier: MIT */
/*
 * The statements that store a recording; for map/recording_store.c only.
 */
#ifndef FTRACE_MAP_RECORDING_STATEMENTS_H
#define FTRACE_MAP_RECORDING_STATEMENTS_H

#include "map/sql.h"

enum statement {
	FIND_SCOPE,
	FIND_FORMER,
	ADD_SCOPE,
	DROP_FORMER,
	DROP_FORMER_SCOPE,
	FIND_UNIT,
	ADD_UNIT,
	UPDATE_UNIT,
	ADD_USE,
	ADD_USERS,
	ADD_MAKE,
	DROP_MAKERS,
	DROP_MAKES,
	DROP_FACTS,
	DROP_UNIT,
	FIND_LATEST,
	OUTDATE,
	RENEW,
	RETIRE,
	STATEMENTS
};

/* Those that could be prepared are to be finalized in any case. */
int recording_statements_prepare(
	sqlite3_stmt *list[STATEMENTS], struct map *map, struct err *err);

#endif
