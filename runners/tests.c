/* SPDX-License-Identifier: MIT */
#include "runners/tests.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"

struct runner_test *runner_tests_add(struct runner_tests *tests)
{
	struct runner_test *test = array_add(
		&tests->list, &tests->count, &tests->room, sizeof(*test));

	test->duration = -1;
	return test;
}

void runner_tests_release(struct runner_tests *tests)
{
	for (size_t i = 0; i < tests->count; i++) {
		free(tests->list[i].id);
		words_free(tests->list[i].words);
		words_free(tests->list[i].needs);
		words_free(tests->list[i].looked);
	}
	free(tests->list);
	free(tests->file);
	memset(tests, 0, sizeof(*tests));
}
