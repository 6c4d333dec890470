/* SPDX-License-Identifier: MIT */
#include "selector/functions.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/read_file.h"
#include "git/git.h"
#include "languages/language.h"
#include "map/project.h"
#include "map/query.h"
#include "selector/test_files.h"
#include "wire/kind.h"

/* Between the name of a function and that of another one inside of it. */
#define INSIDE ".<locals>."

/* A file whose text may have changed. */
struct pair {
	char *path;
	const struct language *language;
	char *now;
	size_t now_size;
	const char *before; /* of git; NULL: there was nothing */
	size_t before_size;
	const struct source *old, *new; /* NULL: none */
	const char *problem;            /* why there is no new one */
};

struct comparison {
	struct functions *functions;
	struct changes *changes;
	struct map *map;
	struct err *err;
	struct test_files tests;
	struct pair *pairs;
	size_t count, room;
};

bool functions_recorded(const struct changes *changes)
{
	return changes->reader.tag != NULL;
}

static void add_unknown(
	struct functions *functions, const char *path, const char *text)
{
	struct unknown_source *unknown =
		array_add(&functions->unknown, &functions->unknown_count,
			&functions->unknown_room, sizeof(*unknown));

	unknown->path = xstrdup(path);
	unknown->text = xstrdup(text);
}

/* A pair with the file's text as it is now; NULL: there is none. */
static struct pair *selector_functions_add_pair(
	struct comparison *comparison, const char *path)
{
	char *absolute = project_file(comparison->changes->files.root, path);
	struct pair *pair = NULL;
	struct stat st;
	size_t size;
	char *now;

	/* What became a link, or went, is another file's matter. */
	if (lstat(absolute, &st) < 0 || !S_ISREG(st.st_mode) ||
		test_files_have(&comparison->tests, path))
		goto out;
	errno = 0;
	now = read_file(absolute, 0, &size);
	if (!now) {
		add_unknown(comparison->functions, path, strerror(errno));
		goto out;
	}
	pair = array_add(&comparison->pairs, &comparison->count,
		&comparison->room, sizeof(*pair));
	pair->path = xstrdup(path);
	pair->language = language_of(path, strlen(path));
	if (!pair->language)
		pair->language =
			language_of_tag(comparison->changes->reader.tag);
	pair->now = now;
	pair->now_size = size;
out:
	free(absolute);
	return pair;
}

static void drop_last_pair(struct comparison *comparison)
{
	struct pair *pair = &comparison->pairs[--comparison->count];

	free(pair->path);
	free(pair->now);
}

/* Those whose text is another than the one that a run loaded last. */
static void add_recorded(struct comparison *comparison)
{
	struct map_files *files = &comparison->changes->files;

	for (uint32_t i = 0; i < files->count; i++) {
		const struct map_file *file = &files->files[i];
		const struct source *old = NULL;
		struct print content;
		struct pair *pair;

		if (!file->loaded || file->loaded == file->source)
			continue;
		pair = selector_functions_add_pair(
			comparison, map_files_path(files, i));
		if (!pair)
			continue;
		/* Of a version that nobody knows all has changed. */
		if (file->loaded != LOADED_UNKNOWN)
			old = map_files_source(files, file->loaded,
				comparison->map, comparison->err);
		content = print_bytes(pair->now, pair->now_size, 0);
		if (old && print_equal(&content, &old->content))
			drop_last_pair(comparison);
		else
			pair->old = old;
	}
}

static bool has_functions(const char *path, void *data)
{
	const struct map_files *files = data;
	size_t n = strlen(path);
	uint32_t i = intern_find(&files->paths, path, n);

	return language_of(path, n) ||
	       (i != INTERN_NONE && files->files[i].coded &&
		       !code_is_settings(path));
}

static void add_differing(
	struct comparison *comparison, const struct git_files *differing)
{
	for (size_t i = 0; i < differing->count; i++) {
		const struct git_file *file = &differing->list[i];
		struct pair *pair =
			selector_functions_add_pair(comparison, file->path);

		if (!pair || !file->was)
			continue;
		pair->before = file->bytes;
		pair->before_size = file->size;
		if (pair->now_size == file->size &&
			!memcmp(pair->now, file->bytes, file->size))
			drop_last_pair(comparison);
	}
}

