/* SPDX-License-Identifier: MIT */
/*
 * Executing beside oneself, and forking.
 */
#include "tests/programs/libc.h"

#include <errno.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "tests/programs/ways.h"

static char *const arguments[] = {"tool", "child", NULL};
static char *const nothing[] = {NULL};

static int spawn_tool(void)
{
	pid_t pid = -1;

	MUST(posix_spawn(&pid, "./tool", NULL, NULL, arguments, environ) == 0);
	return ways_wait(pid);
}

static int spawn_empty_environment(void)
{
	pid_t pid = -1;

	MUST(posix_spawn(&pid, "./tool", NULL, NULL, arguments, nothing) == 0);
	return ways_wait(pid);
}

static int spawnp_search(void)
{
	pid_t pid = -1;

	MUST(setenv("PATH", "empty:bin", 1) == 0);
	MUST(posix_spawnp(&pid, "tool", NULL, NULL, arguments, environ) == 0);
	return ways_wait(pid);
}

static int spawn_missing(void)
{
	pid_t pid;

	MUST(posix_spawn(&pid, "./missing", NULL, NULL, arguments, environ) !=
		0);
	return 0;
}

static int system_shell(void)
{
	int status = system("./tool child && exit 7");

	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static int system_unset(void)
{
	clearenv();
	return system("exec ./tool child");
}

static int popen_shell(void)
{
	FILE *stream = popen("./tool child", "r");
	char line[64];

	MUST(stream != NULL && fgets(line, sizeof(line), stream));
	fputs(line, stdout);
	return pclose(stream);
}

static int vfork_exec(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		execv("./tool", arguments);
		_exit(127);
	}
	return ways_wait(pid);
}

static int vfork_exec_fails(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		execv("./missing", arguments);
		_exit(7);
	}
	MUST(ways_wait(pid) == 7);
	return ways_show(open("a.txt", O_RDONLY));
}

static int fork_only(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(ways_show(open("child.txt", O_RDONLY)));
	return ways_wait(pid) + ways_show(open("a.txt", O_RDONLY));
}

static int fork_twice(void)
{
	pid_t pid = fork(), inner;

	if (pid == 0) {
		inner = fork();
		if (inner == 0)
			_Exit(ways_show(open("child.txt", O_RDONLY)));
		_exit(ways_wait(inner));
	}
	return ways_wait(pid);
}

/* Many at once, each with a file of its own. */
static int fork_storm(void)
{
	pid_t pids[200];
	char name[32];

	for (int i = 0; i < 200; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			snprintf(name, sizeof(name), "dir/%c",
				i % 2 ? 'x' : 'y');
			_exit(close(open(name, O_RDONLY)) != 0);
		}
	}
	for (int i = 0; i < 200; i++)
		MUST(ways_wait(pids[i]) == 0);
	return 0;
}

/* What the child does before it executes: file actions, and attributes. */
struct actions {
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
};

static struct actions begin_actions(void)
{
	struct actions actions;

	MUST(posix_spawn_file_actions_init(&actions.files) == 0);
	MUST(posix_spawnattr_init(&actions.attributes) == 0);
	return actions;
}

static int spawn_with(struct actions *actions, const char *path)
{
	pid_t pid = -1;
	int error = posix_spawn(&pid, path, &actions->files,
		&actions->attributes, arguments, environ);

	posix_spawn_file_actions_destroy(&actions->files);
	posix_spawnattr_destroy(&actions->attributes);
	return error ? 50 + error : ways_wait(pid);
}

static int spawn_open(void)
{
	struct actions actions = begin_actions();

	MUST(posix_spawn_file_actions_addopen(
		     &actions.files, 0, "a.txt", O_RDONLY, 0) == 0);
	MUST(posix_spawn_file_actions_addopen(&actions.files, 7, "new",
		     O_WRONLY | O_CREAT | O_TRUNC, 0600) == 0);
	MUST(posix_spawn_file_actions_adddup2(&actions.files, 7, 8) == 0);
	MUST(posix_spawn_file_actions_addclose(&actions.files, 7) == 0);
	return spawn_with(&actions, "./tool");
}

static int spawn_open_missing(void)
{
	struct actions actions = begin_actions();

	MUST(posix_spawn_file_actions_addopen(
		     &actions.files, 0, "missing", O_RDONLY, 0) == 0);
	MUST(spawn_with(&actions, "./tool") == 50 + ENOENT);
	return ways_show(open("a.txt", O_RDONLY));
}

static int spawn_chdir(void)
{
	struct actions actions = begin_actions();

	MUST(posix_spawn_file_actions_addchdir_np(&actions.files, "bin") == 0);
	spawn_with(&actions, "./tool");
	return ways_show(open("a.txt", O_RDONLY));
}

