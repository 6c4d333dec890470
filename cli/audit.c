/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cli/audit_output.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/streams.h"
#include "cli/verbs.h"
#include "tracer/run.h"
#include "tracer/spawn.h"

/* How many units are audited when nobody says. */
#define DEFAULT_NUMBER 10

/* So many that did not run, and nothing else, are not the units' fault. */
#define FUTILE 3

enum { EXIT_GAPS = 1 };

static const char *number, *seed, *runner, *limit;
static bool quiet, verbose;

static const struct option_row options[] = {
	{'n', "number", OPTION_TEXT, &number, "NUMBER",
		"how many units (default: 10)"},
	{0, "seed", OPTION_TEXT, &seed, "SEED",
		"draw the same units again (default: at random)"},
	{0, "timeout", OPTION_TEXT, &limit, "SECONDS",
		"kill a unit that takes longer"},
	{0, "runner", OPTION_RUNNER_INSIDE, &runner, "RUNNER",
		"the test runner (default: recognised):"},
	{'v', "verbose", OPTION_FLAG, &verbose, 0,
		"what the runner prints, on standard error"},
	{'q', "quiet", OPTION_FLAG, &quiet, 0, "no summary"},
	{0, "json", OPTION_FLAG, &common_json, 0,
		"answer in JSON (see docs/reference/json.md)"},
	COMMON_OPTIONS,
	{0},
};

struct auditing {
	const struct adapter *adapter;
	char *const *command;
	char *root;
	unsigned seconds;
	struct project_here here;
	struct audit_report report;
};

static unsigned long long cli_audit_parse(
	const char *text, const char *name, unsigned long long most)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno || *end || *text < '0' || *text > '9' || value > most)
		usage_error(
			&verb_audit, "'%s' is no number for --%s", text, name);
	return value;
}

static uint64_t choose_seed(void)
{
	uint32_t random = 0;

	if (seed)
		return cli_audit_parse(seed, "seed", UINT64_MAX);
	/* Short enough to be typed again. */
	if (getrandom(&random, sizeof(random), 0) < 0)
		random = (uint32_t)getpid();
	return random % 1000000;
}

/* The command with the unit's id as one argument more. */
static char **with_unit(const struct auditing *auditing, char *id)
{
	size_t n = 0;
	char **argv;

	while (auditing->command[n])
		n++;
	argv = xcalloc(n + 2, sizeof(*argv));
	memcpy(argv, auditing->command, n * sizeof(*argv));
	argv[n] = id;
	return argv;
}

/* What stands in the way of saying anything about any unit; or 0. */
static int cli_audit_find_obstacle(
	const struct run_result *result, const struct audit_run *run)
{
	if (!result->recorded)
		note("nothing could be compared with the map: %s",
			result->problem.text);
	else if (result->silence && WIFEXITED(result->status) &&
		 !spawn_signal())
		note("%s", result->silence);
	else if (run->audit.strangers)
		note("with the id of one test added, the command ran %s more; "
		     "give it without files and directories",
			counted(run->audit.strangers, "unit", "units"));
	else
		return 0;
	return EXIT_RUN_FAILED;
}

static char *describe(const struct run_result *result, const struct audit *it)
{
	if (result->expired)
		return xasprintf("it was killed after %s seconds", limit);
	if (!it->known)
		return xstrdup("another run took it out of the map meanwhile");
	if (!it->ran && WIFEXITED(result->status))
		return xasprintf("it did not run: the command ended with %d",
			WEXITSTATUS(result->status));
	if (!it->after && !WIFEXITED(result->status))
		return xasprintf("it was broken off: signal %d",
			WTERMSIG(result->status));
	return it->after ? NULL : xstrdup("it was broken off");
}

/* The unit as the runner takes it. */
static char *audit_argument(
	const struct auditing *auditing, const struct audit_run *run)
{
	char *id = project_show(&auditing->here, run->unit->id), *argument;

	if (!auditing->adapter->argument)
		return id;
	argument = auditing->adapter->argument(id);
	free(id);
	return argument;
}

/* Runs one unit, again where that is needed to be sure; or an exit code. */
static int audit_unit(const struct auditing *auditing, struct audit_run *run)
{
	char *argument = audit_argument(auditing, run);
	char *name = xasprintf("%s/%s", run->unit->runner, run->unit->id);
	char **argv = with_unit(auditing, argument);
	struct run_options run_options = {.root = auditing->root,
		.argv = argv,
		.adapter = auditing->adapter,
		.inside = auditing->adapter,
		.audit = &run->audit,
		.limit = auditing->seconds};
	struct run_result result;
	struct err err;
	int saved[3], code;

	run->audit.unit = name;
	for (int pass = 0; pass < 2; pass++) {
		streams_lend(saved, verbose);
		code = run_command(&run_options, &result, &err);
		streams_take_back(saved);
		if (code < 0)
			note("%s", err.text);
		code = code < 0 ? -code : cli_audit_find_obstacle(&result, run);
		run_result_release(&result);
		if (code || !run->audit.unsure.count || !run->audit.after ||
			spawn_signal())
			break;
	}
	if (!code && !spawn_signal())
		run->problem = describe(&result, &run->audit);
	run->audit.unit = NULL;
	free(argv);
	free(name);
	free(argument);
	return code;
}

/* Every unit of the sample, until something ends it; or an exit code. */
static int audit_all(struct auditing *auditing)
{
	struct audit_report *report = &auditing->report;
	const struct sample *sample = report->sample;
	int code = 0;

	report->runs = xcalloc(sample->count, sizeof(*report->runs));
	while (!code && !spawn_signal() && report->count < sample->count &&
		(report->count < FUTILE || audit_count_run(report))) {
		struct audit_run *run = &report->runs[report->count];

		run->unit = sample->list[report->count];
		code = audit_unit(auditing, run);
		if (code) {
			audit_release(&run->audit);
			break;
		}
		report->count++;
		if (run->problem)
			note("%s: %s", run->unit->id, run->problem);
	}
	return code;
}

