/* SPDX-License-Identifier: MIT */
/*
 * prove: a unit is a file of tests, as prove takes it back: "t/parse.t". Where
 * options decide what it does, they are part of the name: "t/parse.t::-T".
 */
#include "runners/prove/prove.h"

#include "runners/file_tests.h"
#include "runners/prove/command.h"
#include "runners/prove/list.h"

static bool prove_recognise(char *const argv[])
{
	struct prove_command command;
	bool yes = prove_command_read(&command, argv);

	prove_command_release(&command);
	return yes;
}

/* What a test has it bail out for, it ends with as Perl's die() does: 255. */
static enum runner_end prove_end(int status)
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
	{"*/.prove", false, "what prove keeps of its last runs"}, {0}};

const struct adapter adapter_prove = {
	.name = "prove",
	.recognise = prove_recognise,
	.end = prove_end,
	.ignored = ignored,
	.silence = "prove listed no tests",
	.skips = file_tests_skips,
	.matches = file_tests_matches,
	.asked = prove_command_asked,
	.is_part = prove_command_is_part,
	.list = prove_list,
	.start = prove_start,
	.told = prove_told,
};
