/* SPDX-License-Identifier: MIT */
/*
 * cargo test: a unit is a program of tests, called after the source that it
 * begins with: "lib/tests/cli.rs". A library has two,
 * "lib/src/lib.rs::unittests" and "lib/src/lib.rs::doctests". Where flags
 * decide what tests do, they are part of the name:
 * "lib/tests/cli.rs::--release".
 */
#include "runners/cargo/cargo.h"

#include "runners/cargo/built.h"
#include "runners/cargo/command.h"
#include "runners/cargo/list.h"
#include "runners/cargo/run.h"

static bool cargo_recognise(char *const argv[])
{
	struct cargo_command command;
	bool yes = cargo_command_read(&command, argv);

	cargo_command_release(&command);
	return yes;
}

static enum runner_end cargo_end(int status)
{
	switch (status) {
	case 0:
		return RUNNER_PASSED;
	case CARGO_FAILED:
		return RUNNER_FAILED;
	default:
		return RUNNER_BROKEN_OFF;
	}
}

static const char *const marks[] = {"Cargo.toml", NULL};
static const char *const locks[] = {"Cargo.lock", NULL};

const struct adapter adapter_cargo = {
	.name = "cargo",
	.recognise = cargo_recognise,
	.end = cargo_end,
	.marks = marks,
	.locks = locks,
	.silence = "cargo listed no tests",
	.asked = cargo_command_asked,
	.is_part = cargo_command_is_part,
	.list = cargo_list,
	.start = cargo_start,
	.told = cargo_told,
};
