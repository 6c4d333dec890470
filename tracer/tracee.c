/* SPDX-License-Identifier: MIT */
#include "tracer/tracee.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "tracer/follower.h"

static struct tracee **tracee_slot_of(struct tracees *tracees, pid_t tid)
{
	struct tracee **at = &tracees->slots[(uint32_t)tid % TRACEE_SLOTS];

	while (*at && (*at)->tid != tid)
		at = &(*at)->next;
	return at;
}

struct tracee *tracee_find(struct tracees *tracees, pid_t tid)
{
	return *tracee_slot_of(tracees, tid);
}

void tracee_join(struct tracee *tracee, struct tracee_process *process)
{
	tracee->process = process;
	process->threads++;
}

struct tracee *tracee_add(
	struct tracees *tracees, pid_t tid, struct tracee_process *process)
{
	struct tracee **at = tracee_slot_of(tracees, tid);

	*at = xcalloc(1, sizeof(**at));
	(*at)->tid = tid;
	if (process)
		tracee_join(*at, process);
	tracees->count++;
	return *at;
}

bool tracee_follows(const struct tracees *tracees, pid_t pid)
{
	for (unsigned i = 0; i < TRACEE_SLOTS; i++)
		for (const struct tracee *each = tracees->slots[i]; each;
			each = each->next)
			if (each->process && each->process->pid == pid)
				return true;
	return false;
}

void tracee_remove(struct tracees *tracees, struct tracee *tracee)
{
	struct tracee_process *process = tracee->process;
	struct tracee **at = tracee_slot_of(tracees, tracee->tid);

	if (tracees->held == tracee)
		follow_cpu_release(tracees);
	tracees->waiting -= tracee->waiting;
	*at = tracee->next;
	free(tracee);
	tracees->count--;
	if (!process || --process->threads)
		return;
	atomic_fetch_sub(&tracees->arena->header->follow.followed, 1);
	tracees->departed.base = process->base;
	tracees->departed.depth = process->depth;
	tracees->departed.muted = process->muted;
	memcpy(tracees->departed.stack, process->stack, sizeof(process->stack));
	atomic_store(&tracees->departed.image, atomic_load(&process->image));
	free(process->executing);
	free(process->told);
	free(process);
}

void tracees_clear(struct tracees *tracees)
{
	for (unsigned i = 0; i < TRACEE_SLOTS; i++)
		while (tracees->slots[i])
			tracee_remove(tracees, tracees->slots[i]);
}

struct tracee_process *tracee_process_new(
	pid_t pid, const struct tracee_process *parent)
{
	struct tracee_process *process = xcalloc(1, sizeof(*process));

	process->pid = pid;
	if (!parent)
		return process;
	process->base = parent->base;
	process->depth = parent->depth;
	process->muted = parent->muted;
	memcpy(process->stack, parent->stack, sizeof(process->stack));
	atomic_store(&process->image, atomic_load(&parent->image));
	return process;
}

uint32_t tracee_scope(const struct tracee_process *process)
{
	uint32_t depth = process->depth;

	if (depth == 0)
		return process->base;
	return process
		->stack[(depth < TRACEE_SCOPES ? depth : TRACEE_SCOPES) - 1];
}

void tracee_write(struct tracees *tracees, struct tracee_process *process,
	const struct record_draft *draft)
{
	struct arena_chunk *before = atomic_load(&process->claim), *after;

	writer_write(tracees->arena, &process->claim, &process->image, draft);
	after = atomic_load(&process->claim);
	if (after != before) {
		after->pid = (uint32_t)process->pid;
		after->followed = 1;
	}
}

void tracee_write_once(struct tracees *tracees, struct tracee_process *process,
	const struct record_draft *draft)
{
	uint64_t key = repeats_key(draft);

	if (repeats_has(&process->repeats, key))
		return;
	tracee_write(tracees, process, draft);
	repeats_add(&process->repeats, key);
}

void tracee_lost(struct tracees *tracees, struct tracee_process *process,
	const char *reason)
{
	struct record_draft draft = {.type = RECORD_LOST,
		.scope = tracee_scope(process),
		.tail = {reason, strlen(reason)}};

	tracee_write_once(tracees, process, &draft);
}

int64_t tracee_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}
