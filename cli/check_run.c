/* SPDX-License-Identifier: MIT */
/*
 * The processes of checks. Each is a copy of this one that records the check
 * as `ftrace run` or `ftrace test` does, in a session of its own: it has no
 * terminal to ask on, and no signal but ours.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "cli/check.h"
#include "cli/output.h"
#include "cli/record.h"
#include "cli/verbs.h"
#include "tracer/run.h"
#include "tracer/spawn.h"

#define SECOND 1000000000LL

/*
 * A check that was told to end has its group killed after two seconds, by
 * spawn.c, and is then recorded. One that has not heard is told again.
 */
#define NUDGE (3 * SECOND)
#define NUDGES 20 /* and then it is killed, recorded or not */

int64_t check_clock(void)
{
	return clock_on(CLOCK_MONOTONIC);
}

/* What comes to check_wait(). */
static sigset_t caught;

/* A signal that the caller had ignored stays ignored: nohup. */
void check_catch_signals(void)
{
	static const int those[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
	struct sigaction before;

	/* Children that nobody waits for would not be told of. */
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&caught);
	sigaddset(&caught, SIGCHLD);
	for (size_t i = 0; i < sizeof(those) / sizeof(*those); i++) {
		sigaction(those[i], NULL, &before);
		if (before.sa_handler != SIG_IGN)
			sigaddset(&caught, those[i]);
	}
	sigprocmask(SIG_BLOCK, &caught, NULL);
}

static _Noreturn void run_tests(
	const struct checks *checks, struct check *check)
{
	size_t count = 0, n = 0;
	char **argv;
	int status;

	while (check->argv[count])
		count++;
	argv = xcalloc(count + 9, sizeof(*argv));
	argv[n++] = (char *)"test";
	argv[n++] = (char *)"--root";
	argv[n++] = checks->root;
	argv[n++] = (char *)"--runner";
	argv[n++] = (char *)check->adapter->name;
	if (checks->all)
		argv[n++] = (char *)"--full";
	argv[n++] = (char *)"--";
	memcpy(argv + n, check->argv, count * sizeof(*argv));
	status = verb_test.run((int)(n + count), argv);
	free(argv);
	exit(status);
}

static _Noreturn void run_unit(const struct checks *checks, struct check *check)
{
	struct run_options options = {.root = checks->root,
		.argv = check->argv,
		.unit = check->unit,
		.definition = check->definition};
	struct run_result result;
	int code = record_command(&options, &result);

	if (code)
		exit(code);
	if (!result.recorded)
		snprintf(check->told->problem, sizeof(check->told->problem),
			"not recorded, the map is as it was: %.400s",
			result.problem.text);
	else if (*result.summary.rewrote)
		snprintf(check->told->rewrote, sizeof(check->told->rewrote),
			"%s", result.summary.rewrote);
	else if (result.summary.incomplete)
		snprintf(check->told->problem, sizeof(check->told->problem),
			"not everything that it did was seen, so it runs every "
			"time: %.400s",
			result.summary.reason);
	spawn_exit_like(result.status);
}

static void become(const struct checks *checks, const struct check *check)
{
	char *place =
		xasprintf("%s/%s", checks->root, check->config->directory);
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	setsid();
	prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
	dup2(null, STDIN_FILENO);
	dup2(fileno(check->output), STDOUT_FILENO);
	dup2(fileno(check->output), STDERR_FILENO);
	close(null);
	spawn_in_group();
	spawn_note_signals();
	sigprocmask(SIG_UNBLOCK, &caught, NULL);
	if (chdir(place) < 0) {
		note("cannot enter '%s': %s", place, strerror(errno));
		exit(EXIT_RUN_FAILED);
	}
	setenv("PWD", place, 1);
	free(place);
	if (spawn_signal())
		exit(128 + spawn_signal());
}

static bool make_channels(struct check *check)
{
	check->told = mmap(NULL, sizeof(*check->told), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (check->told == MAP_FAILED)
		check->told = NULL;
	check->output = check->told ? tmpfile() : NULL;
	if (!check->output)
		return false;
	fcntl(fileno(check->output), F_SETFD, FD_CLOEXEC);
	/* Whatever opens it anew, as /dev/stdout, writes behind the rest. */
	fcntl(fileno(check->output), F_SETFL, O_APPEND);
	return true;
}

bool check_start(struct checks *checks, struct check *check)
{
	fflush(NULL);
	check->started = check_clock();
	check->pid = make_channels(check) ? fork() : -1;
	if (check->pid == 0) {
		become(checks, check);
		if (check->adapter)
			run_tests(checks, check);
		run_unit(checks, check);
	}
	if (check->pid < 0) {
		note("cannot start '%s': %s", check->config->name,
			strerror(errno));
		check->progress = CHECK_FAILED;
		check->status = EXIT_RUN_FAILED << 8;
		return false;
	}
	check->progress = CHECK_RUNNING;
	checks->running++;
	if (check->config->timeout > 0)
		check->deadline = check->started +
				  (int64_t)(check->config->timeout * SECOND);
	return true;
}

void check_stop(struct check *check, int sig)
{
	kill(check->pid, ++check->nudges > NUDGES ? SIGKILL : sig);
	check->nudge = check_clock() + NUDGE;
}

static struct check *find_ended(struct checks *checks)
{
	for (size_t i = 0; i < checks->count; i++) {
		struct check *check = &checks->list[i];

		if (check->progress != CHECK_RUNNING ||
			waitpid(check->pid, &check->status, WNOHANG) !=
				check->pid)
			continue;
		checks->running--;
		checks->outdated = true;
		check->duration = (check_clock() - check->started) / 1000;
		check->progress = check->expired  ? CHECK_TIMED_OUT
				  : check->nudge  ? CHECK_STOPPED
				  : check->status ? CHECK_FAILED
						  : CHECK_PASSED;
		return check;
	}
	return NULL;
}

/* Ends those whose time is over; when the next one's is, 0: never. */
static int64_t watch_times(struct checks *checks)
{
	int64_t now = check_clock(), next = 0;

	for (size_t i = 0; i < checks->count; i++) {
		struct check *check = &checks->list[i];
		int64_t when;

		if (check->progress != CHECK_RUNNING)
			continue;
		if (check->deadline && !check->nudge && now >= check->deadline)
			check->expired = true;
		if ((check->expired && !check->nudge) ||
			(check->nudge && now >= check->nudge))
			check_stop(check, SIGTERM);
		when = check->nudge ? check->nudge : check->deadline;
		if (when && (!next || when < next))
			next = when;
	}
	return next;
}

struct check *check_wait(struct checks *checks)
{
	for (;;) {
		struct check *ended = find_ended(checks);
		int64_t next, left;
		struct timespec wait;
		int sig;

		if (ended)
			return ended;
		next = watch_times(checks);
		left = next - check_clock();
		wait = (struct timespec){.tv_sec = left > 0 ? left / SECOND : 0,
			.tv_nsec = left > 0 ? left % SECOND : 0};
		sig = next ? sigtimedwait(&caught, NULL, &wait)
			   : sigwaitinfo(&caught, NULL);
		if (sig <= 0 || sig == SIGCHLD)
			continue;
		checks->signal = sig;
		return NULL;
	}
}

int check_exit(const struct check *check)
{
	if (check->progress == CHECK_TIMED_OUT)
		return 124; /* as timeout(1) has it */
	return WIFEXITED(check->status) ? WEXITSTATUS(check->status)
					: 128 + WTERMSIG(check->status);
}
