/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "config/config.h"
#include "git/hook.h"
#include "git/hook_staged.h"
#include "map/project.h"

static bool force;
static const char *below;

static const struct option_row options[] = {
	{0, "force", OPTION_FLAG, &force, 0,
		"overwrite or remove what was changed by hand"},
	{0, "below", OPTION_TEXT, &below, "DIR",
		"with run: where the command runs, from the top"},
	{0, "json", OPTION_FLAG, &common_json, 0,
		"with status: answer in JSON (see docs/reference/json.md)"},
	COMMON_OPTIONS,
	{0},
};

/* What the operands ask for. */
struct request {
	const char *name;    /* of the hook; NULL: none was named */
	char *const *argv;   /* after "--"; empty for none */
	const char *program; /* ftrace itself */
};

static const char *here(void)
{
	return common_root ? common_root : ".";
}

static int cli_hook_load(
	struct config *config, const char *directory, char **root)
{
	struct err err;
	int code = -1;

	*root = common_root ? project_absolute(common_root, &err)
			    : project_root(directory, &err);
	if (*root)
		code = config_load(config, *root, &err);
	if (code < 0)
		note("%s", err.text);
	return code;
}

static int cli_hook_install(const struct request *request)
{
	struct config config = {.found = false};
	struct hook hook;
	struct err err;
	char *root;
	int code = cli_hook_load(&config, here(), &root);
	bool has_work = config.count || config.test.argv.count;

	free(root);
	config_release(&config);
	if (code < 0)
		return EXIT_QUERY_FAILED;
	if (!has_work && !*request->argv)
		usage_error(&verb_hook, "no command given, as in 'ftrace hook "
					"install -- pytest'; '" CONFIG_FILE
					"' has neither checks nor a \"test\"");
	code = hook_look(&hook, here(), request->name, &err);
	if (code == 0)
		code = hook_install(
			&hook, request->argv, request->program, force, &err);
	if (code < 0)
		code = query_failed(&err);
	else if (hook.state == HOOK_OTHER || hook.has_kept)
		note("installed '%s'; '%s' runs first", hook.path, hook.kept);
	else
		note("installed '%s'", hook.path);
	hook_release(&hook);
	return code;
}

static int uninstall(const struct request *request)
{
	struct hook hook;
	struct err err;
	int code = hook_look(&hook, here(), request->name, &err);

	if (code == 0)
		code = hook_uninstall(&hook, force, &err);
	if (code < 0)
		code = query_failed(&err);
	else if (hook.has_kept)
		note("put '%s' back", hook.path);
	else if (hook.state == HOOK_NONE)
		note("there is no '%s'", hook.path);
	else
		note("removed '%s'", hook.path);
	hook_release(&hook);
	return code;
}

static void cli_hook_show(const struct hook *hook)
{
	static const char *const texts[] = {
		[HOOK_NONE] = "not installed",
		[HOOK_INSTALLED] = "installed",
		[HOOK_CHANGED] = "installed, and changed by hand",
		[HOOK_OTHER] = "not ftrace's",
	};
	bool command = hook->command && *hook->command;

	printf("%s: %s%s%s%s%s%s%s\n", hook->name, texts[hook->state],
		hook->state == HOOK_NONE ? "" : ", ",
		hook->state == HOOK_NONE ? "" : hook->path,
		command ? "; runs: " : "", command ? hook->command : "",
		hook->has_kept ? "; first: " : "",
		hook->has_kept ? hook->kept : "");
}

static void add_json(cJSON *hooks, const struct hook *hook)
{
	cJSON *item = cJSON_CreateObject();

	cJSON_AddStringToObject(item, "name", hook->name);
	cJSON_AddStringToObject(item, "state", hook_state_name(hook->state));
	cJSON_AddItemToObject(item, "path", json_bytes(hook->path));
	if (hook->has_kept)
		cJSON_AddItemToObject(item, "before", json_bytes(hook->kept));
	if (hook->command)
		cJSON_AddItemToObject(
			item, "command", json_bytes(hook->command));
	cJSON_AddItemToArray(hooks, item);
}

static int status(const struct request *request)
{
	cJSON *json = json_new();
	cJSON *hooks = cJSON_AddArrayToObject(json, "hooks");
	struct hook hook;
	struct err err;

	for (size_t i = 0; hook_names[i]; i++) {
		if (request->name && strcmp(request->name, hook_names[i]) != 0)
			continue;
		if (hook_look(&hook, here(), hook_names[i], &err) < 0) {
			hook_release(&hook);
			cJSON_Delete(json);
			return query_failed(&err);
		}
		if (common_json)
			add_json(hooks, &hook);
		else
			cli_hook_show(&hook);
		hook_release(&hook);
	}
	if (common_json)
		json_print(json);
	else
		cJSON_Delete(json);
	return finish_output();
}

static int count_words(char *const *words)
{
	int n = 0;

	while (words[n])
		n++;
	return n;
}

/* "test -- COMMAND", as if it had been typed; or "test" alone. */
static int run_test(char *const *argv)
{
	int count = count_words(argv), code;
	char **words = xcalloc((size_t)count + 3, sizeof(*words));

	words[0] = "test";
	words[1] = count ? "--" : NULL;
	memcpy(words + 2, argv, (size_t)count * sizeof(*words));
	code = verb_test.run(count ? count + 2 : 1, words);
	free(words);
	return code;
}

