/* SPDX-License-Identifier: MIT */
#include "tracer/follow_mark.h"

#include <string.h>

#include "wire/mark.h"

static void follow_mark_write_text(struct tracees *tracees,
	struct tracee_process *process, enum record_type type, uint32_t number,
	const struct mark *mark)
{
	struct record_draft draft = {.type = type,
		.scope = tracee_scope(process),
		.number = number,
		.tail = {mark->argument, mark->size}};

	tracee_write(tracees, process, &draft);
}

static void follow_mark_begin(struct tracees *tracees,
	struct tracee_process *process, const struct mark *mark)
{
	uint32_t id = process->base;

	if (process->depth >= TRACEE_SCOPES) {
		tracee_lost(tracees, process, "scopes nested too deep");
		process->depth++;
		return;
	}
	if (strncmp(mark->argument, "run/", 4) != 0) {
		id = atomic_fetch_add(&tracees->arena->header->scopes, 1) + 1;
		follow_mark_write_text(
			tracees, process, RECORD_SCOPE, id, mark);
	}
	process->stack[process->depth++] = id;
}

static void follow_mark_block(struct tracees *tracees,
	struct tracee_process *process, const struct mark *mark)
{
	struct mark_block part;
	struct record_draft draft = {
		.type = RECORD_ACCESS, .scope = tracee_scope(process)};

	if (!mark_parse_block(mark, &part))
		return;
	draft.access = (uint8_t)part.kind;
	draft.head = (struct text){part.block, part.block_size};
	draft.tail = (struct text){part.path, part.path_size};
	tracee_write_once(tracees, process, &draft);
}

bool follow_mark(struct tracees *tracees, struct tracee_process *process,
	const char *path)
{
	struct mark mark;

	if (!mark_parse(path, &mark))
		return false;
	switch (mark.verb) {
	case MARK_BEGIN:
		follow_mark_begin(tracees, process, &mark);
		break;
	case MARK_END:
		if (process->depth)
			process->depth--;
		break;
	case MARK_BLOCK:
		follow_mark_block(tracees, process, &mark);
		break;
	case MARK_MUTE:
		process->muted++;
		break;
	case MARK_UNMUTE:
		if (process->muted)
			process->muted--;
		break;
	case MARK_ENV:
		if (!process->muted)
			follow_mark_write_text(
				tracees, process, RECORD_ENV, 0, &mark);
		break;
	default:
		if (mark_record(mark.verb))
			follow_mark_write_text(tracees, process,
				(enum record_type)mark_record(mark.verb), 0,
				&mark);
		if (mark_is_ready(&mark))
			repeats_forget(&process->repeats);
		break;
	}
	return true;
}
