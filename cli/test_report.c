/* SPDX-License-Identifier: MIT */
#include "cli/test_report.h"

#include <stdlib.h>
#include <sys/wait.h>

#include "cli/output.h"
#include "cli/put_file.h"
#include "selector/report.h"

struct report_options report_options;

int reports_begin(const struct testing *testing)
{
	struct err err;

	(void)testing;
	if (!report_options.report ||
		put_file_check(report_options.report, &err) == 0)
		return 0;
	note("%s", err.text);
	return EXIT_RUN_FAILED;
}

static int number_of(int code, int status)
{
	if (code)
		return code;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

int reports_write(
	const struct testing *testing, bool full, int code, int status)
{
	/* All of it is the testing's. */
	struct report report = {.ftrace = (char *)FTRACE_VERSION,
		.root = testing->root,
		.full = full,
		.argv = (char **)testing->argv,
		.directory = testing->directory,
		.started = testing->started,
		.lasted = testing->lasted,
		.status = number_of(code, status),
		.changed = testing->plan.affected.paths,
		.changed_count = testing->plan.affected.paths
					 ? testing->plan.affected.changed
					 : 0,
		.results = testing->results};
	struct err err;
	char *text;

	if (!report_options.report)
		return 0;
	text = report_text(&report);
	code = put_file(report_options.report, text, &err);
	free(text);
	if (code == 0)
		return 0;
	note("%s", err.text);
	return EXIT_RUN_FAILED;
}
