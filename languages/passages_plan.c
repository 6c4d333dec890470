/* SPDX-License-Identifier: MIT */
#include "languages/passages_plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/put_file.h"
#include "base/read_file.h"
#include "languages/passages.h"
#include "map/project.h"
#include "map/source.h"

#define FORMAT "1"
/* Of a block, behind its name. */
#define MORE_FRAMES 5

static void passages_file_release(struct passages_file *file)
{
	free(file->path);
	free(file->names);
	free(file->packed);
	free(file->blocks);
	free(file->functions);
	frames_release(&file->text);
	memset(file, 0, sizeof(*file));
}

void passages_plan_release(struct passages_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		passages_file_release(&plan->files[i]);
	free(plan->files);
	free(plan->tag);
	memset(plan, 0, sizeof(*plan));
}

/* Blocks of one function stand together. */
static void add_planned(
	struct passages_file *file, const struct frame *name, size_t room[2])
{
	size_t n = source_function_size(name->bytes, name->size);
	struct passages_function *last =
		file->function_count
			? &file->functions[file->function_count - 1]
			: NULL;

	*(struct frame *)array_add(&file->blocks, &file->block_count, &room[0],
		sizeof(*name)) = *name;
	if (last && last->size == n && !memcmp(last->name, name->bytes, n)) {
		last->count++;
		return;
	}
	last = array_add(&file->functions, &file->function_count, &room[1],
		sizeof(*last));
	*last = (struct passages_function){
		name->bytes, n, (uint32_t)file->block_count - 1, 1};
}

static void passages_index(struct passages_file *file)
{
	struct frames_reader reader = {
		file->text.bytes, file->text.bytes + file->text.size};
	size_t room[2] = {0, 0};
	struct frame name, frame;

	while (reader.at < reader.end && frames_next(&reader, &name, NULL)) {
		for (int i = 0; i < MORE_FRAMES; i++)
			if (!frames_next(&reader, &frame, NULL))
				return;
		add_planned(file, &name, room);
	}
}

static bool next_text(struct frames_reader *reader, char **text, size_t *size)
{
	struct frame frame;

	if (!frames_next(reader, &frame, NULL))
		return false;
	*text = xmemdup(frame.bytes, frame.size);
	if (size)
		*size = frame.size;
	return true;
}

static bool next_planned(
	struct frames_reader *reader, struct passages_file *file)
{
	struct frame content;
	char *text = NULL;
	size_t size = 0;

	if (!next_text(reader, &file->path, NULL) ||
		!next_text(reader, &file->names, NULL) ||
		!frames_next(reader, &content, NULL) ||
		content.size != sizeof(file->content.bytes) ||
		!next_text(reader, &file->packed, &file->packed_size) ||
		!next_text(reader, &text, &size))
		return false;
	memcpy(file->content.bytes, content.bytes, content.size);
	file->text = (struct frames){text, size, size};
	passages_index(file);
	return true;
}

static char *passages_path(const char *root)
{
	return xasprintf("%s/" MAP_DIRECTORY "/" PASSAGES_NAME, root);
}

void passages_plan_load(struct passages_plan *plan, const char *root)
{
	char *path = passages_path(root), *text;
	struct frames_reader reader;
	struct frame format;
	size_t size;

	memset(plan, 0, sizeof(*plan));
	text = read_file(path, 0, &size);
	free(path);
	if (!text)
		return;
	reader = (struct frames_reader){text, text + size};
	if (frames_next(&reader, &format, NULL) && format.size == 1 &&
		*format.bytes == *FORMAT)
		next_text(&reader, &plan->tag, NULL);
	while (plan->tag && reader.at < reader.end) {
		struct passages_file *file = array_add(&plan->files,
			&plan->count, &plan->room, sizeof(*file));

		if (!next_planned(&reader, file)) {
			passages_file_release(file);
			plan->count--;
			break;
		}
	}
	free(text);
}

int passages_plan_save(
	const struct passages_plan *plan, const char *root, struct err *err)
{
	struct frames text = {0};
	char *path = passages_path(root);
	int code;

	frames_add_text(&text, FORMAT);
	frames_add_text(&text, plan->tag);
	for (size_t i = 0; i < plan->count; i++) {
		const struct passages_file *file = &plan->files[i];

		frames_add_text(&text, file->path);
		frames_add_text(&text, file->names);
		frames_add(&text, file->content.bytes,
			sizeof(file->content.bytes));
		frames_add(&text, file->packed, file->packed_size);
		frames_add(&text, file->text.bytes, file->text.size);
	}
	code = put_file_bytes(path, text.bytes, text.size, err);
	frames_release(&text);
	free(path);
	return code;
}

void passages_plan_add(
	struct passages_plan *plan, const char *path, const char *names)
{
	struct passages_file *file = array_add(
		&plan->files, &plan->count, &plan->room, sizeof(*file));

	file->path = xstrdup(path);
	file->names = xstrdup(names);
}

