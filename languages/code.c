/* SPDX-License-Identifier: MIT */
#include "languages/code.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/read_file.h"
#include "languages/helper.h"
#include "languages/interpreter.h"
#include "languages/language.h"
#include "languages/passages.h"

/* Name, kind, print, first line, last line, mentions. */
#define BLOCK_FRAMES 6

/* A text that no source in the map stands for yet. */
struct text_job {
	const char *path;
	struct source *source; /* to be filled */
	const char *content;
	size_t size;
	char *own;                 /* the content, when nobody else keeps it */
	const struct source *past; /* the file's last one, or NULL */
};

struct text_jobs {
	struct text_job *list;
	size_t count, room;
	/* Whoever was given a source that is to be filled. */
	struct code_text *texts;
	size_t text_count;
};

int code_reader_init(struct code_reader *reader, struct map_files *files,
	struct map *map, struct err *err)
{
	memset(reader, 0, sizeof(*reader));
	reader->files = files;
	reader->map = map;
	return source_interpreter(map, &reader->tag, err);
}

void code_reader_set_interpreter(
	struct code_reader *reader, const char *tag, const char *path)
{
	if (!reader->tag || strcmp(reader->tag, tag) != 0)
		return;
	free(reader->interpreter);
	reader->interpreter = xstrdup(path);
}

void code_reader_release(struct code_reader *reader)
{
	if (reader->helper)
		helper_close(reader->helper);
	if (reader->dismissed)
		helper_close(reader->dismissed);
	free(reader->helper);
	free(reader->dismissed);
	free(reader->tag);
	free(reader->interpreter);
	memset(reader, 0, sizeof(*reader));
}

bool code_is_settings(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot && (!strcmp(dot, ".cfg") || !strcmp(dot, ".ini") ||
			      !strcmp(dot, ".toml"));
}

/* Equal texts of another kind are taken apart otherwise. */
static struct print languages_code_print_text(
	const char *path, const char *text, size_t size)
{
	return print_bytes(text, size, code_is_settings(path));
}

static void note_problem(
	struct code_reader *reader, const char *path, const char *what)
{
	if (!reader->problems++)
		snprintf(reader->problem, sizeof(reader->problem), "%s: %s",
			path, what);
}

/* A source of this content that was met already, here or in the map. */
static struct source *known_source(struct code_reader *reader,
	const struct print *content, struct err *err)
{
	struct map_files *files = reader->files;
	struct source *source;

	for (size_t i = 0; i < files->source_count; i++)
		if (print_equal(&files->sources[i]->content, content) &&
			!strcmp(files->sources[i]->tag, reader->tag))
			return files->sources[i];
	source = source_by_content(reader->map, content, reader->tag, err);
	if (source)
		map_files_own(files, source);
	return source;
}

static struct source *add_job(struct text_jobs *jobs,
	struct code_reader *reader, const char *path,
	const struct print *content, const char *text, size_t size)
{
	struct text_job *job =
		array_add(&jobs->list, &jobs->count, &jobs->room, sizeof(*job));

	job->path = path;
	job->content = text;
	job->size = size;
	job->source = xcalloc(1, sizeof(*job->source));
	job->source->content = *content;
	job->source->tag = xstrdup(reader->tag);
	map_files_own(reader->files, job->source);
	return job->source;
}

/* Whether the file's whole content matters, too, and has been read for it. */
static bool has_content(const struct map_files *files, uint32_t file)
{
	uint32_t s = files->files[file].state;

	while (s != FILE_NONE && files->states[s].aspect != ASPECT_CONTENT)
		s = files->states[s].next;
	return s != FILE_NONE;
}

/* What is known of the file's text before, by the same interpreter. */
static const struct source *past_of(
	struct code_reader *reader, uint32_t file, struct err *err)
{
	const struct source *past =
		map_file_source(reader->files, file, reader->map, err);

	return past && !past->problem && !strcmp(past->tag, reader->tag) ? past
									 : NULL;
}

/* The source of one file, or a job to have it made. */
static void languages_code_look_up(struct code_reader *reader, uint32_t file,
	struct text_jobs *jobs, struct err *err)
{
	char *path = map_files_absolute(reader->files, file);
	const char *stored = map_files_path(reader->files, file);
	const struct source *past;
	struct source *source;
	struct print content;
	size_t size;
	char *text;

