/* SPDX-License-Identifier: MIT */
#include "tracer/run.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/locate.h"
#include "base/words.h"
#include "config/config.h"
#include "fold/before.h"
#include "map/aside.h"
#include "map/project.h"
#include "tracer/session.h"
#include "tracer/spawn.h"

/* How long a process may outlive the command before its unit is incomplete. */
#define GRACE_MS 500

/* Symbolic links are followed 40 deep, with 8 KB for each. */
#define FOLD_STACK (1u << 20)

#define VARIABLES_MAX 3

/* One variable of the command's environment. */
struct variable {
	const char *name;
	char *value;
};

struct variables {
	struct variable list[VARIABLES_MAX];
	size_t count;
};

static void set(struct variables *variables, const char *name, char *value)
{
	variables->list[variables->count].name = name;
	variables->list[variables->count++].value = value;
}

/* Ours after the user's: symbols of theirs go first (fakeroot, jemalloc). */
static char *preload_value(const char *library)
{
	const char *theirs = getenv("LD_PRELOAD");

	if (!theirs || !*theirs)
		return xstrdup(library);
	/* An ftrace around this one has put the library there already. */
	if (strstr(theirs, library))
		return xstrdup(theirs);
	return xasprintf("%s:%s", theirs, library);
}

static char **build_environment(const struct variables *variables)
{
	size_t count = 0, n = 0;
	char **envp;

	while (environ[count])
		count++;
	envp = xcalloc(count + variables->count + 1, sizeof(*envp));
	for (size_t i = 0; i < count; i++) {
		size_t name = strcspn(environ[i], "=");
		bool ours = false;

		for (size_t k = 0; k < variables->count; k++)
			ours |= strlen(variables->list[k].name) == name &&
				!strncmp(variables->list[k].name, environ[i],
					name);
		if (!ours)
			envp[n++] = xstrdup(environ[i]);
	}
	for (size_t k = 0; k < variables->count; k++)
		envp[n++] = xasprintf("%s=%s", variables->list[k].name,
			variables->list[k].value);
	return envp;
}

static void free_environment(char **envp)
{
	for (char **entry = envp; entry && *entry; entry++)
		free(*entry);
	free(envp);
}

static int run_untraced(const struct run_options *options,
	struct run_result *result, struct err *err)
{
	int code = spawn_and_wait(
		options->argv, environ, NULL, NULL, &result->status, err);

	result->ran = code == 0;
	result->unselected = options->selection != NULL;
	return code;
}

static int tracer_run_open_map(
	struct map *map, const char *root, struct run_result *result)
{
	int code = map_open(map, root, MAP_RECORD, &result->problem);

	result->put_aside |= code == 0 && map->put_aside;
	if (code == 0)
		map->keep = config_keep(root);
	return code;
}

/* Whether the map can take a recording; made now rather than afterwards. */
static int prepare_map(const char *root, struct run_result *result)
{
	struct map map;
	int code = tracer_run_open_map(&map, root, result);

	if (code == 0)
		map_close(&map);
	return code;
}

static int store_once(const char *root, const struct trace *trace,
	const struct fold_options *options, struct run_result *result)
{
	struct map map;
	int code = tracer_run_open_map(&map, root, result);

	if (code < 0)
		return code;
	code = map_begin(&map, &result->problem);
	if (code == 0)
		code = fold_store(&map, trace, options, &result->summary,
			&result->problem);
	if (code == 0)
		code = map_commit(&map, &result->problem);
	if (code < 0)
		map_rollback(&map);
	if (code < 0 && map.damaged)
		code = MAP_DAMAGED;
	map_close(&map);
	return code;
}

/*
 * Some damage shows only in what a session has to read. In a new map a part of
 * a command's tests would pass for all of them, so that is not stored.
 */
static int tracer_run_store(const char *root, const struct trace *trace,
	const struct fold_options *options, struct run_result *result)
{
	int code = store_once(root, trace, options, result);

	if (code != MAP_DAMAGED || options->audit ||
		map_put_aside(root, &result->problem) < 0)
		return code;
	result->put_aside = true;
	if (options->selection)
		return err_set(&result->problem, code,
			"a new map has to begin with a run of all tests");
	return store_once(root, trace, options, result);
}

