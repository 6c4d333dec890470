/* SPDX-License-Identifier: MIT */
/*
 * Units picked at random, of those whose record has something to say.
 */
#ifndef FTRACE_SELECTOR_SAMPLE_H
#define FTRACE_SELECTOR_SAMPLE_H

#include "map/query.h"
#include "runners/adapter.h"

struct sample {
	struct query_units units; /* all of the map; owns what is picked */
	const struct query_unit **list; /* in the order of the draw */
	size_t count;
	int64_t duration; /* microseconds that these took last time */
	size_t known;     /* units of the runner */
	/* Left out: what it depends on has changed, or it never ran; always
	 * selected anyway; without a file. */
	size_t changed, incomplete, gone;
};

/*
 * At most n of the runner's units. Each unit's place in the draw hangs on the
 * seed and its id alone, so other units do not disturb it.
 */
int sample_units(struct sample *sample, struct map *map,
	const struct adapter *adapter, size_t n, uint64_t seed,
	struct err *err);
void sample_release(struct sample *sample);

#endif
