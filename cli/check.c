/* SPDX-License-Identifier: MIT */
#include "cli/check.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/streams.h"
#include "cli/verbs.h"
#include "tracer/spawn.h"

#define JOBS_MAX 1024

static const char *profile, *jobs_text;
static bool keep_going, all, quiet;

static const struct option_row options[] = {
	{'p', "profile", OPTION_TEXT, &profile, "PROFILE",
		"only the checks of a profile"},
	{'j', "jobs", OPTION_TEXT, &jobs_text, "NUMBER",
		"how many at once (default: processors)"},
	{'k', "keep-going", OPTION_FLAG, &keep_going, 0,
		"do not stop at the first that fails"},
	{'a', "all", OPTION_FLAG, &all, 0,
		"run all checks, also those with unchanged inputs"},
	{'q', "quiet", OPTION_FLAG, &quiet, 0, "only what fails"},
	QUERY_OPTIONS,
	{0},
};

static unsigned parse_jobs(void)
{
	char *end;
	long jobs;

	if (!jobs_text) {
		jobs = sysconf(_SC_NPROCESSORS_ONLN);
		return jobs < 1          ? 1
		       : jobs > JOBS_MAX ? JOBS_MAX
					 : (unsigned)jobs;
	}
	jobs = strtol(jobs_text, &end, 10);
	if (end == jobs_text || *end || jobs < 1 || jobs > JOBS_MAX)
		usage_error(&verb_check, "--jobs is a number from 1 to %d",
			JOBS_MAX);
	return (unsigned)jobs;
}

static bool has_text(const struct config_texts *texts, const char *text)
{
	for (size_t i = 0; i < texts->count; i++)
		if (!strcmp(texts->items[i], text))
			return true;
	return false;
}

static bool check_is_wanted(
	const struct config_check *check, char *const *names)
{
	if (*names) {
		while (*names && strcmp(*names, check->name) != 0)
			names++;
		return *names;
	}
	return !profile || !check->profiles.count ||
	       has_text(&check->profiles, profile);
}

static bool is_profile(const struct config *config)
{
	for (size_t i = 0; i < config->count; i++)
		if (has_text(&config->checks[i].profiles, profile))
			return true;
	return false;
}

static void check_choose(struct checks *checks, char *const *names)
{
	const struct config *config = &checks->config;

	for (char *const *name = names; *name; name++)
		if (!config_check_named(config, *name))
			usage_error(&verb_check,
				"'" CONFIG_FILE "' has no check '%s'", *name);
	if (*names && profile)
		usage_error(&verb_check,
			"give the names of checks or --profile, not both");
	if (profile && !is_profile(config))
		usage_error(&verb_check,
			"'" CONFIG_FILE "' has no check with the profile '%s'",
			profile);
	checks->list = xcalloc(config->count, sizeof(*checks->list));
	for (int phase = 0; phase < PHASES; phase++)
		for (size_t i = 0; i < config->count; i++)
			if ((int)config->checks[i].phase == phase &&
				check_is_wanted(&config->checks[i], names))
				check_init(&checks->list[checks->count++],
					&config->checks[i], checks->root);
}

/* The check that another one has to wait for, or that failed it; or NULL. */
static const struct check *find_before(
	const struct checks *checks, const struct check *check)
{
	for (size_t i = 0; i < checks->count; i++) {
		const struct check *other = &checks->list[i];

		if (other->progress != CHECK_SKIPPED &&
			other->progress != CHECK_PASSED &&
			has_text(&check->config->after, other->config->name))
			return other;
	}
	return NULL;
}

/* Nothing more is begun, and what runs is told to end. */
static void stop_all(struct checks *checks, int sig)
{
	checks->stopping = true;
	for (size_t i = 0; i < checks->count; i++)
		if (checks->list[i].progress == CHECK_RUNNING)
			check_stop(&checks->list[i], sig);
}

static void set_failed(struct checks *checks, const struct check *check)
{
	if (!checks->failed)
		checks->failed = check;
	if (!keep_going && !checks->stopping)
		stop_all(checks, SIGTERM);
}

static void ask_for(struct check *check)
{
	free(check->reason);
	check->reason = xstrdup("asked for");
	check->state = UNIT_RERUN;
	check->spared = 0;
}

/* Gets on with a check that waits, where it can; whether it did. */
static bool check_begin(struct checks *checks, struct check *check,
	struct check_show *show, unsigned jobs)
{
	const struct check *before = find_before(checks, check);
	bool mutating = check->config->phase == PHASE_MUTATING;

