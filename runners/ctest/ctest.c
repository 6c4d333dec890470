/* SPDX-License-Identifier: MIT */
/*
 * ctest: a test is called after the folder of its build, its configuration
 * where one was asked for, and its name: "build::name".
 */
#include "runners/ctest/ctest.h"

#include <string.h>

#include "runners/ctest/command.h"
#include "runners/ctest/list.h"

/* Of ctest(1): what it ends with when tests failed. */
#define TESTS_FAILED 8

static bool ctest_recognise(char *const argv[])
{
	struct ctest_command command;

	return ctest_command_read(&command, argv);
}

static enum runner_end ctest_end(int status)
{
	switch (status) {
	case 0:
		return RUNNER_PASSED;
	case TESTS_FAILED:
		return RUNNER_FAILED;
	default:
		return runner_end_by_signal(status);
	}
}

static const struct ignored_row ignored[] = {
	{"*/Testing/Temporary", false, "times and logs of ctest"}, {0}};

static const char *const marks[] = {"CMakeLists.txt", NULL};

const struct adapter adapter_ctest = {
	.name = "ctest",
	.recognise = ctest_recognise,
	.end = ctest_end,
	.ignored = ignored,
	.marks = marks,
	.silence =
		"ctest listed no tests (it has to be of CMake 3.14 or later)",
	.asked = ctest_command_asked,
	.is_part = ctest_command_is_part,
	/* Its loop is libuv's, which has a ring for epoll_ctl from 1.45 on;
	 * files CMake opens by calls of the C library alone. */
	.rings_no_files = true,
	.list = ctest_list,
	.start = ctest_start,
	.told = ctest_told,
};