bool passages_plan_take_over(
	struct passages_plan *plan, struct passages_plan *before)
{
	bool same = before->tag && !strcmp(before->tag, plan->tag) &&
		    before->count == plan->count;

	for (size_t i = 0; i < plan->count; i++) {
		struct passages_file *file = &plan->files[i], old;
		size_t k = 0;

		while (k < before->count &&
			(strcmp(before->files[k].path, file->path) != 0 ||
				strcmp(before->files[k].names, file->names) !=
					0))
			k++;
		same = same && k < before->count;
		if (k == before->count || strcmp(before->tag, plan->tag) != 0)
			continue;
		old = *file;
		*file = before->files[k];
		before->files[k] = old;
	}
	return same;
}

const struct passages_function *passages_plan_function(
	const struct passages_file *file, const char *name, size_t size)
{
	for (size_t i = 0; i < file->function_count; i++)
		if (file->functions[i].size == size &&
			!memcmp(file->functions[i].name, name, size))
			return &file->functions[i];
	return NULL;
}

/* What it had of another content is of no use. */
static void renew(struct passages_file *file, const struct print *content,
	struct passages_job *job)
{
	free(file->packed);
	free(file->blocks);
	free(file->functions);
	frames_release(&file->text);
	file->blocks = NULL;
	file->functions = NULL;
	file->block_count = file->function_count = 0;
	file->content = *content;
	file->packed = job->packed;
	file->packed_size = job->packed_size;
	file->text = job->blocks;
	passages_index(file);
}

struct changed_texts {
	struct passages_job *jobs;
	struct print *contents;
	size_t *files;
	size_t count;
};

static void find_changed(struct changed_texts *changed,
	struct passages_plan *plan, const char *root)
{
	for (size_t i = 0; i < plan->count; i++) {
		struct passages_file *file = &plan->files[i];
		char *path = project_file(root, file->path);
		struct print content = print_absent;
		size_t size = 0;
		char *text = read_file(path, 0, &size);

		free(path);
		if (text)
			content = print_bytes(text, size, false);
		if (text && print_equal(&content, &file->content)) {
			free(text);
			continue;
		}
		changed->jobs[changed->count] = (struct passages_job){
			.path = file->path,
			.content = text ? text : xstrdup(""),
			.size = size,
			.names = file->names};
		changed->contents[changed->count] = content;
		changed->files[changed->count++] = i;
	}
}

/* Takes the changed files apart, with the interpreter that the map names. */
static int passages_renew(struct passages_plan *plan, const char *root,
	struct changed_texts *changed, struct err *err)
{
	struct map_files none = {0};
	struct code_reader reader;
	struct map map;
	int code = map_open(&map, root, MAP_QUERY, err);

	if (code < 0)
		return code;
	code = code_reader_init(&reader, &none, &map, err);
	if (code == 0 && (!reader.tag || strcmp(reader.tag, plan->tag) != 0))
		code = -1;
	if (code == 0)
		code = passages_ask(&reader, changed->jobs, changed->count, err);
	for (size_t i = 0; code == 0 && i < changed->count; i++)
		renew(&plan->files[changed->files[i]], &changed->contents[i],
			&changed->jobs[i]);
	code_reader_release(&reader);
	map_close(&map);
	return code;
}

/* For the processes: paths, and what they need to know of each. */
static int put_packed(const struct passages_plan *plan, const char *root,
	const char *session, struct err *err)
{
	char *path = xasprintf("%s/" PASSAGES_NAME, session);
	struct frames text = {0};
	int code;

	for (size_t i = 0; i < plan->count; i++) {
		const struct passages_file *file = &plan->files[i];
		char *absolute = project_file(root, file->path);

		if (file->packed_size) {
			frames_add_text(&text, absolute);
			frames_add(&text, file->packed, file->packed_size);
		}
		free(absolute);
	}
	code = put_file_bytes(
		path, text.bytes ? text.bytes : "", text.size, err);
	frames_release(&text);
	free(path);
	return code;
}

void passages_plan_prepare(
	struct passages_plan *plan, const char *root, const char *session)
{
	struct changed_texts changed = {0};
	const char *asked = getenv(PASSAGES_VARIABLE);
	struct err err;
	int code = 0;

	memset(plan, 0, sizeof(*plan));
	if (asked && !strcmp(asked, "off"))
		return;
	passages_plan_load(plan, root);
	if (!plan->count)
		return;
	changed.jobs = xcalloc(plan->count, sizeof(*changed.jobs));
	changed.contents = xcalloc(plan->count, sizeof(*changed.contents));
	changed.files = xcalloc(plan->count, sizeof(*changed.files));
	find_changed(&changed, plan, root);
	if (changed.count) {
		code = passages_renew(plan, root, &changed, &err);
		if (code == 0)
			passages_plan_save(plan, root, &err);
	}
	for (size_t i = 0; i < changed.count; i++)
		free((char *)changed.jobs[i].content);
	free(changed.jobs);
	free(changed.contents);
	free(changed.files);
	if (code < 0 || put_packed(plan, root, session, &err) < 0)
		passages_plan_release(plan);
}
