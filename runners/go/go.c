/* SPDX-License-Identifier: MIT */
/*
 * go test: a unit is a package, called after its folder as go takes it back:
 * "./internal/parse". Where flags decide what its tests do, they are part of
 * the name: "./internal/parse::-race -tags=net".
 */
#include "runners/go/go.h"

#include "runners/go/command.h"
#include "runners/go/list.h"
#include "runners/go/run.h"

static bool go_recognise(char *const argv[])
{
	struct go_command command;
	bool yes = go_command_read(&command, argv);

	go_command_release(&command);
	return yes;
}

/* What "go help test" does not say, and cmd/go does: 2 is of a wrong flag. */
static enum runner_end go_end(int status)
{
	switch (status) {
	case 0:
		return RUNNER_PASSED;
	case 1:
		return RUNNER_FAILED;
	default:
		return RUNNER_BROKEN_OFF;
	}
}

static const struct ignored_row ignored[] = {
	{"*/go/telemetry", true, "counts of how often go commands ran"}, {0}};

static const char *const marks[] = {"go.mod", NULL};
static const char *const locks[] = {"go.sum", NULL};

const struct adapter adapter_go = {
	.name = "go",
	.recognise = go_recognise,
	.end = go_end,
	.ignored = ignored,
	.marks = marks,
	.locks = locks,
	.silence = "go listed no packages; ftrace needs go 1.20 or later",
	.asked = go_command_asked,
	.is_part = go_command_is_part,
	.list = go_list,
	.start = go_start,
	.told = go_told,
};