static int status_number(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

char *run_command_line(char *const argv[])
{
	char *line = xstrdup(argv[0]), *longer;

	for (size_t i = 1; argv[i]; i++) {
		longer = xasprintf("%s %s", line, argv[i]);
		free(line);
		line = longer;
	}
	return line;
}

/* With a backslash before what could be taken for another word's end. */
static char *escaped_word(const char *word)
{
	char *text = xcalloc(2 * strlen(word) + 1, 1), *to = text;

	for (; *word; word++) {
		if (*word == ' ' || *word == '\\')
			*to++ = '\\';
		*to++ = *word;
	}
	return text;
}

char *run_command_words(char *const argv[])
{
	char *line = xstrdup(""), *word, *longer;

	for (size_t i = 0; argv[i]; i++) {
		word = escaped_word(argv[i]);
		longer = xasprintf("%s%s%s", line, i ? " " : "", word);
		free(word);
		free(line);
		line = longer;
	}
	return line;
}

char **run_command_split(const char *words)
{
	struct words split = {0};
	bool more = true;
	char *word, *to;

	while (more) {
		word = to = xcalloc(strlen(words) + 1, 1);
		for (; *words && *words != ' '; words++) {
			if (*words == '\\' && words[1])
				words++;
			*to++ = *words;
		}
		more = *words == ' ';
		words += more;
		words_add(&split, word);
	}
	return split.list;
}

char *run_command_asked(const struct adapter *adapter, char *const argv[],
	const char *root, const char *directory, bool sibling)
{
	char **asked, *words, *line;

	if (!adapter)
		return sibling ? NULL : run_command_words(argv);
	asked = adapter->asked(argv, root, directory, sibling);
	if (!asked)
		return NULL;
	words = run_command_words(asked);
	/* One whole that has these words is another command. */
	line = xasprintf("%s: %s", adapter->name, words);
	free(words);
	words_free(asked);
	return line;
}

char *run_command_unit(char *const argv[], const char *directory)
{
	char *line = run_command_line(argv), *unit;

	if (!strcmp(directory, "."))
		return line;
	unit = xasprintf("cd %s && %s", directory, line);
	free(line);
	return unit;
}

/* A command that has run. */
struct ended {
	const struct run_options *options;
	struct session *session;
	const char *library, *folder;
	const struct before *before;      /* of a check; or NULL */
	const struct runner_tests *tests; /* or NULL */
	int64_t duration;
	bool told_to_end;
	struct run_result *result;
};

static void record(const struct ended *ended)
{
	const struct run_options *options = ended->options;
	struct session *session = ended->session;
	struct run_result *result = ended->result;
	char *command = run_command_line(options->argv);
	char *given = run_command_words(options->argv);
	char *directory = project_path(options->root, ".");
	char *asked = run_command_asked(options->adapter, options->argv,
		options->root, directory, false);
	char *sibling = run_command_asked(options->adapter, options->argv,
		options->root, directory, true);
	char *unit = run_command_unit(options->argv, directory);
	uint32_t *lingering = NULL;
	struct fold_options fold = {.root = options->root,
		.unit = options->unit    ? options->unit
			: options->audit ? NULL
					 : unit,
		.is_whole = !options->unit && !options->adapter,
		.wraps = options->inside && !options->adapter,
		.tests = ended->tests,
		.each = options->each,
		.own_paths = {ended->library, ended->folder},
		.outputs = {options->outputs[0], options->outputs[1]},
		.started = session->started,
		.duration = ended->duration,
		.definition = options->definition,
		.before = ended->before,
		.command = command,
		.asked = asked,
		.sibling = sibling,
		.given = given,
		.alone = unit,
		.runner = options->adapter ? options->adapter->name : NULL,
		.selection = options->selection != NULL,
		.directory = directory,
		.audit = options->audit,
		.status = status_number(result->status),
		.told_to_end = ended->told_to_end,
		.unread = spawn_lost_reader()};
	struct trace trace;

	fold.lingering_count = session_lingering(session, GRACE_MS, &lingering);
	fold.lingering = lingering;
	/* What it started would hang on as it did. */
	for (size_t i = 0; result->expired && i < fold.lingering_count; i++)
		kill((pid_t)lingering[i], SIGKILL);
	fold.unborn = session_unborn(session);
	session_stop(session);
	trace_read(&trace, &session->arena);
	result->recorded =
		tracer_run_store(options->root, &trace, &fold, result) == 0;
	if (options->adapter && result->recorded &&
		!result->summary.adapter_ready)
		result->silence = options->adapter->silence;
	trace_release(&trace);
	free(lingering);
	free(command);
	free(given);
	free(asked);
	free(sibling);
	free(directory);
	free(unit);
}

static void *record_there(void *data)
{
	record(data);
	return NULL;
}

/* On a stack of its own: the user's limit may leave less than a fold needs. */
static void record_apart(struct ended *ended)
{
	pthread_attr_t attributes;
	pthread_t thread;
	int code;

	pthread_attr_init(&attributes);
	code = pthread_attr_setstacksize(&attributes, FOLD_STACK);
	if (code == 0)
		code = pthread_create(
			&thread, &attributes, record_there, ended);
	if (code == 0)
		pthread_join(thread, NULL);
	else
		record_there(ended);
	pthread_attr_destroy(&attributes);
}

/* Without them the interpreters run as they are, and are recorded coarser. */
static void put_start(const struct run_options *options,
	const struct session *session, const char *folder,
	const char *selection)
{
	const struct adapter_start start = {.folder = folder,
		.session = session->directory,
		.root = options->root,
		.selection = selection,
		.tells = !options->inside    ? ""
			 : !options->adapter ? NULL
					     : options->inside->name};

	for (size_t i = 0; adapter_at(i); i++) {
		const struct adapter *adapter = adapter_at(i);
		char *text = adapter->startup ? adapter->startup(&start) : NULL;

		if (text)
			session_put_start(session, adapter->start_name, text);
		free(text);
	}
}

/*
 * The tests of a runner that lists them; NULL: it does not, or could not. Then
 * the command is one unit.
 */
static struct runner_tests *list_tests(
	const struct run_options *options, struct runner_tests *tests)
{
	const struct adapter *adapter = options->adapter;
	struct err err;
	int code;

	if (!adapter || !adapter->list)
		return NULL;
	code = adapter->list(tests, options->argv, options->root, &err);
	/* Without a test it may do something else than run them. */
	if (code == 0 && tests->count)
		return tests;
	runner_tests_release(tests);
	return NULL;
}

/* The command, so that of its tests the selected run; NULL: as it is. */
static char **command_for(const struct run_options *options,
	struct runner_tests *tests, const struct session *session)
{
	return tests ? options->adapter->start(tests, options->argv,
			       options->selection, options->selection_count,
			       options->known, session->directory)
		     : NULL;
}

/* selection: the file of what is to run, or NULL. */
static int run_traced(const struct run_options *options,
	struct session *session, const char *library, const char *folder,
	const char *selection, struct run_result *result, struct err *err)
{
	struct variables variables = {.count = 0};
	struct spawn_limit limit = {.seconds = options->limit};
	struct before own = {0};
	struct runner_tests listed, *tests = list_tests(options, &listed);
	char **envp, **words = command_for(options, tests, session);
	int64_t began;
	int code;

	put_start(options, session, folder, selection);
	set(&variables, "LD_PRELOAD", preload_value(library));
	set(&variables, "FTRACE_SESSION", xstrdup(session->arena_path));
	set(&variables, "FTRACE_SCOPE", xasprintf("%u.0", SCOPE_BASE));
	envp = build_environment(&variables);
	/* What cannot be asked is not known, and so is not as it was. */
	if (options->definition)
		before_take(&own, options->root, options->unit, err);
	session_start_clock(session);
	began = clock_on(CLOCK_MONOTONIC);
	code = spawn_and_wait(words ? words : options->argv, envp,
		&session->arena, &limit, &result->status, err);
	result->expired = limit.expired;
	result->ran = code == 0;
	if (code == 0 && tests)
		options->adapter->told(tests, options->argv, session->directory,
			status_number(result->status));
	if (code == 0)
		record_apart(&(struct ended){options, session, library, folder,
			options->definition ? &own : NULL, tests,
			clock_on(CLOCK_MONOTONIC) - began, spawn_signal() != 0,
			result});
	before_release(&own);
	if (tests)
		runner_tests_release(tests);
	words_free(words);
	free_environment(envp);
	for (size_t i = 0; i < variables.count; i++)
		free(variables.list[i].value);
	return code;
}

static int failure_of(int code)
{
	return code == -ENOENT ? RUN_NOT_FOUND
	       : code < 0      ? RUN_NOT_EXECUTABLE
			       : 0;
}

void run_result_release(struct run_result *result)
{
	fold_summary_release(&result->summary);
}

/* The loader takes either for the end of a name in LD_PRELOAD. */
static int check_preloadable(const char *library, struct err *err)
{
	if (!strpbrk(library, ": "))
		return 0;
	return err_set(err, -EINVAL,
		"'%s' cannot be preloaded from a path with a blank or a "
		"colon; move or install ftrace elsewhere",
		library);
}

int run_command(const struct run_options *options, struct run_result *result,
	struct err *err)
{
	struct session session;
	char *library = NULL, *folder = NULL, *selection = NULL;
	int code = RUN_FAILED;

	memset(result, 0, sizeof(*result));
	library = locate("libftrace.so", err);
	if (!library)
		goto out;
	folder = locate(RUNNERS_LOADED, err);
	if (!folder)
		goto out;
	/* The program must run even where nothing can be recorded. */
	if (check_preloadable(library, &result->problem) < 0 ||
		session_open(&session, options->root, &result->problem) < 0) {
		code = failure_of(run_untraced(options, result, err));
		goto out;
	}
	code = prepare_map(options->root, result);
	/* What was to run was found with a map that is no more. */
	if (code == 0 && options->selection && !result->put_aside)
		code = session_select(&session, &selection, options->selection,
			options->selection_count, &result->problem);
	if (code < 0) {
		code = failure_of(run_untraced(options, result, err));
	} else {
		code = failure_of(run_traced(options, &session, library, folder,
			selection, result, err));
	}
	session_close(&session);
out:
	free(selection);
	free(folder);
	free(library);
	return code;
}
