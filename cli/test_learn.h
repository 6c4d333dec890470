/* SPDX-License-Identifier: MIT */
/*
 * What `ftrace test` does with failures: it runs them again, and learns which
 * tests are flaky.
 */
#ifndef FTRACE_CLI_TEST_LEARN_H
#define FTRACE_CLI_TEST_LEARN_H

#include "cli/testing.h"

/*
 * Runs what failed again, at most so often, until nothing fails. status: how
 * the run ended, and how it ended after all. 0, or an exit code.
 */
int test_retry(struct testing *testing, unsigned retries, int *status);

/*
 * Learns from how the units ended; those that `is_old_news` says are no news.
 * quiet: only what is wrong is told.
 */
void test_learn(struct testing *testing,
	bool (*is_old_news)(const struct result *result, void *data),
	void *data, bool quiet);

#endif
