/* SPDX-License-Identifier: MIT */

#include "fold/fold.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "fold/code.h"
#include "fold/driver.h"
#include "fold/inputs.h"
#include "fold/kept.h"
#include "fold/loader.h"
#include "fold/path_tree.h"
#include "fold/paths.h"
#include "fold/scopes.h"
#include "fold/settings.h"
#include "fold/shared.h"
#include "fold/state.h"
#include "fold/steps.h"
#include "fold/variable.h"
#include "runners/adapter.h"

static bool any_failed(const struct fold *fold)
{
	for (size_t i = 0; i < fold->scopes.count; i++) {
		const struct recorded_scope *scope = &fold->recording.scopes[i];

		if (scope->kind == SCOPE_UNIT && fold->scopes.list[i].ran &&
			scope->outcome &&
			(!strcmp(scope->outcome, "failed") ||
				!strcmp(scope->outcome, "error")))
			return true;
	}
	return false;
}

/* What the command ran beside a runner's tests; those have their own ends. */
static void add_own(struct fold *fold)
{
	const struct fold_options *options = fold->options;
	struct recorded_scope *scope;

	if (fold->scopes.own == SCOPE_NONE)
		return;
	scope = &fold->recording.scopes[fold->scopes.own];
	scope->outcome =
		options->status == 0 || any_failed(fold) ? "passed" : "failed";
	fold->scopes.list[fold->scopes.own].ran = true;
	if (options->told_to_end)
		fold_incomplete(fold, fold->scopes.own,
			"it was told to end by a signal");
}

/*
 * The unit of a command that no adapter took apart. One that recorded units
 * of its own is none; a check is one all the same, and uses them.
 */
static void add_command(struct fold *fold)
{
	const struct fold_options *options = fold->options;
	struct recorded_scope *scope;
	uint32_t unit;
	char *name;

	if (fold->runner.ready)
		add_own(fold);
	if (fold->runner.ready || !options->unit)
		return;
	for (size_t i = 0; !options->definition && i < fold->scopes.count; i++)
		if (fold->recording.scopes[i].kind == SCOPE_UNIT)
			return;
	name = xasprintf("command/%s", options->unit);
	unit = fold_scope(fold, SCOPE_UNIT, name, strlen(name));
	free(name);
	for (uint32_t i = 0; i < unit; i++)
		if (fold->recording.scopes[i].kind == SCOPE_UNIT)
			fold_use(fold, unit, i);
	/* Programs take a signal to end, and end with 0, half-way through. */
	if (options->told_to_end)
		fold_incomplete(fold, unit, "it was told to end by a signal");
	scope = &fold->recording.scopes[unit];
	scope->outcome = options->status == 0 ? "passed" : "failed";
	scope->duration = options->duration / 1000;
	fold->scopes.list[unit].ran = true;
	fold->recording.whole = options->is_whole && !options->audit;
}

static void finish_units(struct fold *fold)
{
	for (uint32_t i = 0; i < fold->scopes.count; i++) {
		struct recorded_scope *scope = &fold->recording.scopes[i];

		if (scope->kind != SCOPE_UNIT)
			continue;
		fold_use(fold, i, fold->base);
		/* One that was there and not chosen is not news. */
		scope->known_only = !fold->scopes.list[i].ran;
		scope->unasked = fold->scopes.list[i].unasked ||
				 (fold->scopes.list[i].needed &&
					 fold->options->selection);
	}
}

/*
 * Units that exist and were not to run leave no trace of their own, nor does
 * what the runner did after the last.
 */
static void drop_deselected(struct fold *fold)
{
	struct recorded_scope *scopes = fold->recording.scopes;

	for (uint32_t i = 0; i < fold->scopes.count; i++)
		if (scopes[i].kind == SCOPE_FINISH ||
			(scopes[i].kind == SCOPE_UNIT &&
				!fold->scopes.list[i].ran &&
				!fold->scopes.list[i].selected &&
				!fold->scopes.list[i].needed))
			scopes[i].unwanted = true;
}