	if (before && (before->progress == CHECK_WAITING ||
			      before->progress == CHECK_RUNNING))
		return false;
	/* Two that write the same file would spoil it. */
	if (checks->running >= (mutating ? 1 : jobs))
		return false;
	/* What came before it may have changed what it reads. */
	if (checks->outdated && (mutating || check->config->after.count))
		check_examine(checks);
	if (before) {
		check->progress = CHECK_LEFT;
	} else if (check->state == UNIT_HIT && !checks->all) {
		check->progress = CHECK_SKIPPED;
	} else {
		if (check->state == UNIT_HIT)
			ask_for(check);
		if (!check_start(checks, check))
			set_failed(checks, check);
	}
	check_show_progress(show, checks, check);
	return true;
}

static void begin_all(struct checks *checks, enum check_phase phase,
	struct check_show *show, unsigned jobs)
{
	bool more = true;

	while (more && !checks->stopping) {
		more = false;
		for (size_t i = 0; i < checks->count && !checks->stopping; i++)
			if (checks->list[i].progress == CHECK_WAITING &&
				checks->list[i].config->phase == phase)
				more |= check_begin(
					checks, &checks->list[i], show, jobs);
	}
}

static void run_phase(struct checks *checks, enum check_phase phase,
	struct check_show *show, unsigned jobs)
{
	struct check *ended;

	if (checks->outdated && !checks->stopping)
		check_examine(checks);
	begin_all(checks, phase, show, jobs);
	while (checks->running) {
		ended = check_wait(checks);
		if (!ended) {
			stop_all(checks, checks->signal);
			continue;
		}
		if (ended->progress == CHECK_FAILED ||
			ended->progress == CHECK_TIMED_OUT)
			set_failed(checks, ended);
		check_show_progress(show, checks, ended);
		begin_all(checks, phase, show, jobs);
	}
	for (size_t i = 0; i < checks->count; i++) {
		struct check *check = &checks->list[i];

		if (check->config->phase != phase ||
			check->progress != CHECK_WAITING)
			continue;
		check->progress = CHECK_LEFT;
		check_show_progress(show, checks, check);
	}
}

static void check_run_checks(struct checks *checks)
{
	struct check_show show = {.quiet = quiet, .json = common_json};
	unsigned jobs = parse_jobs();

	streams_fill();
	check_catch_signals();
	checks->started = check_clock();
	check_show_begin(&show, checks);
	for (int phase = 0; phase < PHASES; phase++)
		run_phase(checks, (enum check_phase)phase, &show, jobs);
	check_show_end(&show, checks);
}

static void check_free(struct checks *checks)
{
	for (size_t i = 0; i < checks->count; i++)
		check_release(&checks->list[i]);
	free(checks->list);
	config_release(&checks->config);
	free(checks->root);
}

static int check_load(struct checks *checks)
{
	struct err err;

	checks->root = open_project();
	if (!checks->root)
		return EXIT_RUN_FAILED;
	if (config_load(&checks->config, checks->root, &err) < 0) {
		note("%s", err.text);
		return EXIT_RUN_FAILED;
	}
	if (checks->config.count)
		return 0;
	note(checks->config.found ? "'%s/" CONFIG_FILE "' names no checks"
				  : "there is no '%s/" CONFIG_FILE
				    "', the file that names the checks",
		checks->root);
	return EXIT_RUN_FAILED;
}

static int check_verb_run(int argc, char **argv)
{
	int first = options_parse(&verb_check, argc, argv);
	struct checks checks = {.all = all, .outdated = true};
	int code, status;

	spawn_outlive_readers();
	code = check_load(&checks);
	if (code == 0) {
		check_choose(&checks, argv + first);
		check_run_checks(&checks);
		code = checks.failed ? check_exit(checks.failed)
				     : finish_output();
	}
	status = checks.signal;
	check_free(&checks);
	if (status)
		spawn_exit_like(status);
	return code;
}

const struct verb verb_check = {
	.name = "check",
	.summary = "run the project's checks whose inputs have changed",
	.usage = "[CHECK ...]",
	.text = "Runs the checks that 'ftrace.json' names, or those named "
		"here. A check that passed\nand whose inputs are unchanged is "
		"a hit, and is not run. Nobody lists the inputs:\nftrace saw "
		"them. Of a test runner the affected tests are run. Phases run "
		"one\nafter the other, the checks of a phase at the same time. "
		"Ends as the first check\nthat failed; 0: none did, 124: it "
		"took too long, 125: ftrace itself failed.",
	.options = options,
	.run = check_verb_run,
};
