/* SPDX-License-Identifier: MIT */
#include "languages/passages.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "languages/helper.h"

/* Name, kind, print, first line, last line, mentions. */
#define BLOCK_FRAMES 6

bool passages_are_read(const struct map_files *files, uint32_t file)
{
	for (uint32_t s = files->files[file].state; s != FILE_NONE;
		s = files->states[s].next) {
		const struct interned *block =
			&files->blocks.entries[files->states[s].block];

		if (files->states[s].aspect == ASPECT_CODE &&
			source_function_size(block->bytes, block->size) <
				block->size)
			return true;
	}
	return false;
}

void passages_job_release(struct passages_job *job)
{
	frames_release(&job->blocks);
	free(job->packed);
	job->packed = NULL;
}

static int take_job(
	struct helper *helper, struct passages_job *job, struct err *err)
{
	struct frame frame;
	uint32_t count = 0;
	int code = helper_next(helper, &frame, err);

	if (code < 0 || frame.size != 2 || memcmp(frame.bytes, "ok", 2) != 0)
		return code;
	code = helper_next(helper, &frame, err);
	if (code == 0) {
		job->packed = xmemdup(frame.bytes, frame.size);
		job->packed_size = frame.size;
		code = helper_next_number(helper, &count, err);
	}
	for (uint32_t i = 0; code == 0 && i < count * BLOCK_FRAMES; i++) {
		code = helper_next(helper, &frame, err);
		if (code == 0)
			frames_add(&job->blocks, frame.bytes, frame.size);
	}
	return code;
}

int passages_ask(struct code_reader *reader, struct passages_job *jobs,
	size_t count, struct err *err)
{
	struct helper *helper = code_helper(reader, err);
	struct frames request = {0};
	int code;

	if (!helper)
		return -ENOENT;
	frames_add_text(&request, "passages");
	frames_add_number(&request, count);
	for (size_t i = 0; i < count; i++) {
		frames_add_text(&request, jobs[i].path);
		frames_add(&request, jobs[i].content, jobs[i].size);
		frames_add_text(&request, jobs[i].names);
	}
	code = helper_send(helper, &request, err);
	frames_release(&request);
	for (size_t i = 0; code == 0 && i < count; i++)
		code = take_job(helper, &jobs[i], err);
	return code;
}

/* Whether a function is just what it was, and its passages are known. */
static bool passages_keep(struct frames *kept, const struct source_block *now,
	const struct source *past)
{
	const struct source_block *then =
		past ? source_find_block(past, now->name, now->name_size)
		     : NULL;
	const struct source_block *block;

	if (!then || !print_equal(&then->print, &now->print))
		return false;
	block = source_find_frame(past, now->name, now->name_size);
	/* They are sorted by name. */
	for (; block && block < past->blocks + past->count &&
		source_function_size(block->name, block->name_size) ==
			now->name_size &&
		block->name_size > now->name_size &&
		!memcmp(block->name, now->name, now->name_size);
		block++) {
		frames_add(kept, block->name, block->name_size);
		frames_add(kept, "f", 1);
		frames_add(kept, block->print.bytes,
			sizeof(block->print.bytes));
		frames_add_number(kept, block->first - then->first + now->first);
		frames_add_number(kept, block->last - then->first + now->first);
		frames_add(kept, "", 0);
	}
	return source_find_frame(past, now->name, now->name_size);
}

/* The functions of whose passages the file has states, a line each. */
static char *passages_wanted(const struct map_files *files, uint32_t file,
	const struct source *source, const struct source *past,
	struct frames *kept)
{
	struct interner seen = {0};
	char *names = xstrdup("");

	for (uint32_t s = files->files[file].state; s != FILE_NONE;
		s = files->states[s].next) {
		const struct interned *block =
			&files->blocks.entries[files->states[s].block];
		size_t n = source_function_size(block->bytes, block->size);
		const struct source_block *now;
		char *more;

		if (files->states[s].aspect != ASPECT_CODE ||
			n == block->size ||
			intern_find(&seen, block->bytes, n) != INTERN_NONE)
			continue;
		intern(&seen, block->bytes, n);
		if (source_find_frame(source, block->bytes, n))
			continue;
		now = source_find_block(source, block->bytes, n);
		if (!now || passages_keep(kept, now, past))
			continue;
		more = xasprintf("%s%.*s\n", names, (int)n, block->bytes);
		free(names);
		names = more;
	}
	interner_release(&seen);
	return names;
}

void passages_complete(struct code_reader *reader, uint32_t file,
	struct source *source, const struct source *past, const char *content,
	size_t size)
{
	struct passages_job job = {.content = content, .size = size};
	struct frames kept = {0};
	struct err err;
	char *names = passages_wanted(reader->files, file, source, past, &kept);

	job.path = map_files_path(reader->files, file);
	job.names = names;
	if (kept.size)
		source_set_passages(source, kept.bytes, kept.size);
	/* Of what nobody can tell no state stands. */
	if (*names && passages_ask(reader, &job, 1, &err) == 0 &&
		job.blocks.size)
		source_set_passages(source, job.blocks.bytes, job.blocks.size);
	passages_job_release(&job);
	frames_release(&kept);
	free(names);
}
