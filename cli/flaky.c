/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/common.h"
#include "cli/find_test.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "config/flaky.h"
#include "config/flaky_file.h"

/* An audit warns above this share of the units, in per cent. */
#define SHARE_MOST 2

#define DAY (86400 * INT64_C(1000000000))

static const struct option_row options[] = {
	QUERY_OPTIONS,
	{0},
};

/* One invocation: what is known, and the map it is kept in. */
struct memory {
	struct map map;
	struct flaky_units units;
	char *problem; /* of the list */
	char **names;
	int name_count;
};

static double rate(const struct flaky_unit *unit)
{
	int64_t runs = unit->passed + unit->failed;

	return runs ? (double)unit->failed / (double)runs : 0;
}

static void cli_flaky_print_json(const struct memory *memory)
{
	cJSON *json = json_new(), *list;

	list = cJSON_AddArrayToObject(json, "flaky");
	for (size_t i = 0; i < memory->units.count; i++) {
		const struct flaky_unit *unit = &memory->units.list[i];
		cJSON *item = cJSON_CreateObject();

		cJSON_AddItemToArray(list, item);
		cJSON_AddStringToObject(item, "runner", unit->runner);
		cJSON_AddItemToObject(item, "id", json_bytes(unit->id));
		if (*unit->part)
			cJSON_AddItemToObject(
				item, "part", json_bytes(unit->part));
		cJSON_AddNumberToObject(
			item, "since", (double)unit->since / 1e9);
		cJSON_AddNumberToObject(
			item, "latest", (double)unit->latest / 1e9);
		cJSON_AddNumberToObject(item, "passed", (double)unit->passed);
		cJSON_AddNumberToObject(item, "failed", (double)unit->failed);
	}
	json_print(json);
}

static int cli_flaky_list(struct memory *memory)
{
	if (common_json) {
		cli_flaky_print_json(memory);
		return finish_output();
	}
	for (size_t i = 0; i < memory->units.count; i++) {
		char *name = flaky_key(&memory->units.list[i]);

		print_item(name, false);
		free(name);
	}
	return finish_output();
}

static int cli_flaky_audit(struct memory *memory)
{
	struct query_totals totals;
	struct err err;
	int64_t now = flaky_now();

	if (common_json)
		return cli_flaky_list(memory);
	if (query_totals(&totals, &memory->map, &err) < 0)
		return query_failed(&err);
	printf("%s of %lld known to be flaky\n",
		counted(memory->units.count, "unit", "units"),
		(long long)totals.units);
	if (memory->units.count)
		puts("days known  days since run  runs  failed  unit");
	for (size_t i = 0; i < memory->units.count; i++) {
		const struct flaky_unit *unit = &memory->units.list[i];
		char *name = flaky_key(unit);

		printf("%10lld  ", (long long)((now - unit->since) / DAY));
		if (unit->latest)
			printf("%14lld",
				(long long)((now - unit->latest) / DAY));
		else
			printf("%14s", "-");
		printf("  %4lld  %4.0f %%  %s\n",
			(long long)(unit->passed + unit->failed),
			rate(unit) * 100, name);
		free(name);
	}
	if (totals.units &&
		(int64_t)memory->units.count * 100 > totals.units * SHARE_MOST)
		note("more than %d %% of the units are flaky, and run after "
		     "every edit; mend them and take those that are mended off "
		     "the list: ftrace flaky remove TEST",
			SHARE_MOST);
	query_totals_release(&totals);
	return finish_output();
}

/* "TEST", or "TEST\tCASE" as `flaky list` prints it, both to be freed. */
static void cli_flaky_split(const char *name, char **test, char **part)
{
	char *key = xasprintf("-/%s", name), *dash;

	if (flaky_key_split(key, &dash, test, part)) {
		free(dash);
	} else {
		*test = xstrdup("");
		*part = xstrdup("");
	}
	free(key);
}

static int add_one(struct memory *memory, const struct query_units *units,
	const char *name)
{
	const struct query_unit *unit;
	char *test, *part;
	int code = 0;

	cli_flaky_split(name, &test, &part);
	unit = find_test(units, memory->map.root, test, &code);
	if (unit &&
		!flaky_units_find(&memory->units, unit->runner, unit->id, part))
		flaky_units_add(&memory->units, unit->runner, unit->id, part)
			->since = flaky_now();
	free(test);
	free(part);
	return code;
}

static int cli_flaky_add(struct memory *memory)
{
	struct query_units units;
	struct err err;
	int code = 0;

	if (query_units(&units, &memory->map, &err) < 0)
		return query_failed(&err);
	for (int i = 0; code == 0 && i < memory->name_count; i++)
		code = add_one(memory, &units, memory->names[i]);
	query_units_release(&units);
	if (code == 0 && memory->units.count > FLAKY_MOST) {
		note("the list of flaky tests is full: it has room for %d",
			FLAKY_MOST);
		code = EXIT_QUERY_FAILED;
	}
	return code;
}

/* Those that are known, as units; their texts stay the memory's. */
static struct query_units known_units(
	const struct memory *memory, const char *part)
{
	struct query_units units = {0};

	for (size_t i = 0; i < memory->units.count; i++) {
		const struct flaky_unit *flaky = &memory->units.list[i];
		struct query_unit *unit;

		if (strcmp(flaky->part, part) != 0)
			continue;
		unit = array_add(
			&units.units, &units.count, &units.room, sizeof(*unit));
		unit->runner = flaky->runner;
		unit->id = flaky->id;
	}
	return units;
}