	text = reader->tag ? read_file(path, 0, &size) : NULL;
	free(path);
	reader->files->hashed += text && !has_content(reader->files, file);
	if (!text) {
		if (!reader->tag)
			note_problem(reader, stored,
				"no recorded run told which interpreter can "
				"read it");
		else if (reader->files->files[file].identity.mode)
			note_problem(reader, stored, strerror(errno));
		map_file_set_source(reader->files, file, NULL);
		return;
	}
	content = languages_code_print_text(stored, text, size);
	source = known_source(reader, &content, err);
	if (source) {
		if (source->problem)
			note_problem(reader, stored, source->problem);
		free(text);
	} else {
		past = past_of(reader, file, err);
		source = add_job(jobs, reader, stored, &content, text, size);
		jobs->list[jobs->count - 1].past = past;
		jobs->list[jobs->count - 1].own = text;
	}
	map_file_set_source(reader->files, file, source);
}

static void add_block(struct frames *blocks, const struct source_block *block,
	uint32_t first, uint32_t last)
{
	frames_add(blocks, block->name, block->name_size);
	frames_add(blocks, block->on_load ? "c" : "f", 1);
	frames_add(blocks, block->print.bytes, sizeof(block->print.bytes));
	frames_add_number(blocks, first);
	frames_add_number(blocks, last);
	frames_add(blocks, block->mentions, block->mentions_size);
}

/* Whether a block lies in the function or class of another one. */
static bool lies_in(
	const struct source_block *block, const struct source_block *outer)
{
	const char *between = outer->on_load ? "." : ".<locals>.";
	size_t n = outer->name_size;

	return block->name_size > n + strlen(between) &&
	       !memcmp(block->name, outer->name, n) &&
	       !memcmp(block->name + n, between, strlen(between));
}

/* A function or class with all in it, as it was, if in other lines. */
static int take_unchanged(struct code_reader *reader, const struct source *past,
	const struct source_block *known, struct frames *blocks,
	struct err *err)
{
	const struct source_block *block = known;
	struct frame frame;
	uint32_t first = 0;
	int code = helper_next(reader->helper, &frame, err);

	if (code == 0)
		code = helper_next_number(reader->helper, &first, err);
	for (int k = 0; code == 0 && k < 2; k++)
		code = helper_next(reader->helper, &frame, err);
	if (code == 0 && !known)
		code = helper_is_other(reader->helper, err);
	/* They are sorted by name: those in it are the next ones. */
	while (code == 0 && block < past->blocks + past->count &&
		(block == known || source_is_passage(block) ||
			lies_in(block, known))) {
		if (!source_is_passage(block))
			add_block(blocks, block,
				block->first - known->first + first,
				block->last - known->first + first);
		block++;
	}
	return code;
}

/*
 * A block as the helper tells it; "=" is one that is as it was, and mentions
 * "=" what its past self did.
 */
static int take_block(struct code_reader *reader, const struct source *past,
	struct frames *blocks, struct err *err)
{
	const struct source_block *known = NULL;
	struct frame frame;
	size_t begin = blocks->size;
	int code = 0;

	for (int k = 0; code == 0 && k < BLOCK_FRAMES; k++) {
		code = helper_next(reader->helper, &frame, err);
		if (code < 0)
			break;
		if (k == 0 && past)
			known = source_find_block(
				past, frame.bytes, frame.size);
		if (k == 1 && frame.size == 1 && *frame.bytes == '=') {
			blocks->size = begin;
			return take_unchanged(reader, past, known, blocks, err);
		}
		if (k == BLOCK_FRAMES - 1 && known && frame.size == 1 &&
			*frame.bytes == '=') {
			frame.bytes = known->mentions;
			frame.size = known->mentions_size;
		}
		frames_add(blocks, frame.bytes, frame.size);
	}
	return code;
}

static int take_blocks(
	struct code_reader *reader, struct text_job *job, struct err *err)
{
	struct source *source = job->source;
	struct frames blocks = {0};
	uint32_t count = 0;
	int code = helper_next_number(reader->helper, &count, err);

	for (uint32_t i = 0; code == 0 && i < count; i++)
		code = take_block(reader, job->past, &blocks, err);
	if (code == 0 && !source_set_blocks(source, blocks.bytes, blocks.size))
		code = helper_is_other(reader->helper, err);
	frames_release(&blocks);
	return code;
}

static int take_source(
	struct code_reader *reader, struct text_job *job, struct err *err)
{
	struct source *source = job->source;
	struct frame frame;
	int code = helper_next(reader->helper, &frame, err);