/* All texts at once: it is one question to the interpreter. */
static int take_apart(struct comparison *comparison)
{
	struct code_reader *reader = &comparison->changes->reader;
	struct code_text *texts =
		xcalloc(2 * comparison->count + 1, sizeof(*texts));
	size_t count = 0, k = 0;
	int code;

	for (size_t i = 0; i < comparison->count; i++) {
		const struct pair *pair = &comparison->pairs[i];

		texts[count++] = (struct code_text){
			pair->path, pair->now, pair->now_size, NULL};
		if (pair->before)
			texts[count++] = (struct code_text){pair->path,
				pair->before, pair->before_size, NULL};
	}
	code = code_read_texts(reader, texts, count, comparison->err);
	for (size_t i = 0; code == 0 && i < comparison->count; i++) {
		struct pair *pair = &comparison->pairs[i];

		pair->new = texts[k++].source;
		if (pair->before)
			pair->old = texts[k++].source;
		/* The reader's problem is that it cannot ask anybody. */
		pair->problem = pair->new ? pair->new->problem : reader->why;
	}
	free(texts);
	return code;
}

static bool differs(
	const struct source *old, const struct source_block *block, bool *fresh)
{
	const struct source_block *before =
		old && !old->problem
			? source_find_block(old, block->name, block->name_size)
			: NULL;

	*fresh = !before || before->on_load;
	return *fresh || !print_equal(&before->print, &block->print);
}

/* Where the own name begins in a qualified one. */
static size_t selector_functions_own_name(const struct source_block *block)
{
	size_t i = block->name_size, depth = 0;

	for (; i > 0 && (depth || block->name[i - 1] != '.'); i--)
		depth += (block->name[i - 1] == '>') -
			 (block->name[i - 1] == '<');
	return i;
}

/* Whether a function that it lies in has changed, and is named. */
static bool lies_in_changed(
	const struct pair *pair, const struct source_block *block)
{
	const size_t between = sizeof(INSIDE) - 1;
	const struct source_block *outer;
	bool fresh;

	for (size_t n = block->name_size; n > between; n--) {
		if (memcmp(block->name + n - between, INSIDE, between) != 0)
			continue;
		outer = source_find_block(pair->new, block->name, n - between);
		if (outer && !outer->on_load &&
			differs(pair->old, outer, &fresh))
			return true;
	}
	return false;
}

/*
 * What has no name of its own is told with the function around it. But for
 * lambdas, whose bodies are theirs alone, that one has changed whenever they
 * have.
 */
static bool selector_functions_is_named(
	const struct pair *pair, const struct source_block *block)
{
	size_t own = selector_functions_own_name(block),
	       n = block->name_size - own;

	switch (pair->language->naming(block->name + own, n)) {
	case LANGUAGE_NAMELESS:
		return false;
	case LANGUAGE_BODY_APART:
		return !lies_in_changed(pair, block);
	default:
		return true;
	}
}

/* The passage that all have run who entered a function of that name. */
static uint32_t selector_functions_frame(
	const struct map_files *files, const char *name, size_t size)
{
	char *frame = xasprintf(
		"%.*s%c", (int)size, name ? name : "", SOURCE_PASSAGE);
	uint32_t found = intern_find(&files->blocks, frame, size + 1);

	free(frame);
	return found;
}

/* Whether a unit reached a state of the file; name NULL: the whole file's. */
static int is_reached(struct comparison *comparison, const char *path,
	const char *name, size_t name_size, bool *reached)
{
	const struct map_files *files = &comparison->changes->files;
	enum aspect aspect = name ? ASPECT_CODE : ASPECT_CONTENT;
	uint32_t file = intern_find(&files->paths, path, strlen(path));
	uint32_t block =
		intern_find(&files->blocks, name ? name : "", name_size);
	uint32_t frame = selector_functions_frame(files, name, name_size);
	uint32_t s = file == INTERN_NONE ? FILE_NONE : files->files[file].state;
	int64_t *states = NULL;
	size_t count = 0, room = 0;
	int code = 0;

	*reached = false;
	for (; s != FILE_NONE; s = files->states[s].next)
		if (files->states[s].aspect == aspect &&
			(files->states[s].block == block ||
				(name && files->states[s].block == frame)))
			*(int64_t *)array_add(&states, &count, &room,
				sizeof(*states)) = files->states[s].id;
	if (count)
		code = query_reached(reached, comparison->map, states, count,
			KIND_BIT(ACCESS_READ), comparison->err);
	free(states);
	return code;
}

