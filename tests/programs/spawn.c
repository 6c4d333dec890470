/* SPDX-License-Identifier: MIT */
/*
 * Executing beside oneself, and forking.
 */
#include "tests/programs/libc.h"

#include <spawn.h>
#include <string.h>
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
	{0},
};
