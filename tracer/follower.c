/* SPDX-License-Identifier: MIT */
#include "tracer/follower.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tracer/tracee.h"
#include "wire/raw.h"

/* How often to look whether the session is over when nothing happens. */
#define IDLE_NS 50000000

/* How often a request is announced until it is taken. */
#define KNOCK_NS 1000000

/* Interrupts the wait for stops. */
#define KNOCK SIGUSR1

#define OPTIONS \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | \
		PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | \
		PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL)

struct doorman {
	struct arena *arena;
	pthread_t guest; /* who is to be interrupted */
	_Atomic bool stop;
};

static void nothing(int sig)
{
	(void)sig;
}

static bool follower_is_asked(struct follow_board *board)
{
	for (unsigned i = 0; i < FOLLOW_SLOTS; i++)
		if (atomic_load(&board->slots[i].state) == FOLLOW_ASKED)
			return true;
	return false;
}

/* Stops come by waitpid and requests by a futex: nobody waits for both. */
static void *attend(void *data)
{
	struct doorman *doorman = data;
	struct follow_board *board = &doorman->arena->header->follow;
	struct timespec idle = {0, IDLE_NS}, knock = {0, KNOCK_NS};

	while (!atomic_load(&doorman->stop)) {
		uint32_t asked = atomic_load(&board->asked);

		if (follower_is_asked(board)) {
			pthread_kill(doorman->guest, KNOCK);
			nanosleep(&knock, NULL);
		} else {
			raw_futex(&board->asked, FUTEX_WAIT, asked, &idle);
		}
	}
	return NULL;
}

/* The process must be the one that wrote the request. */
static bool is_proved(pid_t tid, const struct follow_slot *slot)
{
	uint64_t number = 0;
	struct iovec here = {&number, sizeof(number)};
	struct iovec there = {(void *)(uintptr_t)slot->proof, sizeof(number)};

	return process_vm_readv(tid, &here, 1, &there, 1, 0) ==
		       sizeof(number) &&
	       number == slot->number;
}

/* The exec for which it asked; none when its own program is to be followed. */
static void expect(
	struct tracee_process *process, const struct follow_slot *slot)
{
	process->serial = slot->serial;
	process->announced = slot->serial != FOLLOW_NO_EXEC;
	process->expected = process->announced && slot->serial != 0;
}

static bool seize(struct tracees *tracees, const struct follow_slot *slot)
{
	pid_t tid = (pid_t)slot->tid;
	struct tracee_process *process;

	/* One that asks again after an exec that failed. */
	if (tracee_find(tracees, tid)) {
		process = tracee_find(tracees, tid)->process;
		expect(process, slot);
		return true;
	}
	if (!is_proved(tid, slot) ||
		ptrace(PTRACE_SEIZE, tid, NULL, OPTIONS) < 0)
		return false;
	process = tracee_process_new(follow_group(tid), NULL);
	process->base = slot->scope;
	expect(process, slot);
	tracee_add(tracees, tid, process);
	atomic_fetch_add(&tracees->arena->header->follow.followed, 1);
	return true;
}

static void take_requests(struct tracees *tracees)
{
	struct follow_board *board = &tracees->arena->header->follow;

	for (unsigned i = 0; i < FOLLOW_SLOTS; i++) {
		struct follow_slot *slot = &board->slots[i];

		if (atomic_load(&slot->state) != FOLLOW_ASKED)
			continue;
		atomic_store(&slot->state,
			seize(tracees, slot) ? FOLLOW_GRANTED : FOLLOW_DENIED);
		raw_futex(&slot->state, FUTEX_WAKE, 1, NULL);
	}
}

static void wait_request(struct arena *arena)
{
	struct follow_board *board = &arena->header->follow;
	struct timespec idle = {0, IDLE_NS};
	uint32_t asked = atomic_load(&board->asked);

	if (!follower_is_asked(board))
		raw_futex(&board->asked, FUTEX_WAIT, asked, &idle);
}

void follower_run(struct arena *arena, pid_t supervisor)
{
	struct tracees *tracees = calloc(1, sizeof(*tracees));
	struct doorman doorman = {.arena = arena, .guest = pthread_self()};
	struct sigaction action = {.sa_handler = nothing};
	pid_t tid;
	pthread_t thread;
	int status;

	if (!tracees)
		return;
	tracees->arena = arena;
	sigaction(KNOCK, &action, NULL);
	if (pthread_create(&thread, NULL, attend, &doorman) != 0)
		return;
	for (;;) {
		take_requests(tracees);
		if (tracees->count) {
			tid = waitpid(-1, &status, __WALL);
			if (tid > 0)
				follow_stop(tracees, tid, status);
			else if (errno == ECHILD)
				tracees_clear(tracees);
		} else if (atomic_load(&arena->header->closed) ||
			   getppid() != supervisor) {
			break;
		} else {
			wait_request(arena);
		}
	}
	atomic_store(&doorman.stop, true);
	pthread_join(thread, NULL);
	free(tracees);
}

/* It must hold nothing of its parent's that others wait for to close. */
static void leave_terminal(void)
{
	int null = open("/dev/null", O_RDWR);

	setsid();
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	for (int fd = 3; fd < 1024; fd++)
		close(fd);
}

void follower_start_wanted(struct arena *arena, pid_t *pid)
{
	struct follow_board *board = &arena->header->follow;
	pid_t supervisor = getpid();
	sigset_t all, mask;

	if (*pid || !atomic_load(&board->asked))
		return;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &mask);
	*pid = fork();
	if (*pid == 0) {
		sigdelset(&all, KNOCK);
		pthread_sigmask(SIG_SETMASK, &all, NULL);
		prctl(PR_SET_NAME, "ftrace-follower");
		leave_terminal();
		atomic_store(&board->follower, (uint32_t)getpid());
		raw_futex(&board->follower, FUTEX_WAKE, INT32_MAX, NULL);
		follower_run(arena, supervisor);
		_exit(0);
	}
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
}

void follower_end(struct arena *arena, pid_t pid)
{
	struct follow_board *board = &arena->header->follow;

	if (pid <= 0)
		return;
	atomic_fetch_add(&board->asked, 1);
	raw_futex(&board->asked, FUTEX_WAKE, INT32_MAX, NULL);
	/* With something left to follow it stays, as a process of init's. */
	if (atomic_load(&board->followed) == 0)
		waitpid(pid, NULL, 0);
}
