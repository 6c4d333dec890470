/* SPDX-License-Identifier: MIT */
/*
 * meson test: a test is called after the folder of its build, its project and
 * its name: "build::project:name".
 */
#include "runners/meson/meson.h"

#include <signal.h>

#include "runners/meson/command.h"
#include "runners/meson/list.h"

static bool meson_recognise(char *const argv[])
{
	struct meson_command command;
	bool yes = meson_command_read(&command, argv);

	meson_command_release(&command);
	return yes;
}

/* The number of tests that failed. */
static enum runner_end meson_end(int status)
{
	switch (status) {
	case 0:
		return RUNNER_PASSED;
	case MESON_NOT_BUILT:
		return RUNNER_GAVE_UP;
	case 128 + SIGHUP:
	case 128 + SIGINT:
	case 128 + SIGQUIT:
	case 128 + SIGKILL:
	case 128 + SIGTERM:
		return RUNNER_BROKEN_OFF;
	default:
		return RUNNER_FAILED;
	}
}

const struct adapter adapter_meson = {
	.name = "meson",
	.recognise = meson_recognise,
	.end = meson_end,
	.silence = "meson listed no tests",
	.asked = meson_command_asked,
	.is_part = meson_command_is_part,
	.list = meson_list,
	.start = meson_start,
	.told = meson_told,
};