	if (code < 0)
		return code;
	if (frame.size != 2 || memcmp(frame.bytes, "ok", 2) != 0) {
		source->problem = xmemdup(frame.bytes, frame.size);
		note_problem(reader, job->path, source->problem);
		return 0;
	}
	code = helper_next(reader->helper, &frame, err);
	if (code == 0 && frame.size == sizeof(source->skeleton.bytes))
		memcpy(source->skeleton.bytes, frame.bytes, frame.size);
	if (code == 0)
		code = helper_next(reader->helper, &frame, err);
	if (code == 0) {
		/* Only what loading does is in it: that is as it was. */
		if (!frame.size && job->past) {
			frame.bytes = job->past->outline;
			frame.size = job->past->outline_size;
		}
		source->outline = xmemdup(frame.bytes, frame.size);
		source->outline_size = frame.size;
		code = helper_next(reader->helper, &frame, err);
	}
	if (code == 0) {
		source->bodies = xmemdup(frame.bytes, frame.size);
		source->bodies_size = frame.size;
		code = take_blocks(reader, job, err);
	}
	return code;
}

static void no_helper(struct code_reader *reader, const char *why)
{
	if (reader->helper)
		helper_close(reader->helper);
	free(reader->helper);
	reader->helper = NULL;
	if (!reader->failed)
		snprintf(reader->why, sizeof(reader->why), "%s", why);
	reader->failed = true;
}

/* A tag without the rules behind it; to be freed. */
static char *languages_code_bare_tag(const char *tag)
{
	return xasprintf("%.*s", (int)strcspn(tag, "+"), tag);
}

void code_remember_interpreter(const char *tag, const char *path)
{
	char *bare = languages_code_bare_tag(tag);

	interpreter_remember(bare, path);
	free(bare);
}

static char *languages_code_find_interpreter(const char *tag, struct err *err)
{
	char *bare, *found;

	if (!tag) {
		err_set(err, -ENOENT, "no run has named an interpreter");
		return NULL;
	}
	bare = languages_code_bare_tag(tag);
	found = interpreter_find(language_of_tag(tag), bare, err);
	free(bare);
	return found;
}

struct helper *code_helper(struct code_reader *reader, struct err *err)
{
	struct err why = {""};
	char *cache;
	int code;

	if (reader->helper || reader->failed)
		return reader->helper;
	if (!reader->interpreter)
		reader->interpreter =
			languages_code_find_interpreter(reader->tag, &why);
	if (!reader->interpreter) {
		err_set(err, -ENOENT, "%s", why.text);
		no_helper(reader, why.text);
		return NULL;
	}
	reader->helper = xcalloc(1, sizeof(*reader->helper));
	cache = xasprintf("%s/" MAP_DIRECTORY "/pycache", reader->map->root);
	code = helper_open(reader->helper, language_of_tag(reader->tag),
		reader->interpreter, cache, &why);
	free(cache);
	if (code < 0) {
		err_set(err, -ENOENT, "%s", why.text);
		no_helper(reader, why.text);
	}
	return reader->helper;
}

void code_helper_dismiss(struct code_reader *reader)
{
	if (!reader->helper || reader->dismissed)
		return;
	helper_dismiss(reader->helper);
	reader->dismissed = reader->helper;
	reader->helper = NULL;
}

/* What of a source need not be found again. */
static void add_past(struct frames *request, const struct source *past)
{
	size_t size = 0, count = past ? past->count : 0;
	char *known;

	frames_add(request, past ? past->skeleton.bytes : (const void *)"",
		past ? sizeof(past->skeleton.bytes) : 0);
	for (size_t i = 0; i < count; i++)
		size += sizeof(struct print) + past->blocks[i].name_size + 1;
	known = xcalloc(size + 1, 1);
	size = 0;
	for (size_t i = 0; i < count; i++) {
		const struct source_block *block = &past->blocks[i];

		memcpy(known + size, block->print.bytes, sizeof(struct print));
		size += sizeof(struct print);
		memcpy(known + size, block->name, block->name_size);
		size += block->name_size;
		known[size++] = '\n';
	}
	frames_add(request, known, size);
	frames_add(request, past ? past->outline : "",
		past ? past->outline_size : 0);
	frames_add(request, past ? past->bodies : "",
		past ? past->bodies_size : 0);
	free(known);
}

/*
 * While the helper works: the sources of all files, which narrowing needs
 * when the answer is that what loading a file does has changed.
 */
static void load_sources(struct code_reader *reader)
{
	struct map_files *files = reader->files;

	for (uint32_t i = 0;
		i < files->count && !helper_answers(reader->helper); i++)
		if (files->files[i].coded)
			map_file_source(files, i, reader->map, NULL);
}