static bool reaches_incomplete(
	const struct fold *fold, uint32_t from, bool *seen, const char **reason)
{
	const struct recorded_scope *scope = &fold->recording.scopes[from];

	if (seen[from])
		return false;
	seen[from] = true;
	if (scope->incomplete) {
		*reason = scope->incomplete;
		return true;
	}
	for (size_t i = 0; i < scope->use_count; i++)
		if (reaches_incomplete(fold, scope->uses[i], seen, reason))
			return true;
	return false;
}

static struct fold_unit *fold_add_unit(
	const struct fold *fold, struct fold_summary *summary, uint32_t scope)
{
	const struct recorded_scope *from = &fold->recording.scopes[scope];
	struct fold_unit *unit = array_add(
		&summary->list, &summary->units, &summary->room, sizeof(*unit));
	size_t runner = 0, id_size = 0;
	const char *id = "";

	unit_name_split(from->name, from->name_size, &runner, &id, &id_size);
	unit->runner = xasprintf("%.*s", (int)runner, from->name);
	unit->id = xasprintf("%.*s", (int)id_size, id);
	unit->outcome = from->outcome ? xstrdup(from->outcome) : NULL;
	unit->duration = from->duration;
	return unit;
}

void fold_summary_release(struct fold_summary *summary)
{
	for (size_t i = 0; i < summary->units; i++) {
		free(summary->list[i].runner);
		free(summary->list[i].id);
		free(summary->list[i].outcome);
	}
	free(summary->list);
	summary->list = NULL;
	summary->units = 0;
}

static void fold_summarise(
	const struct fold *fold, struct fold_summary *summary)
{
	struct fold_unit *unit;
	bool any = false;
	const char *reason = NULL;
	bool *seen = xcalloc(fold->scopes.count, sizeof(*seen));

	for (size_t i = 0; i < fold->scopes.count; i++)
		any |= fold->recording.scopes[i].incomplete != NULL;
	for (uint32_t i = 0; i < fold->scopes.count; i++) {
		if (fold->recording.scopes[i].kind != SCOPE_UNIT ||
			!fold->scopes.list[i].ran)
			continue;
		unit = fold_add_unit(fold, summary, i);
		if (!any)
			continue;
		memset(seen, 0, fold->scopes.count * sizeof(*seen));
		if (reaches_incomplete(fold, i, seen, &reason)) {
			summary->incomplete++;
			unit->incomplete = true;
			if (!*summary->reason)
				snprintf(summary->reason,
					sizeof(summary->reason), "%s", reason);
		}
	}
	summary->gone = fold->recording.gone_count;
	summary->accesses = fold->accesses.count;
	summary->hashed = fold->files.hashed;
	summary->adapter_ready = fold->runner.ready;
	summary->each = fold->scopes.each;
	for (size_t i = 0; i < fold->scopes.count; i++)
		summary->coarse += fold->scopes.list[i].untold;
	if (fold->code.coarse)
		snprintf(summary->coarse_reason, sizeof(summary->coarse_reason),
			"%s", fold->code.coarse);
	free(seen);
}

static void fold_release(struct fold *fold)
{
	recording_release(&fold->recording);
	map_files_release(&fold->files);
	path_tree_release(&fold->tree);
	interner_release(&fold->blocks);
	free(fold->images);
	free(fold->links.list);
	interner_release(&fold->tests.programs);
	fold_scopes_release(fold);
	fold_paths_release(fold);
	fold_accesses_release(fold);
	fold_settings_release(fold);
	fold_variables_release(fold);
	fold_driver_release(fold);
	fold_shared_release(fold);
	fold_code_release(fold);
	fold_kept_release(fold);
	interner_release(&fold->handed.nodes);
	free(fold->memos.list);
	interner_release(&fold->listings.names);
	audit_load_release(fold->audited.list, fold->audited.count);
	fold_loader_release(fold);
}

static enum runner_end end_of(const struct fold_options *options)
{
	const struct adapter *adapter = options->runner
						? adapter_named(options->runner)
						: adapter_inside();

	return adapter->end(options->status);
}

/*
 * Whether the runner has told of all tests that it was asked for: it can give
 * up looking for them at the first failure, and say so as of any failure.
 */
static bool knows_all(
	const struct fold *fold, const struct fold_options *options)
{
	if (!fold->runner.collected || options->audit || options->selection)
		return false;
	return options->wraps
		       ? fold->runner.all_told
		       : end_of(options) <= RUNNER_EMPTY || options->unread;
}

