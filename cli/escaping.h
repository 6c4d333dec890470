/* SPDX-License-Identifier: MIT */
/*
 * Tests that failed and were not selected: each is run again alone. One that
 * fails again is an escape, and what had changed is a dependency of it from
 * then on; one that passes is flaky, or depends on the order.
 */
#ifndef FTRACE_CLI_ESCAPING_H
#define FTRACE_CLI_ESCAPING_H

#include "cli/output.h"
#include "cli/testing.h"
#include "map/escapes.h"
#include "selector/held.h"

struct escaping {
	char *const *paths; /* what had changed, as stored */
	size_t path_count;
	int64_t since; /* what was found since then is the same; 0: nothing */
	struct held before; /* what the map knew of that */
	bool known;         /* it could be asked */
	struct escapes found;
	size_t passed; /* of the others */
};

/* Asks the map before the run. The paths stay the caller's. */
void escaping_begin(struct escaping *escaping, const char *root,
	char *const *paths, size_t count);

/*
 * Runs them again, unless `again` is false: then all are escapes. 0, or an
 * exit code after a message. Once a signal has told us to end (spawn_signal())
 * nothing more is run, nor said of what was not.
 */
int escaping_examine(struct escaping *escaping, struct testing *testing,
	struct result **candidates, size_t count, bool again);

/* Learns from what was found; where it cannot: a note. */
void escaping_learn(struct escaping *escaping, const char *root);
/* {"escapes": [...]}, see docs/reference/json.md. */
void json_add_escapes(cJSON *json, const struct escapes *escapes);
void escaping_tell(const struct escaping *escaping);

/* Whether it is one of those found, for test_learn(). */
bool escaping_is_found(const struct result *result, void *escaping);
void escaping_release(struct escaping *escaping);

#endif