static int analyse(struct code_reader *reader, struct text_jobs *jobs,
	size_t *done, struct err *err)
{
	struct frames request = {0};
	int code;

	if (!code_helper(reader, err))
		return -ENOENT;
	frames_add_text(&request, "analyse-known");
	frames_add_number(&request, jobs->count);
	for (size_t i = 0; i < jobs->count; i++) {
		const struct text_job *job = &jobs->list[i];

		frames_add_text(&request, job->path);
		frames_add(&request, job->content, job->size);
		add_past(&request, job->past);
	}
	code = helper_send(reader->helper, &request, err);
	frames_release(&request);
	if (code == 0 && reader->question)
		load_sources(reader);
	for (; code == 0 && *done < jobs->count; ++*done)
		code = take_source(reader, &jobs->list[*done], err);
	return code;
}

/* A source that nobody can take apart today is not kept for tomorrow. */
static void give_up(struct code_reader *reader, const struct text_jobs *jobs,
	const struct text_job *job, const char *why)
{
	struct map_files *files = reader->files;

	note_problem(reader, job->path, why);
	for (size_t i = 0; i < jobs->text_count; i++)
		if (jobs->texts[i].source == job->source)
			jobs->texts[i].source = NULL;
	for (uint32_t i = 0; i < files->count; i++)
		if (files->files[i].code == job->source) {
			map_file_set_source(files, i, NULL);
			map_file_look_again(files, i);
		}
	for (size_t i = 0; i < files->source_count; i++)
		if (files->sources[i] == job->source)
			files->sources[i] =
				files->sources[--files->source_count];
	source_release(job->source);
	free(job->source);
}

static void do_jobs(struct code_reader *reader, struct text_jobs *jobs)
{
	struct err why = {""};
	size_t done = 0;

	if (analyse(reader, jobs, &done, &why) < 0)
		no_helper(reader, why.text);
	reader->analysed += (unsigned)done;
	for (size_t i = 0; i < jobs->count; i++) {
		free(jobs->list[i].own);
		if (i >= done)
			give_up(reader, jobs, &jobs->list[i], reader->why);
	}
	free(jobs->list);
}

/* The file's text has the source: what states of it ask for besides. */
static void languages_code_complete(struct code_reader *reader, uint32_t file,
	struct source *source, const struct source *past)
{
	char *path = map_files_absolute(reader->files, file);
	struct print content;
	size_t size;
	char *text = read_file(path, 0, &size);

	free(path);
	if (!text)
		return;
	content = languages_code_print_text(
		map_files_path(reader->files, file), text, size);
	if (print_equal(&content, &source->content))
		passages_complete(reader, file, source, past, text, size);
	free(text);
}

int code_read_texts(struct code_reader *reader, struct code_text *texts,
	size_t count, struct err *err)
{
	struct text_jobs jobs = {.texts = texts, .text_count = count};

	for (size_t i = 0; i < count; i++) {
		struct code_text *text = &texts[i];
		struct print content = languages_code_print_text(
			text->path, text->bytes, text->size);

		if (!reader->tag)
			return err_set(err, -ENOENT,
				"no recorded run told which interpreter can "
				"read sources");
		text->source = known_source(reader, &content, err);
		if (!text->source)
			text->source = add_job(&jobs, reader, text->path,
				&content, text->bytes, text->size);
	}
	if (jobs.count)
		do_jobs(reader, &jobs);
	return 0;
}

int code_read(struct code_reader *reader, const uint32_t *list, size_t count,
	struct err *err)
{
	struct map_files *files = reader->files;
	struct text_jobs jobs = {0};
	const struct source **pasts = xcalloc(count + 1, sizeof(*pasts));
	bool *reads = xcalloc(count + 1, sizeof(*reads));

	for (size_t i = 0; i < count; i++) {
		reads[i] = passages_are_read(files, list[i]);
		if (reads[i])
			pasts[i] = past_of(reader, list[i], err);
		languages_code_look_up(reader, list[i], &jobs, err);
	}
	if (jobs.count)
		do_jobs(reader, &jobs);
	/* Now that they have prints, what the files' states are worth. */
	for (size_t i = 0; i < count; i++) {
		struct source *source = files->files[list[i]].code;

		if (source && reads[i] && !source->problem)
			languages_code_complete(
				reader, list[i], source, pasts[i]);
		if (source && (jobs.count || reads[i]))
			map_file_set_source(files, list[i], source);
	}
	free(reads);
	free(pasts);
	return 0;
}

int code_read_changed(struct code_reader *reader, struct err *err)
{
	struct map_files *files = reader->files;
	uint32_t *list = NULL;
	size_t count = 0, room = 0;
	int code;

	for (uint32_t i = 0; i < files->count; i++)
		if (files->files[i].recode)
			*(uint32_t *)array_add(
				&list, &count, &room, sizeof(*list)) = i;
	reader->question = true;
	code = code_read(reader, list, count, err);
	reader->question = false;
	free(list);
	return code;
}
