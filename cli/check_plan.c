/* SPDX-License-Identifier: MIT */
/*
 * What of the checks has to be run: one look at the map for all of them.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/alloc.h"
#include "cli/check.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/record.h"
#include "map/print.h"
#include "map/project.h"
#include "map/query_check.h"
#include "outcomes/results.h"
#include "selector/plan.h"
#include "tracer/run.h"

/* What it is, so that another command under the name is another check. */
static void define(struct check *check)
{
	size_t size = strlen(check->directory) + 1, n = size;
	struct print print;
	char *bytes;

	for (size_t i = 0; check->argv[i]; i++)
		size += strlen(check->argv[i]) + 1;
	bytes = xcalloc(size, 1);
	memcpy(bytes, check->directory, n);
	for (size_t i = 0; check->argv[i]; i++) {
		memcpy(bytes + n, check->argv[i], strlen(check->argv[i]) + 1);
		n += strlen(check->argv[i]) + 1;
	}
	print = print_bytes(bytes, size, 0);
	free(bytes);
	for (size_t i = 0; i < sizeof(print.bytes); i++)
		snprintf(check->definition + 2 * i, 3, "%02x", print.bytes[i]);
}

void check_init(
	struct check *check, const struct config_check *config, char *root)
{
	char *place = xasprintf("%s/%s", root, config->directory);

	memset(check, 0, sizeof(*check));
	check->config = config;
	check->argv = command_configured(&check->adapter, config);
	check->unit = xasprintf(CHECK_UNIT "%s", config->name);
	check->directory = project_path(root, place);
	check->line = run_command_asked(
		check->adapter, check->argv, root, check->directory, false);
	define(check);
	free(place);
}

void check_release(struct check *check)
{
	command_free(check->argv);
	free(check->unit);
	free(check->line);
	free(check->directory);
	free(check->reason);
	if (check->output)
		fclose(check->output);
	if (check->told)
		munmap(check->told, sizeof(*check->told));
}

static void check_plan_decide(
	struct check *check, enum unit_state state, const char *reason)
{
	free(check->reason);
	check->state = state;
	check->reason = reason ? xstrdup(reason) : NULL;
	check->decided = true;
}

/* The first reason of the state that the unit has. */
static void decide_by(struct check *check, const struct affected_unit *unit)
{
	char *text = NULL;

	for (size_t i = 0; !text && i < unit->reason_count; i++)
		if (unit->reasons[i].state == unit->state)
			text = results_reason_text(&unit->reasons[i]);
	check_plan_decide(check, unit->state, text);
	free(text);
}

static int decide_command(struct check *check, const struct plan *known,
	struct map *map, struct err *err)
{
	const struct query_unit *unit = query_units_find(
		&known->units, "command", strlen("command"), check->unit);
	const struct affected_unit *affected =
		affected_find_unit(&known->affected, "command", check->unit);
	char *name = NULL;
	int code = query_base_name(&name, map, check->unit, err);

	if (code < 0)
		return code;
	check->spared = 0;
	if (!unit || !name) {
		check_plan_decide(check, UNIT_MISS, "it has not run yet");
	} else if (strcmp(name, check->definition) != 0) {
		check_plan_decide(check, UNIT_MISS, "its command has changed");
	} else if (affected) {
		decide_by(check, affected);
	} else {
		check_plan_decide(check, UNIT_HIT, NULL);
		check->spared = unit->duration > 0 ? unit->duration : 0;
	}
	free(name);
	return 0;
}

static void decide_tests(struct check *check, const struct plan *plan)
{
	const struct affected *affected = &plan->affected;
	const struct affected_unit *worst = NULL;
	char *text;

	check->spared = plan_is_all(plan) ? 0 : plan->spared;
	if (!plan->known || !plan->recorded) {
		check_plan_decide(check, UNIT_MISS, "it has not run yet");
		return;
	}
	if (plan_is_nothing(plan)) {
		check_plan_decide(check, UNIT_HIT, NULL);
		return;
	}
	if (plan->decisive) {
		text = xasprintf("%s changed", plan->decisive);
		check_plan_decide(check, UNIT_STALE, text);
		free(text);
		return;
	}
	/* What was never seen is a change, too, where the others are known. */
	for (size_t i = 0; i < affected->count; i++) {
		const struct affected_unit *unit = &affected->units[i];

		if (!strcmp(unit->runner, check->adapter->name) &&
			!plan_leaves(&plan->left, unit->runner, unit->id) &&
			(!worst || (worst->state == UNIT_RERUN &&
					   unit->state != UNIT_RERUN)))
			worst = unit;
	}
	if (worst)
		decide_by(check, worst);
	if (!worst || check->state == UNIT_MISS)
		check->state = UNIT_STALE;
	check->decided = true;
}

static int examine_tests(struct check *check, const struct plan *known,
	struct map *map, struct err *err)
{
	struct plan plan = {.units = known->units, .affected = known->affected};
	int code = plan_fill(&plan, map,
		&(struct plan_command){.runner = check->adapter->name,
			.line = check->line,
			.directory = check->directory},
		err);

	if (code == 0)
		decide_tests(check, &plan);
	arguments_release(&plan.arguments);
	left_release(&plan.left);
	return code;
}

static int check_plan_examine(
	struct checks *checks, struct map *map, struct err *err)
{
	struct plan known = {0}; /* its halves that concern all */
	/* It may change the units. */
	int code = affected_find(&known.affected, map, err);

	if (code == 0)
		code = query_units(&known.units, map, err);
	for (size_t i = 0; code == 0 && i < checks->count; i++) {
		struct check *check = &checks->list[i];

		if (check->progress != CHECK_WAITING)
			continue;
		code = check->adapter ? examine_tests(check, &known, map, err)
				      : decide_command(check, &known, map, err);
	}
	plan_release(&known);
	return code;
}

void check_examine(struct checks *checks)
{
	struct map map;
	struct err err;
	int code = map_open(&map, checks->root, MAP_QUERY, &err);

	checks->outdated = false;
	if (code == 0) {
		code = check_plan_examine(checks, &map, &err);
		code = code < 0 && map.damaged ? MAP_DAMAGED : code;
		map_close(&map);
	}
	if (code == 0)
		return;
	if (code == MAP_DAMAGED && record_put_aside(checks->root))
		code = MAP_MISSING;
	else if (code != MAP_MISSING)
		note("%s; everything is run", err.text);
	for (size_t i = 0; i < checks->count; i++)
		if (checks->list[i].progress == CHECK_WAITING) {
			checks->list[i].spared = 0;
			check_plan_decide(&checks->list[i], UNIT_MISS,
				code == MAP_MISSING ? "there is no map yet"
						    : "the map cannot be read");
		}
}