/* Whether a test was to run and did not come to its end. */
static bool any_left(const struct fold *fold)
{
	for (size_t i = 0; i < fold->scopes.count; i++) {
		const struct recorded_scope *scope = &fold->recording.scopes[i];

		if (scope->kind == SCOPE_UNIT &&
			fold->scopes.list[i].selected && !scope->outcome)
			return true;
	}
	return false;
}

/* Runners can give up at the first failure. */
static bool ran_all(const struct fold *fold)
{
	for (size_t i = 0; i < fold->scopes.count; i++) {
		const struct recorded_scope *scope = &fold->recording.scopes[i];

		if (scope->kind == SCOPE_UNIT && scope->known_only &&
			!scope->unasked && !scope->unwanted)
			return false;
	}
	return true;
}

/*
 * Whether the runner failed and no test of it did, as where a plugin wants
 * more (of coverage, say): none would be selected next time. What was broken
 * off (by a signal of somebody's, or for want of a reader) has tests that did
 * not run, and of a wrong command line none has.
 */
static bool failed_itself(
	const struct fold *fold, const struct fold_options *options)
{
	if (options->wraps)
		return options->status != 0 && fold->runner.ready &&
		       !any_failed(fold);
	if (options->unread && any_left(fold))
		return false;
	switch (end_of(options)) {
	case RUNNER_FAILED:
		return fold->runner.ready && !any_failed(fold);
	case RUNNER_GAVE_UP:
		return fold->runner.ready;
	default:
		return false;
	}
}

int fold_store(struct map *map, const struct trace *trace,
	const struct fold_options *options, struct fold_summary *summary,
	struct err *err)
{
	struct fold fold = {.options = options, .trace = trace};
	int code;

	memset(summary, 0, sizeof(*summary));
	path_tree_init(&fold.tree);
	code = map_files_load(&fold.files, map, err);
	if (code < 0)
		goto out;
	fold_find_places(&fold);
	fold_scopes(&fold);
	fold_each(&fold);
	fold_tests(&fold);
	fold_inside(&fold);
	fold_marks(&fold);
	fold_lasting(&fold);
	add_command(&fold);
	fold_accesses(&fold);
	fold_forward(&fold);
	code = fold_outputs(&fold, map, err);
	if (code < 0)
		goto out;
	finish_units(&fold);
	drop_deselected(&fold);
	fold_unfound(&fold);
	code = fold_code(&fold, map, err);
	if (code < 0)
		goto out;
	fold_settle(&fold);
	fold_listed(&fold);
	if (options->before)
		fold_rewritten(&fold, summary);
	fold_variables(&fold);
	if (!options->audit)
		code = fold_audited(&fold, map, err);
	if (code == 0)
		code = fold_code_settle(&fold, map, err);
	fold_audited_code(&fold);
	if (code == 0 && !options->audit)
		code = fold_gone(&fold, map, err);
	if (code == 0 && !options->audit)
		code = fold_listings(&fold, map, err);
	if (code == 0 && !options->audit)
		code = fold_products(&fold, map, err);
	if (code < 0)
		goto out;
	fold.recording.files = &fold.files;
	fold.recording.started = options->started;
	fold.recording.duration = options->duration;
	fold.recording.command = options->command;
	fold.recording.knows_all =
		fold.recording.whole || knows_all(&fold, options);
	fold.recording.ran_all = ran_all(&fold);
	fold.recording.failed_itself = failed_itself(&fold, options);
	fold.recording.directory = options->directory;
	fold.recording.asked = options->asked;
	fold.recording.sibling =
		fold.runner.same_anywhere && !fold.runner.needs_here
			? options->sibling
			: NULL;
	fold.recording.given = options->given;
	fold.recording.alone = options->alone;
	fold.recording.told = fold.runner.collected;
	fold.recording.runner =
		options->runner ? options->runner : fold.runner.inside;
	fold.recording.status = options->status;
	fold_summarise(&fold, summary);
	code = options->audit ? fold_audit(&fold, summary, map, err)
			      : recording_store(&fold.recording, map, err);
out:
	fold_release(&fold);
	return code;
}