static int remove_one(struct memory *memory, const char *name)
{
	struct query_units units;
	const struct query_unit *unit;
	struct named named;
	char *test, *part;
	int code = 0;

	cli_flaky_split(name, &test, &part);
	units = known_units(memory, part);
	named_find(&named, &units, memory->map.root, test, true);
	unit = named_one(&named);
	if (unit) {
		flaky_units_remove(
			&memory->units, flaky_units_find(&memory->units,
						unit->runner, unit->id, part));
	} else if (named.near) {
		note("'%s' is not known to be flaky; 'ftrace flaky list' "
		     "prints those that are",
			name);
		code = EXIT_QUERY_FAILED;
	} else {
		code = find_test_failed(&named, "", test);
	}
	named_release(&named);
	free(units.units);
	free(test);
	free(part);
	return code;
}

static int remove_named(struct memory *memory)
{
	int code = 0;

	for (int i = 0; code == 0 && i < memory->name_count; i++)
		code = remove_one(memory, memory->names[i]);
	return code;
}

/* To the named file, or the project's list; "-": standard output. */
static int export(struct memory *memory)
{
	char *path, *text;
	struct err err;
	int code = 0;

	if (memory->name_count && !strcmp(memory->names[0], "-")) {
		text = flaky_file_text(&memory->units);
		fputs(text, stdout);
		free(text);
		return finish_output();
	}
	path = memory->name_count ? xstrdup(memory->names[0])
				  : flaky_list_path(memory->map.root);
	if (flaky_file_write(&memory->units, path, &err) < 0)
		code = query_failed(&err);
	free(path);
	return code;
}

static void cli_flaky_join(
	struct flaky_units *units, const struct flaky_unit *from)
{
	struct flaky_unit *unit =
		flaky_units_find(units, from->runner, from->id, from->part);

	if (!unit) {
		unit = flaky_units_add(
			units, from->runner, from->id, from->part);
		unit->since = from->since;
	} else if (from->since < unit->since) {
		unit->since = from->since;
	}
}

static int import(struct memory *memory)
{
	struct flaky_units read;
	struct err err;
	int code = flaky_file_read(&read, memory->names[0], &err);

	if (code == FLAKY_FILE_MISSING) {
		note("cannot read '%s': there is no such file",
			memory->names[0]);
		return EXIT_QUERY_FAILED;
	}
	if (code < 0)
		return query_failed(&err);
	for (size_t i = 0; i < read.count; i++)
		cli_flaky_join(&memory->units, &read.list[i]);
	flaky_units_release(&read);
	return 0;
}

static const struct action {
	const char *name;
	int (*act)(struct memory *memory);
	bool changes;    /* what is known, and is to be stored then */
	int least, most; /* arguments */
} actions[] = {
	{"list", cli_flaky_list, false, 0, 0},
	{"audit", cli_flaky_audit, false, 0, 0},
	{"add", cli_flaky_add, true, 1, INT32_MAX},
	{"remove", remove_named, true, 1, INT32_MAX},
	{"export", export, false, 0, 1},
	{"import", import, true, 1, 1},
};

#define ACTIONS "list, audit, add, remove, export and import"

static const struct action *find_action(int argc, char **argv)
{
	if (!argc)
		usage_error(&verb_flaky, "say what to do: " ACTIONS);
	for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++) {
		const struct action *action = &actions[i];

		if (strcmp(action->name, argv[0]) != 0)
			continue;
		if (argc - 1 < action->least)
			usage_error(&verb_flaky, "'%s' needs a %s",
				action->name,
				action->act == import ? "file" : "test");
		if (argc - 1 > action->most)
			usage_error(&verb_flaky, "unexpected argument '%s'",
				argv[1 + action->most]);
		return action;
	}
	usage_error(&verb_flaky, "unknown action '%s'; there are " ACTIONS,
		argv[0]);
}

static int act(const struct action *action, struct memory *memory)
{
	struct err err;
	int code = 0;

	if (action->changes && map_begin(&memory->map, &err) < 0)
		return query_failed(&err);
	if (flaky_load(&memory->units, &memory->problem, &memory->map, &err) <
		0)
		code = query_failed(&err);
	if (code == 0 && memory->problem) {
		note("%s", memory->problem);
		code = EXIT_QUERY_FAILED;
	}
	if (code == 0)
		code = action->act(memory);
	if (code == 0 && action->changes &&
		(flaky_store(&memory->units, &memory->problem, &memory->map,
			 &err) < 0 ||
			map_commit(&memory->map, &err) < 0))
		code = query_failed(&err);
	else if (code && action->changes)
		map_rollback(&memory->map);
	if (code == 0 && memory->problem) {
		note("%s", memory->problem);
		code = EXIT_QUERY_FAILED;
	}
	flaky_units_release(&memory->units);
	free(memory->problem);
	return code;
}

static int cli_flaky_run(int argc, char **argv)
{
	int first = options_parse(&verb_flaky, argc, argv), code;
	const struct action *action = find_action(argc - first, argv + first);
	struct memory memory = {
		.names = argv + first + 1, .name_count = argc - first - 1};

	code = open_map(&memory.map);
	if (code)
		return code;
	code = act(action, &memory);
	map_close(&memory.map);
	return code;
}

const struct verb verb_flaky = {
	.name = "flaky",
	.summary = "list and change the tests that are known to be flaky",
	.usage = "list | audit | add TEST ... | remove TEST ... | "
		 "export [FILE] | import FILE",
	.text = "A test is flaky if it both passed and failed while nothing it "
		"depends on changed.\n'ftrace test' finds flaky tests, and "
		"runs them after every edit. export writes\nthem to a file for "
		"the project to commit (ci/flaky_tests.json); from then on "
		"that\nfile says which tests are flaky, and ftrace keeps it up "
		"to date. import adds the\ntests of another such file. audit "
		"tells how each has fared. A test is given by\nits id, as "
		"RUNNER/ID, or by the end of it where no other has the same.",
	.options = options,
	.run = cli_flaky_run,
};
