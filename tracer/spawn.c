/* SPDX-License-Identifier: MIT */
#include "tracer/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "wire/elf_head.h"
#include "wire/follow.h"
#include "wire/raw.h"

/*
 * SIGTSTP: we stop when the child is seen to have stopped and not before, or
 * on "fg" we would take the stop that is over for another one.
 */
static const int passed_on[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1,
	SIGUSR2, SIGWINCH, SIGALRM, SIGTSTP};
#define PASSED_ON (sizeof(passed_on) / sizeof(*passed_on))

static volatile pid_t child;
static volatile sig_atomic_t ending;  /* the last signal that ends programs */
static volatile sig_atomic_t expired; /* the child was killed for its time */
static volatile sig_atomic_t late;    /* came after the child had ended */
static bool in_group;                 /* the child has a group of its own */

/* Seconds to end in, for a group that was told to. */
#define GRACE 2

static void note_signal(int sig)
{
	if (sig == SIGHUP || sig == SIGINT || sig == SIGQUIT || sig == SIGTERM)
		ending = sig;
}

/*
 * The terminal sends to the whole group, the child included; only what a
 * process sent to us alone has to be handed on.
 */
static void pass_on(int sig, siginfo_t *info, void *context)
{
	int saved = errno;
	pid_t whom = in_group ? -child : child;

	(void)context;
	note_signal(sig);
	if (child > 0 && sig == SIGALRM && info->si_code == SI_TIMER) {
		expired = 1;
		kill(whom, SIGKILL);
	} else if (child > 0 && sig == SIGALRM && info->si_code > 0) {
		kill(whom, SIGKILL); /* the grace is over */
	} else if (child > 0 && info->si_code <= 0) {
		/* What loses its parent now is for end_group() to wait for. */
		if (in_group && ending)
			prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
		kill(whom, sig);
		if (in_group && ending)
			alarm(GRACE);
	}
	errno = saved;
}

void spawn_in_group(void)
{
	in_group = true;
}

