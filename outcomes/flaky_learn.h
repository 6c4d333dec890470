/* SPDX-License-Identifier: MIT */
/*
 * What becomes of flaky memory (config/flaky.h) when tests have run.
 */
#ifndef FTRACE_OUTCOMES_FLAKY_LEARN_H
#define FTRACE_OUTCOMES_FLAKY_LEARN_H

#include "config/flaky.h"
#include "outcomes/results.h"

struct flaky_news {
	struct flaky_units found;   /* by this run */
	struct flaky_units dropped; /* to make room for them */
	char *problem; /* why the list could not be read or written */
};

/*
 * Learns from how units ended, and marks those that are known in the results.
 * `is_old_news`: those that are no news however they ended; or NULL. In a write
 * transaction; the list is written in step.
 */
int flaky_learn(struct flaky_news *news, struct results *results,
	bool (*is_old_news)(const struct result *result, void *data),
	void *data, struct map *map, struct err *err);
void flaky_news_release(struct flaky_news *news);

#endif
