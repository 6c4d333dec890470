/* SPDX-License-Identifier: MIT */
/*
 * mvn test: a unit is a source with classes of tests, "core/src/test/java/a/
 * OneTest.java"; a class without a source here is called by its name. Tests
 * run in processes that they share, so what one is built of is told by the
 * class files.
 */
#include "runners/maven/maven.h"

#include <string.h>

#include "base/alloc.h"
#include "runners/file_tests.h"
#include "runners/java/sources.h"
#include "runners/maven/command.h"
#include "runners/maven/run.h"

static bool maven_recognise(char *const argv[])
{
	struct maven_command command;
	bool yes = maven_command_read(&command, argv);

	maven_command_release(&command);
	return yes;
}

/* It ends so whatever has failed, and tells of tests in its reports. */
static enum runner_end maven_end(int status)
{
	switch (status) {
	case 0:
		return RUNNER_PASSED;
	case 1:
		return RUNNER_FAILED;
	default:
		return runner_end_by_signal(status);
	}
}

static const char *const marks[] = {"pom.xml", NULL};

static const struct ignored_row ignored[] = {
	{"*/hsperfdata_*", true, "what JVMs show of themselves"},
	{"*/.m2/repository/*/_remote.repositories", false, "where from"},
	{"*/.m2/repository/*/resolver-status.properties", false, "a time"},
	{"*/.m2/repository/*.lastUpdated", false, "a time"}, {0}};

const struct adapter adapter_maven = {
	.name = "maven",
	.recognise = maven_recognise,
	.end = maven_end,
	.ignored = ignored,
	.marks = marks,
	.silence = "surefire reported no test",
	.skips = file_tests_skips,
	.matches = maven_matches,
	.asked = maven_command_asked,
	.is_part = maven_command_is_part,
	.list = maven_list,
	.start = maven_start,
	.told = maven_told,
};
