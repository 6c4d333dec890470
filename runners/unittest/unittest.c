/* SPDX-License-Identifier: MIT */
/*
 * unittest: what is beside this file gets in with what each Python runs when
 * it starts. Tests have the ids that pytest gives them, and are asked for by
 * dotted names, which are made of them.
 */
#include "runners/unittest/unittest.h"

#include "runners/python/python.h"
#include "runners/unittest/command.h"
#include "runners/unittest/names.h"

/* _NO_TESTS_EXITCODE of Python 3.12. */
static enum runner_end unittest_end(int status)
{
	switch (status) {
	case 0:
		return RUNNER_PASSED;
	case 1:
		return RUNNER_FAILED;
	case 5:
		return RUNNER_EMPTY;
	case 2:
		return RUNNER_BROKEN_OFF;
	default:
		return runner_end_by_signal(status);
	}
}

const struct adapter adapter_unittest = {
	.name = "unittest",
	.recognise = unittest_recognise,
	.end = unittest_end,
	.silence = "unittest did not load ftrace's hooks, as happens in a "
		   "container, as another user, or with a Python that ftrace "
		   "cannot enter",
	.start_name = PYTHON_START,
	.skips = unittest_skips,
	.matches = unittest_matches,
	.asked = unittest_asked,
	.is_part = unittest_is_part,
	.argument = unittest_argument,
};
