/* SPDX-License-Identifier: MIT */
/*
 * Tests that the runner listed and started a process for, each with words of
 * its own: that process is the test, and all that it starts. What else the
 * runner does counts for all of its tests, by what is there and what it reads:
 * it looks at their programs only to find them.
 */
#include "fold/tests.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "fold/discovery.h"
#include "fold/driver.h"
#include "fold/path_tree.h"
#include "fold/scopes.h"
#include "fold/shared.h"
#include "fold/state.h"
#include "fold/steps.h"
#include "runners/adapter.h"

/* As RECORD_WORDS has them. */
static uint32_t intern_words(struct interner *interner, char *const *words)
{
	char text[RECORD_WORDS_MAX];
	size_t size = 0;

	for (; *words && size < sizeof(text); words++) {
		size_t n = strlen(*words) + 1;

		if (n > sizeof(text) - size)
			n = sizeof(text) - size;
		memcpy(text + size, *words, n);
		size += n;
	}
	return intern(interner, text, size);
}

static uint32_t fold_tests_unit_of(struct fold *fold, const char *id)
{
	char *name = xasprintf("%s/%s", fold->options->runner, id);
	uint32_t unit = fold_scope(fold, SCOPE_UNIT, name, strlen(name));

	free(name);
	return unit;
}

static void fold_tests_add_unit(
	struct fold *fold, const struct runner_test *test)
{
	uint32_t unit = fold_tests_unit_of(fold, test->id);
	struct recorded_scope *scope = &fold->recording.scopes[unit];

	if (test->outcome) {
		fold->scopes.list[unit].ran = true;
		scope->outcome = test->outcome;
		scope->duration = test->duration;
	}
	/* One that was to run and did not is known to be there. */
	fold->scopes.list[unit].selected =
		!fold->options->selection &&
		(test->asked || (!fold->options->tests->by_status &&
					!fold->options->tests->shared));
	for (char **id = test->needs; id && *id; id++) {
		uint32_t needed = fold_tests_unit_of(fold, *id);

		fold_use(fold, unit, needed);
		fold->scopes.list[needed].needed |= test->outcome != NULL;
	}
	fold_driver_test(fold, test, unit);
	fold_shared_test(fold, test, unit);
}

struct programs {
	struct interner words, folders;
	uint32_t *units;                 /* by the number of the words */
	uint32_t *in_folders;            /* by that of the folder */
	const struct wire_record **told; /* by the serial of an exec */
	uint32_t serials;
	bool *seen; /* by scope: it was executed */
};

static void find_words(struct fold *fold, struct programs *programs)
{
	const struct trace *trace = fold->trace;

	for (size_t i = 0; i < trace->count; i++)
		if (trace->events[i].record->type == RECORD_WORDS &&
			trace->events[i].record->number >= programs->serials)
			programs->serials = trace->events[i].record->number + 1;
	programs->told =
		xcalloc(programs->serials + 1, sizeof(*programs->told));
	for (size_t i = 0; i < trace->count; i++)
		if (trace->events[i].record->type == RECORD_WORDS)
			programs->told[trace->events[i].record->number] =
				trace->events[i].record;
}

/*
 * Which tests have which words. Those that ran with the same ones are not told
 * apart, and the others of these did not run.
 */
static void find_programs(
	struct fold *fold, struct programs *programs, bool ran)
{
	const struct runner_tests *tests = fold->options->tests;

	for (size_t i = 0; i < tests->count; i++) {
		const struct runner_test *test = &tests->list[i];
		uint32_t unit = fold_tests_unit_of(fold, test->id), number,
			 before;

		if (ran && test->folder && !tests->shared)
			programs->in_folders[intern(&programs->folders,
				test->folder, strlen(test->folder))] = unit;
		if (!test->words || (test->outcome != NULL) != ran)
			continue;
		before = (uint32_t)programs->words.count;
		number = intern_words(&programs->words, test->words);
		if (number == before)
			programs->units[number] = unit;
		else if (ran)
			fold_use(fold, unit, programs->units[number]);
	}
}

/* Whether the first of the words, which may be cut, is of the glob. */
static bool is_called(const char *words, size_t size, const char *glob)
{
	return glob && memchr(words, '\0', size) && !fnmatch(glob, words, 0);
}

static bool is_told(const char *words, size_t size, const char *word)
{
	for (size_t at = 0; at < size;) {
		size_t n = strnlen(words + at, size - at);

		if (n == strlen(word) && !memcmp(words + at, word, n))
			return true;
		at += n + 1;
	}
	return false;
}

static bool has_signs(const char *words, size_t size, char *const *signs)
{
	if (!memchr(words, '\0', size) ||
		(strcmp(words, *signs) != 0 && fnmatch(*signs, words, 0) != 0))
		return false;
	while (*++signs)
		if (!is_told(words, size, *signs))
			return false;
	return true;
}