static int cli_audit_by_id(const void *a, const void *b)
{
	const struct audit_run *x = a, *y = b;

	return strcmp(x->unit->id, y->unit->id);
}

static int cli_audit_by_path(const void *a, const void *b)
{
	const struct audit_gap *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	if (!order)
		order = strcmp(x->block, y->block);
	return order ? order : (int)x->aspect - (int)y->aspect;
}

static void sort(struct audit_report *report)
{
	for (size_t i = 0; i < report->count; i++) {
		const struct audit_gaps *gaps = &report->runs[i].audit.gaps;

		if (gaps->count)
			qsort(gaps->list, gaps->count, sizeof(*gaps->list),
				cli_audit_by_path);
	}
	if (report->count)
		qsort(report->runs, report->count, sizeof(*report->runs),
			cli_audit_by_id);
}

/* A map that cannot be widened is known before anything is run. */
static int cli_audit_draw(struct auditing *auditing, struct sample *sample)
{
	size_t n = number ? cli_audit_parse(number, "number", SIZE_MAX)
			  : DEFAULT_NUMBER;
	struct map map;
	struct err err;
	int code = map_open(&map, auditing->root, MAP_QUERY, &err);

	if (code == 0) {
		if (map.read_only)
			code = err_set(&err, MAP_IO,
				"map '%s/" MAP_PATH "' cannot be written",
				map.root);
		else
			code = sample_units(sample, &map, auditing->adapter, n,
				auditing->report.seed, &err);
		map_close(&map);
	}
	if (code < 0)
		note("%s", err.text);
	return code < 0 ? EXIT_RUN_FAILED : 0;
}

static int report_all(struct auditing *auditing, int code)
{
	struct audit_report *report = &auditing->report;

	sort(report);
	if (common_json)
		audit_print_json(report);
	else
		audit_print(report, &auditing->here);
	if (finish_output())
		return EXIT_RUN_FAILED;
	if (!quiet && !code)
		audit_summarise(report);
	if (spawn_signal())
		return code;
	if (!code && !audit_count_run(report)) {
		note("nothing was audited%s",
			report->count && !verbose
				? "; '-v' shows what the runner says"
				: "");
		code = EXIT_RUN_FAILED;
	}
	return code ? code : audit_count_gaps(report) ? EXIT_GAPS : 0;
}

static int cli_audit(struct auditing *auditing)
{
	struct sample sample = {0};
	int code = cli_audit_draw(auditing, &sample);

	if (code)
		goto out;
	auditing->report.sample = &sample;
	if (!sample.known) {
		note("the map holds no unit of %s; record the suite first: "
		     "ftrace run",
			auditing->adapter->name);
		code = EXIT_RUN_FAILED;
		goto out;
	}
	if (isatty(STDERR_FILENO) && !quiet)
		note("auditing %s, which took %s when recorded",
			counted(sample.count, "unit", "units"),
			duration_text(sample.duration));
	spawn_note_signals();
	code = audit_all(auditing);
	code = report_all(auditing, code);
out:
	for (size_t i = 0; i < auditing->report.count; i++) {
		audit_release(&auditing->report.runs[i].audit);
		free(auditing->report.runs[i].problem);
	}
	free(auditing->report.runs);
	sample_release(&sample);
	return code;
}

static const struct adapter *choose_adapter(char *const *argv)
{
	const struct adapter *adapter =
		runner ? adapter_named(runner) : adapter_for_command(argv);

	if (runner && !adapter)
		usage_error(&verb_audit, "unknown runner '%s'", runner);
	if (!adapter)
		usage_error(&verb_audit,
			"'%s' is no runner whose tests can be run one by one; "
			"a command unit always runs alone",
			argv[0]);
	if (adapter->list)
		usage_error(&verb_audit,
			"%s starts a process for each test: there is nothing "
			"that one could leave in memory for another",
			adapter->name);
	return adapter;
}

static int cli_audit_run(int argc, char **argv)
{
	int first = options_parse(&verb_audit, argc, argv), code;
	struct auditing auditing = {.command = argv + first};

	if (first >= argc || !*argv[first])
		usage_error(&verb_audit,
			"no command given, as in 'ftrace audit -- "
			"pytest'");
	if (number && !cli_audit_parse(number, "number", SIZE_MAX))
		usage_error(&verb_audit, "--number has to be at least 1");
	if (limit)
		auditing.seconds =
			(unsigned)cli_audit_parse(limit, "timeout", 1u << 30);
	auditing.adapter = choose_adapter(argv + first);
	auditing.report.seed = choose_seed();
	auditing.root = open_project();
	if (!auditing.root)
		return EXIT_RUN_FAILED;
	project_here(&auditing.here, auditing.root);
	code = cli_audit(&auditing);
	free(auditing.root);
	if (spawn_signal())
		spawn_exit_like(spawn_signal());
	return code;
}

const struct verb verb_audit = {
	.name = "audit",
	.summary = "run tests alone, and record what they were not seen to use",
	.usage = "-- COMMAND [ARGUMENT ...]",
	.text = "Runs random recorded tests, each alone in a fresh process: "
		"the command with the\ntest's id appended. A test may use "
		"something there that its record lacks, such\nas a file that "
		"an earlier test had left in memory. Each such gap is printed "
		"and\nadded to the map. Ends with 1 when there was one.",
	.options = options,
	.run = cli_audit_run,
};
