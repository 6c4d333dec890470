/* SPDX-License-Identifier: MIT */
#include "cli/test_report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/put_file.h"
#include "cli/common.h"
#include "cli/output.h"
#include "outcomes/junit_text.h"
#include "outcomes/report.h"

struct report_options report_options;

void reports_ask(struct testing *testing, const struct verb *verb)
{
	const char *files[] = {report_options.report, report_options.junit_out};
	const struct adapter *adapter = testing->adapter;

	if (!colour_is_known())
		exit(EXIT_USAGE);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (files[i] && !strcmp(files[i], "-"))
			usage_error(verb, "'-' is no file here, since the "
					  "command writes to standard output; "
					  "name a file, or give --json");
	testing->files.junit = report_options.junit.items;
	testing->files.tap = report_options.tap.items;
	if (adapter && outcome_files_wanted(&testing->files))
		usage_error(verb,
			"%s's tests are recorded one by one without a report; "
			"--junit and --tap are for a command that is one unit, "
			"as with '--runner none'",
			adapter->name);
}

/* Where standard output was, for the answer; -1: where it is. */
static int answer_fd = -1;

/* The answer is alone there; what the command prints goes to stderr. */
static int lend_output(void)
{
	answer_fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (answer_fd >= 0 && dup2(STDERR_FILENO, STDOUT_FILENO) >= 0)
		return 0;
	note("cannot keep standard output for the answer: %s", strerror(errno));
	return EXIT_RUN_FAILED;
}

int reports_begin(void)
{
	const char *files[] = {report_options.report, report_options.junit_out};
	struct err err;

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		if (!files[i] || put_file_check(files[i], &err) == 0)
			continue;
		note("%s", err.text);
		return EXIT_RUN_FAILED;
	}
	return common_json ? lend_output() : 0;
}

static int test_report_answer(char *text)
{
	int code;

	dup2(answer_fd, STDOUT_FILENO);
	fputs(text, stdout);
	free(text);
	code = finish_output();
	return code ? -1 : 0;
}

static int test_report_number_of(int code, int status)
{
	if (code)
		return code;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

/* Frees the text. */
static int write_file(const char *path, char *text)
{
	struct err err;
	int code = put_file(path, text, &err);

	if (code < 0)
		note("%s", err.text);
	free(text);
	return code;
}

/* Both, whatever becomes of one of them. */
static int write_files(const struct testing *testing, bool full, int number)
{
	/* All of it is the testing's. */
	struct report report = {.ftrace = (char *)FTRACE_VERSION,
		.root = testing->root,
		.full = full,
		.argv = (char **)testing->argv,
		.directory = testing->directory,
		.started = testing->started,
		.lasted = testing->lasted,
		.status = number,
		.changed = testing->plan.affected.paths,
		.changed_count = testing->plan.affected.paths
					 ? testing->plan.affected.changed
					 : 0,
		.results = testing->results};
	int code = 0;

	if (common_json)
		code |= test_report_answer(report_text(&report));
	if (report_options.report)
		code |= write_file(report_options.report, report_text(&report));
	if (report_options.junit_out)
		code |= write_file(
			report_options.junit_out, junit_text(&report));
	return code;
}

int reports_write(struct testing *testing, bool full, int code, int status)
{
	int number = test_report_number_of(code, status);

	if (!testing->started && outcome_files_wanted(&testing->files))
		outcome_files_untold(&testing->files, &testing->results,
			testing->command.runner, testing->command.unit);
	if (!number && testing->files.unusable)
		number = EXIT_RUN_FAILED;
	if (write_files(testing, full, number) < 0)
		return EXIT_RUN_FAILED;
	return number && !code && !status ? number : 0;
}