static int spawn_fchdir(void)
{
	struct actions actions = begin_actions();

	MUST(posix_spawn_file_actions_addfchdir_np(
		     &actions.files, open("bin", O_RDONLY | O_DIRECTORY)) == 0);
	spawn_with(&actions, "./tool");
	return ways_show(open("a.txt", O_RDONLY));
}

static int spawn_attributes(void)
{
	struct actions actions = begin_actions();
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	MUST(posix_spawnattr_setsigmask(&actions.attributes, &set) == 0);
	MUST(posix_spawnattr_setsigdefault(&actions.attributes, &set) == 0);
	MUST(posix_spawnattr_setpgroup(&actions.attributes, 0) == 0);
	MUST(posix_spawnattr_setflags(&actions.attributes,
		     POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
			     POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_RESETIDS |
			     POSIX_SPAWN_USEVFORK) == 0);
	return spawn_with(&actions, "./tool");
}

static int spawn_session(void)
{
	struct actions actions = begin_actions();

	MUST(posix_spawnattr_setflags(
		     &actions.attributes, POSIX_SPAWN_SETSID) == 0);
	return spawn_with(&actions, "./tool");
}

/* A script without a first line is the shell's. */
static int spawn_script(void)
{
	int fd = open("plain", O_WRONLY | O_CREAT, 0755);
	pid_t pid = -1;

	MUST(write(fd, "read line <a.txt\n", 17) == 17 && close(fd) == 0);
	MUST(posix_spawnp(&pid, "./plain", NULL, NULL, arguments, environ) ==
		0);
	return ways_wait(pid);
}

static int popen_write(void)
{
	FILE *stream = popen("cat >new", "w");

	MUST(stream != NULL && fputs("x\n", stream) >= 0);
	return pclose(stream);
}

static int system_missing(void)
{
	return WEXITSTATUS(system("./missing 2>/dev/null")) != 127;
}

static char stack[65536] __attribute__((aligned(16)));

static int run_child(void *data)
{
	(void)data;
	return close(open("child.txt", O_RDONLY));
}

static int execute_child(void *data)
{
	(void)data;
	return execv("./tool", arguments);
}

/* Processes on a stack of their own, with and without memory of their own. */
static int cloned(int (*function)(void *), int flags)
{
	int pid = clone(function, stack + sizeof(stack), flags | SIGCHLD, NULL);

	return ways_wait(pid) + ways_show(open("a.txt", O_RDONLY));
}

static int clone_apart(void)
{
	return cloned(run_child, 0);
}

static int clone_together(void)
{
	return cloned(run_child, CLONE_VM);
}

static int clone_like_vfork(void)
{
	return cloned(execute_child, CLONE_VM | CLONE_VFORK);
}

static int clone_apart_exec(void)
{
	return cloned(execute_child, CLONE_FILES | CLONE_FS);
}

static int fork_without_handlers(void)
{
	pid_t pid = _Fork();

	if (pid == 0)
		_exit(run_child(NULL));
	return ways_wait(pid);
}

static int fork_by_clone3(void)
{
	struct clone_args clone_args = {.exit_signal = SIGCHLD};
	long pid = syscall(SYS_clone3, &clone_args, sizeof(clone_args));

	if (pid == 0)
		_exit(run_child(NULL));
	return pid < 0 ? run_child(NULL) : ways_wait((int)pid);
}

/* The one between ends first: nobody waits for what it started. */
static int fork_and_leave(void)
{
	int ends[2];
	char byte;
	pid_t pid;

	MUST(pipe(ends) == 0);
	pid = fork();
	if (pid == 0) {
		if (fork() == 0) {
			close(ends[0]);
			run_child(NULL);
			_exit(0);
		}
		_exit(0);
	}
	close(ends[1]);
	ways_wait(pid);
	return read(ends[0], &byte, 1) != 0;
}

/* In a process of its own: the parent waits at the end of a pipe. */
static int daemon_child(void)
{
	int ends[2], status;
	char byte;
	pid_t pid;

	MUST(pipe(ends) == 0);
	pid = fork();
	if (pid == 0) {
		status = daemon(1, 0);
		close(open("child.txt", O_RDONLY));
		_exit(status);
	}
	close(ends[1]);
	ways_wait(pid);
	return read(ends[0], &byte, 1) != 0;
}

static void *execute(void *data)
{
	(void)data;
	execv("./tool", arguments);
	return NULL;
}

static int exec_in_thread(void)
{
	pthread_t id;

	MUST(pthread_create(&id, NULL, execute, NULL) == 0);
	pthread_join(id, NULL);
	return 1;
}