/* By what only its program is told, wherever among other words. */
static uint32_t test_by_signs(struct fold *fold, const char *words, size_t size)
{
	const struct runner_tests *tests = fold->options->tests;

	for (size_t i = 0; i < tests->count; i++)
		if (tests->list[i].signs &&
			has_signs(words, size, tests->list[i].signs))
			return fold_tests_unit_of(fold, tests->list[i].id);
	return SCOPE_NONE;
}

/* The scope of a process that tests share, or SCOPE_NONE. */
static uint32_t shared_by(struct fold *fold, const struct wire_record *told)
{
	const struct runner_tests *tests = fold->options->tests;
	const char *words = told->text + told->head;
	size_t size = told->size - told->head;

	if (!is_called(words, size, tests->shared) ||
		is_told(words, size, tests->unshared))
		return SCOPE_NONE;
	return fold_shared_process(fold, words, size);
}

/* The test that an executed program is, or SCOPE_NONE. */
static uint32_t test_of(struct fold *fold, const struct programs *programs,
	const struct trace_image *image)
{
	const char *glob = fold->options->tests->programs;
	const struct wire_record *told;
	uint32_t number;

	if (!image->hello || image->hello->number >= programs->serials)
		return SCOPE_NONE;
	told = programs->told[image->hello->number];
	if (!told)
		return SCOPE_NONE;
	if (fold->options->tests->shared)
		return shared_by(fold, told);
	if (is_called(told->text + told->head, told->size - told->head, glob)) {
		number =
			intern_find(&programs->folders, told->text, told->head);
		return number == INTERN_NONE ? SCOPE_NONE
					     : programs->in_folders[number];
	}
	number = intern_find(&programs->words, told->text + told->head,
		told->size - told->head);
	return number == INTERN_NONE
		       ? test_by_signs(fold, told->text + told->head,
				 told->size - told->head)
		       : programs->units[number];
}

/* One that several programs ran for passed when each did. */
static void take_end(struct fold *fold, uint32_t unit, uint32_t image)
{
	struct recorded_scope *scope = &fold->recording.scopes[unit];
	int64_t took = trace_image_duration(fold->trace, image);

	fold->scopes.list[unit].ran = true;
	if (trace_image_status(fold->trace, image) != 0)
		scope->outcome = "failed";
	else if (!scope->outcome)
		scope->outcome = "passed";
	if (took >= 0)
		scope->duration =
			took + (scope->duration > 0 ? scope->duration : 0);
}

static void find_images(struct fold *fold, const struct programs *programs)
{
	const struct runner_tests *tests = fold->options->tests;
	const struct trace *trace = fold->trace;

	/* A parent's number is lower than its children's. */
	for (uint32_t number = 1; number <= trace->last_number; number++) {
		uint32_t i = trace->by_number[number], unit = SCOPE_NONE;

		if (i == IMAGE_NONE)
			continue;
		if (trace->images[i].parent != IMAGE_NONE)
			unit = fold->images[trace->images[i].parent].scope;
		if (unit == SCOPE_NONE) {
			unit = test_of(fold, programs, &trace->images[i]);
			if (unit != SCOPE_NONE && !tests->shared)
				programs->seen[unit] = true;
			if (unit != SCOPE_NONE && tests->by_status)
				take_end(fold, unit, i);
		}
		fold->images[i].scope = unit;
		/* All that is no test's is the runner's. */
		if (unit == SCOPE_NONE)
			fold->images[i].ready = 1;
	}
}

/* What was seen of them has to fit what the runner told. */
static void compare_told(struct fold *fold, const struct programs *programs)
{
	for (uint32_t i = 0; i < fold->scopes.count; i++) {
		if (fold->recording.scopes[i].kind != SCOPE_UNIT ||
			!programs->seen[i] || fold->scopes.list[i].ran)
			continue;
		fold->scopes.list[i].ran = true;
		fold->recording.scopes[i].outcome =
			fold->options->tests->untold;
		if (!fold->recording.scopes[i].outcome)
			fold_incomplete(fold, i,
				"its runner reported no result for it");
	}
}

static void fold_tests_take_program(struct fold *fold, const char *path)
{
	uint32_t node;

	if (*path != '/')
		return;
	node = path_tree_resolve(&fold->tree, path, strlen(path), true, NULL);
	intern(&fold->tests.programs, &node, sizeof(node));
}

/* The runner's processes that started tests, and what these look for. */
static void find_starters(struct fold *fold)
{
	const struct runner_tests *tests = fold->options->tests;
	const struct trace *trace = fold->trace;

	for (uint32_t i = 0; i < trace->image_count; i++) {
		uint32_t at = trace->images[i].parent;

		if (fold->images[i].scope == SCOPE_NONE)
			continue;
		for (; at != IMAGE_NONE && !fold->images[at].starter;
			at = trace->images[at].parent)
			fold->images[at].starter =
				fold->images[at].scope == SCOPE_NONE;
	}
	for (size_t i = 0; i < tests->count; i++) {
		if (tests->list[i].words)
			fold_tests_take_program(fold, tests->list[i].words[0]);
		for (char **file = tests->list[i].looked; file && *file; file++)
			fold_tests_take_program(fold, *file);
	}
}