void spawn_note_signals(void)
{
	static const int those[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
	struct sigaction action = {
		.sa_handler = note_signal, .sa_flags = SA_RESTART};
	struct sigaction before;

	for (size_t i = 0; i < sizeof(those) / sizeof(*those); i++) {
		sigaction(those[i], NULL, &before);
		if (before.sa_handler != SIG_IGN)
			sigaction(those[i], &action, NULL);
	}
}

int spawn_signal(void)
{
	return ending;
}

/* A signal that the caller had ignored stays ignored: nohup. */
static void install_handlers(struct sigaction *before)
{
	struct sigaction action = {
		.sa_sigaction = pass_on, .sa_flags = SA_SIGINFO | SA_RESTART};

	for (size_t i = 0; i < PASSED_ON; i++) {
		sigaction(passed_on[i], NULL, &before[i]);
		if (before[i].sa_handler != SIG_IGN)
			sigaction(passed_on[i], &action, NULL);
	}
}

static void spawn_hold(int sig)
{
	ending = late = sig;
}

/*
 * What ends programs is held back from now on, so that the run is recorded
 * first; whoever sends it again does not want to wait.
 */
static void hold_back(const struct sigaction *before)
{
	const struct sigaction action = {.sa_handler = spawn_hold,
		.sa_flags = (int)SA_RESETHAND | SA_RESTART};

	for (size_t i = 0; i < PASSED_ON; i++) {
		int sig = passed_on[i];
		bool ends = sig == SIGHUP || sig == SIGINT || sig == SIGQUIT ||
			    sig == SIGTERM;

		sigaction(sig,
			ends && before[i].sa_handler == SIG_DFL ? &action
								: &before[i],
			NULL);
	}
}

bool spawn_held(void)
{
	return late;
}

/* A handler, for what is ignored would be by the command, too. */
static void go_on(int sig)
{
	(void)sig;
}

void spawn_outlive_readers(void)
{
	struct sigaction action = {.sa_handler = go_on, .sa_flags = SA_RESTART};
	struct sigaction before;

	sigaction(SIGPIPE, NULL, &before);
	if (before.sa_handler == SIG_DFL)
		sigaction(SIGPIPE, &action, NULL);
}

bool spawn_lost_reader(void)
{
	struct pollfd ends[] = {{.fd = STDOUT_FILENO}, {.fd = STDERR_FILENO}};

	return poll(ends, 2, 0) > 0 &&
	       ((ends[0].revents | ends[1].revents) & POLLERR);
}

/* Children of an unseen command must not answer in its place. */
static void hide_serial(struct arena *arena, char *const envp[])
{
	static const char name[] = "FTRACE_SCOPE=";
	static char entry[64];
	uint32_t serial = atomic_fetch_add(&arena->header->serials, 1) + 1;

	snprintf(entry, sizeof(entry), "%s%u.%u", name, SCOPE_BASE, serial);
	for (char **each = (char **)envp; *each; each++)
		if (!strncmp(*each, name, sizeof(name) - 1))
			*each = entry;
}

/* The same environment, in which ASan does not mind the interposer. */
static char *const *with_asan(char *const envp[])
{
	static const char name[] = "ASAN_OPTIONS=";
	const char *old = getenv("ASAN_OPTIONS");
	size_t count = 0, n = 0;
	char **own;

	while (envp[count])
		count++;
	own = xcalloc(count + 2, sizeof(*own));
	for (size_t i = 0; i < count; i++)
		if (strncmp(envp[i], name, sizeof(name) - 1) != 0)
			own[n++] = envp[i];
	own[n] = xasprintf("%s%s%sverify_asan_link_order=0", name,
		old ? old : "", old && *old ? ":" : "");
	return own;
}

/* The same environment without the interposer, which run.c put last. */
static char *const *without_library(char *const envp[])
{
	static const char name[] = "LD_PRELOAD=";
	size_t count = 0, n = 0;
	char **own, *last;

	while (envp[count])
		count++;
	own = xcalloc(count + 1, sizeof(*own));
	for (size_t i = 0; i < count; i++) {
		if (strncmp(envp[i], name, sizeof(name) - 1) != 0) {
			own[n++] = envp[i];
			continue;
		}
		last = strrchr(envp[i], ':');
		if (last)
			own[n++] = xasprintf(
				"%.*s", (int)(last - envp[i]), envp[i]);
	}
	return own;
}

/*
 * A command that the interposer would not see is followed from the start.
 * Returns the environment to execute the file with.
 */
static char *const *spawn_prepare(
	struct arena *arena, const char *file, char *const envp[])
{
	enum exec_target target = elf_head_target(AT_FDCWD, file, NULL, NULL);

	if (!arena)
		return envp;
	if (target == TARGET_SANITIZED)
		return with_asan(envp);
	if (exec_target_is_seen(target))
		return envp;
	/* What is followed has no use for it, and another loader complains. */
	if (target != TARGET_PRIVILEGED &&
		follow_ask(arena, SCOPE_BASE, 0) == FOLLOWED)
		return without_library(envp);
	hide_serial(arena, envp);
	return target == TARGET_FOREIGN ? without_library(envp) : envp;
}

/*
 * execvpe without libc: when ftrace itself is traced, the interposer would
 * put the outer session back into the environment. Leaves in file what was
 * tried last; returns an errno.
 */
static int exec_search(char *file, size_t size, char *const argv[],
	char *const envp[], struct arena *arena)
{
	const char *path = getenv("PATH");
	int error = ENOENT, failed;

	if (strchr(argv[0], '/'))
		path = "";
	else if (!path)
		path = "/bin:/usr/bin";
	for (;;) {
		size_t n = strcspn(path, ":");

		snprintf(file, size, "%.*s%s%s", (int)n, path, n ? "/" : "",
			argv[0]);
		failed = -(int)raw_call(SYS_execve, (long)file, (long)argv,
			(long)spawn_prepare(arena, file, envp), 0, 0, 0);
		if (failed != ENOENT && failed != ENOTDIR)
			error = failed;
		if (!path[n] || (failed != ENOENT && failed != ENOTDIR &&
					failed != EACCES))
			return error;
		path += n + 1;
	}
}

/* A script without a first line is the shell's. */
static int exec_shell(const char *file, char *const argv[], char *const envp[])
{
	size_t count = 0;

	while (argv[count])
		count++;
	char *shell[count + 2];
	shell[0] = "/bin/sh";
	shell[1] = (char *)file;
	for (size_t i = 1; i <= count; i++)
		shell[i + 1] = argv[i];
	return -(int)raw_call(
		SYS_execve, (long)shell[0], (long)shell, (long)envp, 0, 0, 0);
}

static _Noreturn void run_child(char *const argv[], char *const envp[],
	const sigset_t *mask, int report, struct arena *arena)
{
	char file[PATH_MAX];
	int error;

	if (in_group)
		setpgid(0, 0);
	sigprocmask(SIG_SETMASK, mask, NULL);
	error = exec_search(file, sizeof(file), argv, envp, arena);
	if (error == ENOEXEC)
		error = exec_shell(file, argv, envp);
	if (write(report, &error, sizeof(error)) < 0)
		_exit(126);
	_exit(127);
}

static int wait_for(int *status)
{
	pid_t got;

	for (;;) {
		got = waitpid(child, status, WUNTRACED);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (!WIFSTOPPED(*status))
			return 0;
		/* Ctrl-Z, or the background reading the terminal: the shell
		 * has to see us stop, and continues the whole group. */
		if (WSTOPSIG(*status) != SIGSTOP) {
			raise(SIGSTOP);
			kill(child, SIGCONT);
		}
	}
}

static int wait_within(struct spawn_limit *limit, int *status)
{
	struct itimerspec when = {.it_value = {.tv_sec = limit->seconds}};
	timer_t timer;
	int code;

	expired = 0;
	if (timer_create(CLOCK_MONOTONIC, NULL, &timer) < 0)
		return wait_for(status);
	timer_settime(timer, 0, &when, NULL);
	code = wait_for(status);
	timer_delete(timer);
	limit->expired = expired;
	return code;
}

/*
 * What the child started may have been told to end, too, and not listen. One
 * that has ended is in the group until somebody waits for it, and in a
 * container the first process often waits for nobody: so we do.
 */
static void end_group(void)
{
	const struct timespec tick = {.tv_nsec = 10000000};

	alarm(0);
	for (int i = 0; i < GRACE * 100; i++) {
		while (waitpid(-child, NULL, WNOHANG) > 0)
			;
		if (kill(-child, 0) < 0)
			break;
		nanosleep(&tick, NULL);
	}
	kill(-child, SIGKILL);
	prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
}

int spawn_and_wait(char *const argv[], char *const envp[], struct arena *arena,
	struct spawn_limit *limit, int *status, struct err *err)
{
	struct sigaction before[PASSED_ON];
	sigset_t all, mask;
	int report[2], error = 0, code;

	if (pipe2(report, O_CLOEXEC) < 0)
		return err_set(
			err, -errno, "cannot make a pipe: %s", strerror(errno));
	/* No signal may come between the fork and the handlers. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &mask);
	fflush(NULL);
	child = fork();
	if (child == 0) {
		close(report[0]);
		run_child(argv, envp, &mask, report[1], arena);
	}
	if (child < 0) {
		code = err_set(err, -errno, "cannot fork: %s", strerror(errno));
		sigprocmask(SIG_SETMASK, &mask, NULL);
		close(report[0]);
		close(report[1]);
		return code;
	}
	if (in_group)
		setpgid(child, child);
	install_handlers(before);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	close(report[1]);
	while (read(report[0], &error, sizeof(error)) < 0 && errno == EINTR)
		;
	close(report[0]);
	code = limit && limit->seconds ? wait_within(limit, status)
				       : wait_for(status);
	if (in_group && ending)
		end_group();
	child = 0;
	hold_back(before);
	if (error)
		return err_set(err, -error, "cannot run '%s': %s", argv[0],
			strerror(error));
	return code;
}

_Noreturn void spawn_exit_like(int status)
{
	struct rlimit no_core = {0, 0};
	sigset_t mask;

	if (late)
		status = late;
	if (WIFEXITED(status))
		exit(WEXITSTATUS(status));
	/* The child's core is the one that matters. */
	setrlimit(RLIMIT_CORE, &no_core);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	fflush(NULL);
	signal(WTERMSIG(status), SIG_DFL);
	sigemptyset(&mask);
	sigaddset(&mask, WTERMSIG(status));
	sigprocmask(SIG_UNBLOCK, &mask, NULL);
	raise(WTERMSIG(status));
	exit(128 + WTERMSIG(status));
}
