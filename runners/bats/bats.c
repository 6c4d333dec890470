/* SPDX-License-Identifier: MIT */
/*
 * bats: a unit is a file of tests, "test/parse.bats". Where options decide
 * which of its tests run, they are part of the name: "test/parse.bats::-f one".
 */
#include "runners/bats/bats.h"

#include "runners/bats/command.h"
#include "runners/bats/list.h"
#include "runners/file_tests.h"

static bool bats_recognise(char *const argv[])
{
	struct bats_command command;
	bool yes = bats_command_read(&command, argv);

	bats_command_release(&command);
	return yes;
}

static enum runner_end bats_end(int status)
{
	switch (status) {
	case 0:
		return RUNNER_PASSED;
	case 1:
		return RUNNER_FAILED;
	default:
		return status > 128 ? RUNNER_BROKEN_OFF : RUNNER_GAVE_UP;
	}
}

static const struct ignored_row ignored[] = {
	{"*/.bats/run-logs", false, "what bats keeps of its last runs"}, {0}};

const struct adapter adapter_bats = {
	.name = "bats",
	.recognise = bats_recognise,
	.end = bats_end,
	.ignored = ignored,
	.silence = "no files of tests were found for bats",
	.skips = file_tests_skips,
	.matches = file_tests_matches,
	.asked = bats_command_asked,
	.is_part = bats_command_is_part,
	.list = bats_list,
	.start = bats_start,
	.told = bats_told,
};