/* A program that was to run and did not. */
static void compare_asked(
	struct fold *fold, uint32_t unit, const struct runner_test *test)
{
	if (!test->asked || test->builds_only || fold->scopes.list[unit].ran ||
		fold->options->told_to_end)
		return;
	if (test->may_lack || (fold->options->status && !test->unseen)) {
		fold->scopes.list[unit].selected &= !test->may_lack;
		return;
	}
	fold->scopes.list[unit].ran = true;
	if (fold->options->status == 0)
		fold_incomplete(fold, unit, "ftrace did not see its process");
	fold->recording.scopes[unit].outcome =
		fold->options->status == 0 ? "passed" : test->unseen;
}

static bool was_seen(struct programs *programs, const struct runner_test *test)
{
	uint32_t number;

	if (!test->words)
		return false;
	number = intern_words(&programs->words, test->words);
	return programs->seen[programs->units[number]];
}

/*
 * A test that the runner told of has a process. One without did not skip
 * itself; and what another one did passes for the runner's own.
 */
static void compare_seen(struct fold *fold, struct programs *programs)
{
	const struct runner_tests *tests = fold->options->tests;

	for (size_t i = 0; i < tests->count; i++) {
		const struct runner_test *test = &tests->list[i];
		uint32_t unit;

		if (tests->shared)
			continue;
		unit = fold_tests_unit_of(fold, test->id);
		if (tests->by_status) {
			compare_asked(fold, unit, test);
			continue;
		}
		if (!test->outcome || test->off || was_seen(programs, test))
			continue;
		if (!strcmp(test->outcome, "skipped"))
			fold->recording.scopes[unit].outcome = "failed";
		else if (strcmp(test->outcome, "failed") != 0)
			fold_incomplete(
				fold, unit, "ftrace did not see its process");
	}
}

static void mark_file(struct fold *fold, const char *file, size_t size)
{
	uint32_t scope = fold_scope(fold, SCOPE_COLLECT, file, size);

	fold->scopes.list[scope].completed = !fold->options->tests->chosen;
	fold->scopes.list[scope].told = true;
}

static void mark_collected(struct fold *fold)
{
	const struct runner_tests *tests = fold->options->tests;

	fold->runner.ready = fold->runner.collected = true;
	fold->runner.looked_otherwise |= tests->broken;
	if (tests->file)
		mark_file(fold, tests->file, strlen(tests->file));
	for (size_t i = 0; !tests->file && i < tests->count; i++) {
		const char *id = tests->list[i].id;

		if (tests->list[i].asked)
			mark_file(fold, id,
				adapter_file_size(fold->options->runner, id));
	}
}

void fold_tests(struct fold *fold)
{
	const struct runner_tests *tests = fold->options->tests;
	struct programs programs = {0};

	if (!tests)
		return;
	for (size_t i = 0; i < tests->count; i++)
		fold_tests_add_unit(fold, &tests->list[i]);
	find_words(fold, &programs);
	programs.units = xcalloc(tests->count + 1, sizeof(uint32_t));
	programs.in_folders = xcalloc(tests->count + 1, sizeof(uint32_t));
	find_programs(fold, &programs, true);
	find_programs(fold, &programs, false);
	programs.seen = xcalloc(fold->scopes.count, sizeof(bool));
	find_images(fold, &programs);
	find_starters(fold);
	compare_told(fold, &programs);
	compare_seen(fold, &programs);
	mark_collected(fold);
	interner_release(&programs.words);
	interner_release(&programs.folders);
	free(programs.units);
	free(programs.in_folders);
	free(programs.told);
	free(programs.seen);
}

/*
 * Where the runner looked it has listed all that there is; what is called after
 * other flags is of other commands.
 */
bool fold_tests_lack(
	const struct fold *fold, const char *runner, const char *id)
{
	const struct runner_tests *tests = fold->options->tests;
	size_t file = adapter_file_size(runner, id);

	if (!tests || !tests->searched_count || !tests->count ||
		strcmp(runner, fold->options->runner) != 0)
		return false;
	return !strcmp(runner_tests_flags(id),
		       runner_tests_flags(tests->list[0].id)) &&
	       fold_was_looked_for(fold, id, file);
}

bool fold_finds_program(const struct fold *fold, uint32_t image, uint32_t node)
{
	return fold->images[image].starter &&
	       intern_find(&fold->tests.programs, &node, sizeof(node)) !=
		       INTERN_NONE;
}
