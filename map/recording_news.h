/* SPDX-License-Identifier: MIT */
/*
 * Which tests that a run came by are news: the map has none of them, because
 * they are new or because somebody left them out, by a mark say.
 */
#ifndef FTRACE_MAP_RECORDING_NEWS_H
#define FTRACE_MAP_RECORDING_NEWS_H

#include "map/map.h"
#include "map/recording_key.h"

/*
 * Sets `stands` of what tests are collected from, where the map has it as it
 * is now: before the recording is stored, inside its transaction.
 */
int recording_news_load(struct recording *recording,
	const struct scope_key *keys, struct map *map, struct err *err);

/* Whether a unit is collected from a scope: a file, or a class in it. */
bool recording_is_below(
	const struct recorded_scope *unit, const struct recorded_scope *above);

/*
 * Of a unit that the map does not have: false where others beside it were
 * asked for by name, and all that it is collected from stands.
 */
bool recording_is_news(
	const struct recording *recording, const struct recorded_scope *unit);

/*
 * A run that leaves new tests out (-k), or makes none of new files, or of what
 * is new in others, takes the news with it: the map has what they are found by
 * as it is now. So it does not know all tests of other commands any more, which
 * may want them. After the recording is stored, inside its transaction.
 */
int recording_news_doubt(
	const struct recording *recording, struct map *map, struct err *err);

#endif