static int add_function(struct comparison *comparison, const struct pair *pair,
	const struct source_block *block, bool fresh)
{
	struct functions *functions = comparison->functions;
	struct changed_function *function = array_add(&functions->list,
		&functions->count, &functions->room, sizeof(*function));
	int code;

	function->path = xstrdup(pair->path);
	function->name = xmemdup(block->name, block->name_size);
	function->line = block->first;
	function->fresh = fresh;
	code = is_reached(comparison, pair->path, block->name, block->name_size,
		&function->reached);
	functions->reached += function->reached;
	return code;
}

static int selector_functions_compare(
	struct comparison *comparison, const struct pair *pair)
{
	struct functions *functions = comparison->functions;
	size_t first = functions->count;
	bool fresh, whole = false;
	int code = 0;

	if (pair->problem) {
		add_unknown(functions, pair->path, pair->problem);
		return 0;
	}
	for (size_t i = 0; code == 0 && i < pair->new->count; i++) {
		const struct source_block *block = &pair->new->blocks[i];

		if (!block->on_load && !source_is_passage(block) &&
			differs(pair->old, block, &fresh) &&
			selector_functions_is_named(pair, block))
			code = add_function(comparison, pair, block, fresh);
	}
	if (code == 0 && first < functions->count)
		code = is_reached(comparison, pair->path, NULL, 0, &whole);
	for (size_t i = first; i < functions->count; i++)
		functions->list[i].whole = whole && !functions->list[i].reached;
	return code;
}

static int selector_functions_by_place(const void *a, const void *b)
{
	const struct changed_function *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	if (!order)
		order = (x->line > y->line) - (x->line < y->line);
	return order ? order : strcmp(x->name, y->name);
}

static int selector_functions_by_path(const void *a, const void *b)
{
	const struct unknown_source *x = a, *y = b;

	return strcmp(x->path, y->path);
}

static int selector_functions_find(
	struct comparison *comparison, const struct git_files *differing)
{
	struct functions *functions = comparison->functions;
	int code = test_files_init(
		&comparison->tests, comparison->map, comparison->err);

	if (code == 0 && differing)
		add_differing(comparison, differing);
	else if (code == 0)
		add_recorded(comparison);
	if (code == 0)
		code = take_apart(comparison);
	for (size_t i = 0; code == 0 && i < comparison->count; i++)
		code = selector_functions_compare(
			comparison, &comparison->pairs[i]);
	if (functions->count)
		qsort(functions->list, functions->count,
			sizeof(*functions->list), selector_functions_by_place);
	if (functions->unknown_count)
		qsort(functions->unknown, functions->unknown_count,
			sizeof(*functions->unknown),
			selector_functions_by_path);
	while (comparison->count)
		drop_last_pair(comparison);
	free(comparison->pairs);
	test_files_release(&comparison->tests);
	return code;
}

int functions_find(struct functions *functions, struct changes *changes,
	struct map *map, const char *since, struct err *err)
{
	struct comparison comparison = {.functions = functions,
		.changes = changes,
		.map = map,
		.err = err};
	struct git_files differing = {0};
	int code = 0;

	memset(functions, 0, sizeof(*functions));
	if (!functions_recorded(changes))
		return err_set(err, -ENOENT,
			"the map does not know which functions tests enter; "
			"record again, with a runner that tells them");
	if (since)
		code = git_changed_since(&differing, map->root, since,
			has_functions, &changes->files, err);
	if (code == 0)
		code = map_enter(map, err);
	if (code == 0) {
		code = selector_functions_find(
			&comparison, since ? &differing : NULL);
		if (code == 0)
			changes_write_back(changes, map);
		map_leave(map, NULL);
	}
	git_files_release(&differing);
	return code;
}

void functions_release(struct functions *functions)
{
	for (size_t i = 0; i < functions->count; i++) {
		free(functions->list[i].path);
		free(functions->list[i].name);
	}
	for (size_t i = 0; i < functions->unknown_count; i++) {
		free(functions->unknown[i].path);
		free(functions->unknown[i].text);
	}
	free(functions->list);
	free(functions->unknown);
	memset(functions, 0, sizeof(*functions));
}

bool functions_suffice(const struct functions *functions, uint64_t billionths)
{
	uint64_t all = functions->count + functions->unknown_count;

	return (uint64_t)functions->reached * 1000000000 >= all * billionths;
}
