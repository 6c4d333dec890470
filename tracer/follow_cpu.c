/* SPDX-License-Identifier: MIT */
/*
 * On which processors the follower and what it follows run.
 *
 * A stop is a switch to the follower and one back. Between two processors
 * each of them wakes one that has gone to sleep: several times as dear as on
 * one. So while one thread alone makes calls, the two share a processor. Only
 * a process of one thread is held, which needs no more; never longer than a
 * moment, so that the scheduler may move it; and not one that asks where it
 * may run, which is given its own answer.
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tracer/tracee.h"

/* Calls in a row of one thread before it is held, and while it is. */
#define CALLS_BEFORE 16u
#define CALLS_HELD 1024u

/* Where the thread ran last, or -1. */
static int cpu_of(pid_t tid)
{
	char path[64], line[512], *at;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)tid);
	file = fopen(path, "re");
	if (!file)
		return -1;
	at = fgets(line, sizeof(line), file) ? strrchr(line, ')') : NULL;
	fclose(file);
	/* proc(5): field 39; the one after the name is the third. */
	for (int field = 3; at && field <= 39; field++)
		at = strchr(at + 1, ' ');
	return at ? atoi(at + 1) : -1;
}

static void follow_cpu_hold(struct tracees *tracees, struct tracee *tracee)
{
	int cpu = cpu_of(tracee->tid);
	cpu_set_t one;

	if (cpu < 0 ||
		sched_getaffinity(0, sizeof(tracees->own), &tracees->own) < 0)
		return;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (sched_getaffinity(tracee->tid, sizeof(tracees->allowed),
		    &tracees->allowed) < 0 ||
		sched_setaffinity(tracee->tid, sizeof(one), &one) < 0)
		return;
	sched_setaffinity(0, sizeof(one), &one);
	tracees->held = tracee;
}

void follow_cpu_release(struct tracees *tracees)
{
	struct tracee *held = tracees->held;

	tracees->calls = 0;
	if (!held)
		return;
	sched_setaffinity(
		held->tid, sizeof(tracees->allowed), &tracees->allowed);
	sched_setaffinity(0, sizeof(tracees->own), &tracees->own);
	tracees->held = NULL;
}

void follow_cpu_stopped(struct tracees *tracees, struct tracee *tracee)
{
	if (tracees->last != tracee->tid) {
		follow_cpu_release(tracees);
		tracees->last = tracee->tid;
		return;
	}
	tracees->calls++;
	if (tracees->held) {
		if (tracees->calls > CALLS_HELD)
			follow_cpu_release(tracees);
	} else if (tracees->calls > CALLS_BEFORE && !tracee->unheld &&
		   tracee->process->threads == 1) {
		follow_cpu_hold(tracees, tracee);
	}
}

void follow_cpu_born(
	struct tracees *tracees, const struct tracee *parent, pid_t child)
{
	if (tracees->held != parent)
		return;
	/* It has inherited the one processor. */
	sched_setaffinity(child, sizeof(tracees->allowed), &tracees->allowed);
	follow_cpu_release(tracees);
}

void follow_cpu_asked(struct tracees *tracees, struct tracee *tracee)
{
	if (tracees->held == tracee)
		follow_cpu_release(tracees);
	tracee->unheld = true;
}