static void *spawn(void *data)
{
	(void)data;
	return spawn_tool() == 0 ? NULL : "failed";
}

static int spawn_in_threads(void)
{
	pthread_t ids[8];
	void *answer;

	for (int i = 0; i < 8; i++)
		MUST(pthread_create(&ids[i], NULL, spawn, NULL) == 0);
	for (int i = 0; i < 8; i++)
		MUST(pthread_join(ids[i], &answer) == 0 && !answer);
	return 0;
}

/* What no preloaded library gets into; another user's, when root runs this. */
static int privileged(void)
{
	pid_t pid = fork();

	if (pid == 0)
		execl("./privileged", "privileged", "child", (char *)NULL);
	return ways_wait(pid);
}

static int env_ignored(void)
{
	return system("exec env -i ./tool child");
}

static int env_unset(void)
{
	return system("unset LD_PRELOAD FTRACE_SESSION FTRACE_SCOPE;"
		      " exec ./tool child");
}

static int env_duplicated(void)
{
	char *const environment[] = {"LD_PRELOAD=libc.so.6", "A=1",
		"LD_PRELOAD=libc.so.6", "FTRACE_SESSION=/nowhere",
		"FTRACE_SESSION=/nowhere", "FTRACE_SCOPE=7.7", NULL};
	pid_t pid = fork();

	if (pid == 0)
		execve("./tool", arguments, environment);
	return ways_wait(pid);
}

/* A library of the user's own, which keeps its place. */
static int execute_preloading(const char *library)
{
	char entry[8192];
	char *const environment[] = {entry, NULL};

	snprintf(entry, sizeof(entry), "LD_PRELOAD=%s", library);
	return execve("./tool", arguments, environment);
}

static int env_preload(void)
{
	return execute_preloading(realpath("plugin.so", NULL));
}

static int env_preload_relative(void)
{
	return execute_preloading("./plugin.so");
}

/* Without a name, without a sign: as it stands. */
static int env_malformed(void)
{
	char *const environment[] = {"", "=", "A", "LD_PRELOAD",
		"=LD_PRELOAD=", "LD_PRELOADX=1", NULL};
	pid_t pid = fork();

	if (pid == 0)
		execve("./tool", arguments, environment);
	return ways_wait(pid);
}

#define TOOL "exec tool, read tool, read child.txt"

const struct way spawn_ways[] = {
	WAY(spawn_tool, TOOL),
	WAY(spawn_empty_environment, TOOL),
	WAY(spawnp_search, "absent empty/tool, exec bin/tool, read bin/tool,"
			   " read child.txt"),
	WAY(spawn_missing, "absent missing"),
	WAY(system_shell, TOOL),
	WAY(system_unset, TOOL),
	WAY(popen_shell, TOOL),
	WAY(vfork_exec, TOOL),
	WAY(vfork_exec_fails, "absent missing, read a.txt"),
	WAY(fork_only, "read a.txt, read child.txt"),
	WAY(fork_twice, "read child.txt"),
	WAY(fork_storm, "read dir/x, read dir/y"),
	WAY(spawn_open, "read a.txt, write new, " TOOL),
	WAY(spawn_open_missing, "absent missing, read a.txt"),
	WAY(spawn_chdir, "stat bin, exec bin/tool, read bin/tool,"
			 " absent bin/child.txt, read a.txt"),
	WAY(spawn_fchdir, "stat bin, exec bin/tool, read bin/tool,"
			  " absent bin/child.txt, read a.txt"),
	WAY(spawn_attributes, TOOL),
	WAY(spawn_session, TOOL),
	WAY(spawn_script, "*"),
	WAY(popen_write, "write new, exec /*/cat"),
	WAY(system_missing, "absent missing"),
	WAY(clone_apart, "read child.txt, read a.txt"),
	WAY(clone_together, "read child.txt, read a.txt"),
	WAY(clone_like_vfork, TOOL ", read a.txt"),
	WAY(clone_apart_exec, TOOL ", read a.txt"),
	WAY(fork_without_handlers, "read child.txt"),
	WAY(fork_by_clone3, "read child.txt"),
	WAY(fork_and_leave, "read child.txt"),
	WAY(daemon_child, "read child.txt, any /dev/null"),
	WAY(exec_in_thread, TOOL),
	WAY(spawn_in_threads, TOOL),
	WAY(privileged, "*, incomplete as root"),
	WAY(env_ignored, TOOL ", exec /*/env"),
	WAY(env_unset, TOOL),
	WAY(env_duplicated, TOOL),
	WAY(env_preload, TOOL ", stat plugin.so, read plugin.so"),
	WAY(env_preload_relative, TOOL ", read plugin.so"),
	WAY(env_malformed, TOOL),
	{0},
};
