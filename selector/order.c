/* SPDX-License-Identifier: MIT */
#include "selector/order.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "runners/adapter.h"

/* A file of tests, or what a runner has in its place. */
struct file {
	const char *name;
	size_t size;
	int64_t duration; /* of its units, microseconds */
	bool failed;      /* one of them did */
};

struct files {
	struct file *list;
	size_t count, room;
};

struct ranked {
	char *argument;
	struct file file;
	size_t place;
};

static struct file order_file_of(const char *runner, const char *id)
{
	size_t n = adapter_file_size(runner, id);

	return (struct file){.name = id, .size = n ? n : strlen(id)};
}

static int order_by_name(const void *a, const void *b)
{
	const struct file *x = a, *y = b;
	int order =
		memcmp(x->name, y->name, x->size < y->size ? x->size : y->size);

	return order ? order : (x->size > y->size) - (x->size < y->size);
}

static int by_rank(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	int order;

	if (x->file.failed != y->file.failed)
		return x->file.failed ? -1 : 1;
	if (x->file.duration != y->file.duration)
		return x->file.duration < y->file.duration ? -1 : 1;
	order = order_by_name(&x->file, &y->file);
	return order ? order : (x->place > y->place) - (x->place < y->place);
}

static bool order_has_failed(const struct affected_unit *unit)
{
	for (size_t i = 0; i < unit->reason_count; i++)
		if (unit->reasons[i].state == UNIT_RERUN &&
			!strcmp(unit->reasons[i].what, "failed"))
			return true;
	return false;
}

static void add_to(struct file *file, const struct file *more)
{
	file->duration += more->duration;
	file->failed |= more->failed;
}

/* Units come by their ids, in which most of a file's lie side by side. */
static void order_add_file(struct files *files, const struct file *file)
{
	struct file *last =
		files->count ? &files->list[files->count - 1] : NULL;

	if (last && order_by_name(last, file) == 0)
		add_to(last, file);
	else
		*(struct file *)array_add(&files->list, &files->count,
			&files->room, sizeof(*files->list)) = *file;
}

/* What is known of each file, by its name. */
static void find_files(struct files *files, const struct affected *affected,
	const struct query_units *units, const char *runner)
{
	size_t unique = 0;

	for (size_t i = 0; i < affected->count; i++) {
		struct file file = order_file_of(runner, affected->units[i].id);

		file.failed = order_has_failed(&affected->units[i]);
		if (!strcmp(affected->units[i].runner, runner))
			order_add_file(files, &file);
	}
	for (size_t i = 0; i < units->count; i++) {
		struct file file = order_file_of(runner, units->units[i].id);

		if (units->units[i].duration > 0)
			file.duration = units->units[i].duration;
		if (!strcmp(units->units[i].runner, runner))
			order_add_file(files, &file);
	}
	if (!files->count)
		return;
	qsort(files->list, files->count, sizeof(*files->list), order_by_name);
	for (size_t i = 1; i < files->count; i++) {
		if (order_by_name(&files->list[unique], &files->list[i]) == 0)
			add_to(&files->list[unique], &files->list[i]);
		else
			files->list[++unique] = files->list[i];
	}
	files->count = unique + 1;
}

void arguments_order(struct arguments *arguments,
	const struct affected *affected, const struct query_units *units,
	const char *runner)
{
	size_t count = arguments->count;
	struct ranked *list = xcalloc(count + 1, sizeof(*list));
	struct files files = {0};

	find_files(&files, affected, units, runner);
	for (size_t i = 0; i < count; i++) {
		struct file file = order_file_of(runner, arguments->list[i]);
		const struct file *known =
			files.count ? bsearch(&file, files.list, files.count,
					      sizeof(file), order_by_name)
				    : NULL;

		list[i] = (struct ranked){
			arguments->list[i], known ? *known : file, i};
	}
	if (count)
		qsort(list, count, sizeof(*list), by_rank);
	for (size_t i = 0; i < count; i++)
		arguments->list[i] = list[i].argument;
	free(files.list);
	free(list);
}