static bool has_profile(const struct config_check *check, const char *name)
{
	for (size_t i = 0; i < check->profiles.count; i++)
		if (!strcmp(check->profiles.items[i], name))
			return true;
	return false;
}

/*
 * Arguments for "check": the hook's profile; where no check names that, those
 * that are in every one. No more than "check" where there are none.
 */
static char **check_words(const struct config *config, const char *name)
{
	char **words = xcalloc(config->count + 4, sizeof(*words));
	size_t n = 0;

	words[n++] = "check";
	for (size_t i = 0; i < config->count; i++) {
		if (has_profile(&config->checks[i], name)) {
			words[1] = "--profile";
			words[2] = (char *)name;
			words[3] = NULL;
			return words;
		}
		if (!config->checks[i].profiles.count)
			words[n++] = config->checks[i].name;
	}
	return words;
}

/* Whether they left what is to be committed as it is in the work tree. */
static int cli_hook_judge(struct staged *staged, int code)
{
	if (!hook_staged_rewritten(staged))
		return code;
	for (size_t i = 0; i < staged->count; i++)
		if (staged->list[i].rewritten)
			note("a check changed '%s' after it was staged",
				staged->list[i].path);
	note("nothing is committed; stage what the checks changed, with 'git "
	     "add'");
	return code ? code : 1;
}

static int cli_hook_run_checks(
	const struct request *request, char **words, const char *root)
{
	struct staged staged = {0};
	bool commits = !strcmp(request->name, "pre-commit");
	int code;

	if (commits)
		hook_staged_look(&staged, root);
	hook_leave_git();
	code = verb_check.run(count_words(words), words);
	if (commits)
		code = cli_hook_judge(&staged, code);
	hook_staged_release(&staged);
	return code;
}

/* For pre-push it is a list that is not the tests'. */
static void leave_input(void)
{
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (nothing > STDIN_FILENO) {
		dup2(nothing, STDIN_FILENO);
		close(nothing);
	}
}

/* What the hook is for. git has it begin at the top of the work tree. */
static int run_hook(const struct request *request)
{
	struct config config = {.found = false};
	char **words, *root = NULL;
	int code = EXIT_ANSWERED;

	if (below && chdir(below) < 0) {
		note("nothing is tested: there is no '%s' here", below);
		return EXIT_ANSWERED;
	}
	if (hook_differs(request->name))
		note("the tests run on the work tree, which differs from what "
		     "is %s",
			!strcmp(request->name, "pre-commit") ? "to be committed"
							     : "committed");
	leave_input();
	if (cli_hook_load(&config, ".", &root) < 0) {
		free(root);
		return EXIT_RUN_FAILED;
	}
	words = check_words(&config, request->name);
	if (words[1]) {
		code = cli_hook_run_checks(request, words, root);
	} else if (*request->argv || config.test.argv.count) {
		hook_leave_git();
		code = run_test(request->argv);
	} else {
		note("nothing is tested: the hook was installed without a "
		     "command, and '" CONFIG_FILE
		     "' names neither checks for it nor a \"test\"");
	}
	free(words);
	free(root);
	config_release(&config);
	return code;
}

static bool is_hook(const char *name)
{
	for (size_t i = 0; hook_names[i]; i++)
		if (!strcmp(hook_names[i], name))
			return true;
	return false;
}

static int cli_hook_run(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(const struct request *request);
		bool commands;
	} actions[] = {{"install", cli_hook_install, true},
		{"uninstall", uninstall, 0}, {"status", status, 0},
		{"run", run_hook, true}};
	char program[PATH_MAX];
	struct request request = {.program = program};
	ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);
	int own = 1, first;

	program[n > 0 ? n : 0] = '\0';
	/* What belongs to the command, getopt would mix with the rest. */
	while (own < argc && strcmp(argv[own], "--") != 0)
		own++;
	request.argv = argv + (own < argc ? own + 1 : argc);
	first = options_parse(&verb_hook, own, argv);
	if (first >= own)
		usage_error(&verb_hook,
			"say what to do: install, uninstall or status");
	if (first + 1 < own)
		request.name = argv[first + 1];
	if (request.name && !is_hook(request.name))
		usage_error(&verb_hook,
			"no hook '%s'; there are pre-commit "
			"and pre-push",
			request.name);
	if (first + 2 < own)
		usage_error(&verb_hook, "unexpected argument '%s'",
			argv[first + 2]);
	for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++) {
		if (strcmp(argv[first], actions[i].name) != 0)
			continue;
		if (*request.argv && !actions[i].commands)
			usage_error(&verb_hook, "'%s' takes no command",
				actions[i].name);
		if (!request.name && actions[i].run != status)
			request.name = *hook_names;
		return actions[i].run(&request);
	}
	usage_error(&verb_hook,
		"unknown action '%s'; there are install, uninstall and status",
		argv[first]);
}

const struct verb verb_hook = {
	.name = "hook",
	.summary = "have git run what is affected before each commit",
	.usage = "install|uninstall|status [pre-commit|pre-push] "
		 "[-- COMMAND ...]",
	.text = "Installs a git hook, pre-commit if none is named. Where "
		"ftrace.json names checks\nit runs 'ftrace check --profile "
		"HOOK', otherwise 'ftrace test -- COMMAND'. A hook\nthat is "
		"there already is kept and runs first; uninstall puts it back. "
		"A hook that\nwas changed by hand is not touched without "
		"--force. 'ftrace hook run HOOK --\nCOMMAND' does what the "
		"hook does, for hooks that another program manages.",
	.options = options,
	.run = cli_hook_run,
};
