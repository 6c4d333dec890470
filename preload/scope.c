/* SPDX-License-Identifier: MIT */
#include "preload/scope.h"

#include <stdatomic.h>
#include <string.h>

#include "preload/recorder.h"
#include "wire/mark.h"

#define DEPTH_MAX 62u

/* Set on a stack entry that is in force for the whole process. */
#define EVERYWHERE 0x80000000u

struct thread_scopes {
	uint16_t depth; /* may pass DEPTH_MAX: deeper ones are only counted */
	uint16_t muted;
	uint32_t stack[DEPTH_MAX];
};

static _Atomic bool marked, spoken;
static uint32_t base_scope = SCOPE_BASE;
static _Atomic uint32_t process_scope = SCOPE_BASE;
static __thread struct thread_scopes here
	__attribute__((tls_model("initial-exec")));

void scope_start(uint32_t base)
{
	base_scope = base;
	atomic_store(&process_scope, base);
}

uint32_t scope_in_force(void)
{
	if (here.depth == 0)
		return atomic_load_explicit(
			&process_scope, memory_order_relaxed);
	if (here.depth > DEPTH_MAX)
		return here.stack[DEPTH_MAX - 1] & ~EVERYWHERE;
	return here.stack[here.depth - 1] & ~EVERYWHERE;
}

bool scope_muted(void)
{
	return here.muted != 0;
}

static void scope_write_text(
	enum record_type type, uint32_t number, const char *text, size_t size)
{
	struct record_draft draft = {.type = type,
		.scope = scope_in_force(),
		.number = number,
		.tail = {text, size}};

	if (type == RECORD_USE || type == RECORD_ENV)
		recorder_write_once(&draft);
	else
		recorder_write(&draft);
}

static bool is_local(const char *argument)
{
	return !strncmp(argument, "module/", 7) ||
	       !strncmp(argument, "memo/", 5) || !strncmp(argument, "run/", 4);
}

static void scope_begin(const struct mark *mark)
{
	static const char deep[] = "scopes nested too deep";
	uint32_t id;

	if (here.depth >= DEPTH_MAX) {
		scope_write_text(RECORD_LOST, 0, deep, sizeof(deep) - 1);
		here.depth++;
		return;
	}
	if (!strncmp(mark->argument, "run/", 4)) {
		id = base_scope;
	} else {
		id = recorder_new_scope();
		scope_write_text(RECORD_SCOPE, id, mark->argument, mark->size);
	}
	if (!is_local(mark->argument)) {
		atomic_store(&process_scope, id);
		id |= EVERYWHERE;
	}
	here.stack[here.depth++] = id;
}

static void scope_end(void)
{
	uint32_t was;

	if (here.depth == 0)
		return;
	if (here.depth-- > DEPTH_MAX)
		return;
	was = here.stack[here.depth];
	if (!(was & EVERYWHERE))
		return;
	/* The next scope outwards that is in force everywhere. */
	for (unsigned i = here.depth; i > 0; i--) {
		if (here.stack[i - 1] & EVERYWHERE) {
			atomic_store(&process_scope,
				here.stack[i - 1] & ~EVERYWHERE);
			return;
		}
	}
	atomic_store(&process_scope, base_scope);
}

static void scope_block(const struct mark *mark)
{
	struct mark_block part;
	struct record_draft draft = {.type = RECORD_ACCESS};

	if (!mark_parse_block(mark, &part))
		return;
	draft.access = (uint8_t)part.kind;
	draft.scope = scope_in_force();
	draft.head = (struct text){part.block, part.block_size};
	draft.tail = (struct text){part.path, part.path_size};
	recorder_write_once(&draft);
}

bool scope_is_marked(void)
{
	return atomic_load_explicit(&marked, memory_order_relaxed);
}

bool scope_is_spoken(void)
{
	return atomic_load_explicit(&spoken, memory_order_relaxed);
}

void scope_set_spoken(void)
{
	atomic_store_explicit(&spoken, true, memory_order_relaxed);
}

bool scope_mark(const char *path)
{
	struct mark mark;

	if (!mark_parse(path, &mark))
		return false;
	atomic_store_explicit(&marked, true, memory_order_relaxed);
	switch (mark.verb) {
	case MARK_BEGIN:
		scope_begin(&mark);
		break;
	case MARK_END:
		scope_end();
		break;
	case MARK_BLOCK:
		scope_block(&mark);
		break;
	case MARK_MUTE:
		here.muted++;
		break;
	case MARK_UNMUTE:
		if (here.muted)
			here.muted--;
		break;
	case MARK_ENV:
		if (!here.muted)
			scope_write_text(
				RECORD_ENV, 0, mark.argument, mark.size);
		break;
	default:
		if (mark_record(mark.verb))
			scope_write_text(
				(enum record_type)mark_record(mark.verb), 0,
				mark.argument, mark.size);
		if (mark_is_ready(&mark)) {
			scope_set_spoken();
			recorder_forget();
		}
		break;
	}
	return true;
}
