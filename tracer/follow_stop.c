/* SPDX-License-Identifier: MIT */
/*
 * The stops of followed tasks, as ptrace(2) describes them. Whatever is no
 * business of ours goes on as it would have: signals are delivered, stopped
 * groups stay stopped until they are continued.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/audit.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tracer/tracee.h"

#ifndef PTRACE_EVENT_STOP
#define PTRACE_EVENT_STOP 128
#endif

#define SYSCALL_STOP (SIGTRAP | 0x80)

static void resume(pid_t tid, long how, int sig)
{
	/* It may be gone meanwhile; its end is told apart. */
	ptrace((enum __ptrace_request)how, tid, NULL, (void *)(long)sig);
}

/* A number of /proc/TID/status, or the task's own. */
static pid_t follow_stop_status_of(pid_t tid, const char *name)
{
	char path[64], line[128];
	pid_t pid = tid;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)tid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, name, strlen(name)))
			pid = (pid_t)atoi(line + strlen(name));
	if (file)
		fclose(file);
	return pid;
}

pid_t follow_group(pid_t tid)
{
	return follow_stop_status_of(tid, "Tgid:");
}

pid_t follow_parent(pid_t tid)
{
	return follow_stop_status_of(tid, "PPid:");
}

static void wake(struct tracees *tracees, struct tracee *tracee)
{
	if (!tracee->waiting)
		return;
	tracee->waiting = false;
	tracees->waiting--;
	resume(tracee->tid, PTRACE_CONT, 0);
}

/*
 * Whoever is killed at the end of a fork does not tell of the child, which
 * goes on all the same. What it inherited is guessed, so it is incomplete.
 */
static void adopt_orphan(struct tracees *tracees, struct tracee *tracee)
{
	if (follow_group(tracee->tid) != tracee->tid ||
		tracee_follows(tracees, follow_parent(tracee->tid)))
		return;
	tracee_join(
		tracee, tracee_process_new(tracee->tid, &tracees->departed));
	atomic_fetch_add(&tracees->arena->header->follow.followed, 1);
	tracee_lost(tracees, tracee->process,
		"a process was killed as it started another");
	wake(tracees, tracee);
}

static void adopt_orphans(struct tracees *tracees)
{
	for (unsigned i = 0; tracees->waiting && i < TRACEE_SLOTS; i++)
		for (struct tracee *each = tracees->slots[i]; each;
			each = each->next)
			if (each->waiting && !each->process)
				adopt_orphan(tracees, each);
}

/* A new task, told by its parent; it may have stopped already. */
static void born(struct tracees *tracees, struct tracee *parent, pid_t tid)
{
	struct tracee *child = tracee_find(tracees, tid);
	pid_t pid = follow_group(tid);

	if (!child)
		child = tracee_add(tracees, tid, NULL);
	if (!child->process) {
		if (pid == parent->process->pid) {
			tracee_join(child, parent->process);
		} else {
			tracee_join(child,
				tracee_process_new(tid, parent->process));
			atomic_fetch_add(
				&tracees->arena->header->follow.followed, 1);
		}
	}
	wake(tracees, child);
}

/*
 * After an exec the process has one thread, which has the process's number,
 * whichever made the call.
 */
static void executed(
	struct tracees *tracees, struct tracee *tracee, unsigned long former)
{
	struct tracee *other;

	if ((pid_t)former != tracee->tid) {
		other = tracee_find(tracees, (pid_t)former);
		if (other)
			tracee_remove(tracees, other);
	}
	tracee->in_call = false;
	follow_executed(tracees, tracee);
}

static void event(struct tracees *tracees, struct tracee *tracee, int what)
{
	unsigned long message = 0;
	long how = PTRACE_CONT;

	ptrace(PTRACE_GETEVENTMSG, tracee->tid, NULL, &message);
	switch (what) {
	case PTRACE_EVENT_SECCOMP:
		follow_cpu_stopped(tracees, tracee);
		if (follow_call_begins(tracees, tracee))
			how = PTRACE_SYSCALL;
		break;
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		follow_cpu_born(tracees, tracee, (pid_t)message);
		born(tracees, tracee, (pid_t)message);
		break;
	case PTRACE_EVENT_EXEC:
		executed(tracees, tracee, message);
		break;
	default:
		break;
	}
	/* The end of the call is still to come. */
	if (tracee->in_call)
		how = PTRACE_SYSCALL;
	resume(tracee->tid, how, 0);
}

static void syscall_ends(struct tracees *tracees, struct tracee *tracee)
{
	struct __ptrace_syscall_info info;

	if (tracee->in_call &&
		ptrace(PTRACE_GET_SYSCALL_INFO, tracee->tid,
			(void *)sizeof(info), &info) > 0 &&
		info.op == PTRACE_SYSCALL_INFO_EXIT) {
		tracee->in_call = false;
		follow_call_ends(tracees, tracee, info.exit.rval);
	}
	resume(tracee->tid, tracee->in_call ? PTRACE_SYSCALL : PTRACE_CONT, 0);
}

static bool stops_group(int sig)
{
	return sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN ||
	       sig == SIGTTOU;
}

static void stopped(struct tracees *tracees, struct tracee *tracee, int status)
{
	int sig = WSTOPSIG(status), what = status >> 16;
	long how = tracee->in_call ? PTRACE_SYSCALL : PTRACE_CONT;

	if (!tracee->process) {
		/* Before its parent told of it, if that is still there. */
		tracees->waiting += !tracee->waiting;
		tracee->waiting = true;
		adopt_orphan(tracees, tracee);
	} else if (what == PTRACE_EVENT_STOP) {
		/* Listening, it stays stopped for its parent to see. */
		resume(tracee->tid, stops_group(sig) ? PTRACE_LISTEN : how, 0);
	} else if (what) {
		event(tracees, tracee, what);
	} else if (sig == SYSCALL_STOP) {
		syscall_ends(tracees, tracee);
	} else {
		resume(tracee->tid, how, sig);
	}
}

static void ended(struct tracees *tracees, struct tracee *tracee, int status)
{
	struct record_draft draft = {
		.type = RECORD_EXIT, .number = (uint32_t)WEXITSTATUS(status)};
	char took[32];

	if (tracee->process && tracee->tid == tracee->process->pid &&
		WIFEXITED(status)) {
		draft.scope = tracee_scope(tracee->process);
		if (tracee->process->began) {
			snprintf(took, sizeof(took), "%" PRId64,
				tracee_clock() - tracee->process->began);
			draft.tail = (struct text){took, strlen(took)};
		}
		tracee_write(tracees, tracee->process, &draft);
	}
	tracee_remove(tracees, tracee);
	adopt_orphans(tracees);
}

/*
 * Not known yet: a child whose parent has not told of it, or a process one
 * thread of which was followed, and has executed: that has its number now.
 */
static struct tracee *newcomer(struct tracees *tracees, pid_t tid, int status)
{
	struct tracee *former = NULL;
	unsigned long message = 0;

	if (status >> 16 == PTRACE_EVENT_EXEC &&
		ptrace(PTRACE_GETEVENTMSG, tid, NULL, &message) == 0)
		former = tracee_find(tracees, (pid_t)message);
	return tracee_add(tracees, tid, former ? former->process : NULL);
}

void follow_stop(struct tracees *tracees, pid_t tid, int status)
{
	struct tracee *tracee = tracee_find(tracees, tid);

	if (WIFSTOPPED(status)) {
		if (!tracee)
			tracee = newcomer(tracees, tid, status);
		stopped(tracees, tracee, status);
	} else if (tracee) {
		ended(tracees, tracee, status);
	}
}
