/* SPDX-License-Identifier: MIT */
/*
 * Executing in place. `tool` is a copy of this program; its way `child` reads
 * child.txt, which shows that what was executed is traced, too.
 */
#include "tests/programs/libc.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>

#include "tests/programs/ways.h"

#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif

static char *const arguments[] = {"tool", "child", NULL};
static char *const nothing[] = {NULL};

/* Returns only where it fails. */
#define EXEC(name, call) \
	static int name(void) \
	{ \
		call; \
		MUST(false); \
		return 0; \
	}

static void search(void)
{
	MUST(setenv("PATH", "missing:empty:bin", 1) == 0);
}

EXEC(execve_tool, execve("./tool", arguments, environ))
EXEC(execve_no_environment, execve("./tool", arguments, NULL))
EXEC(execve_empty_environment, execve("./tool", arguments, nothing))
EXEC(execv_tool, execv("tool", arguments))
EXEC(execvp_path, execvp("./tool", arguments))
EXEC(execvp_search, (search(), execvp("tool", arguments)))
EXEC(execvpe_search, (search(), execvpe("tool", arguments, nothing)))
EXEC(execl_tool, execl("tool", "tool", "child", (char *)NULL))
EXEC(execle_tool, execle("tool", "tool", "child", (char *)NULL, nothing))
EXEC(execlp_search, (search(), execlp("tool", "tool", "child", (char *)NULL)))
EXEC(fexecve_tool, fexecve(open("tool", O_PATH), arguments, environ))
EXEC(execveat_tool, execveat(AT_FDCWD, "tool", arguments, environ, 0))
EXEC(execveat_directory,
	execveat(open("bin", O_PATH), "tool", arguments, environ, 0))
EXEC(execveat_descriptor,
	execveat(open("tool", O_PATH), "", arguments, environ, AT_EMPTY_PATH))
EXEC(exec_script, execv("./script", arguments))
EXEC(exec_link, execv("./toollink", arguments))

static int execve_preset(void)
{
	char *const environment[] = {"LD_PRELOAD=", "FTRACE_SESSION=x",
		"FTRACE_SCOPE=", "LD_PRELOAD=", NULL};

	execve("./tool", arguments, environment);
	return 1;
}

static int exec_unset(void)
{
	unsetenv("LD_PRELOAD");
	unsetenv("FTRACE_SESSION");
	unsetenv("FTRACE_SCOPE");
	execv("./tool", arguments);
	return 1;
}

/* More variables than there is room for on the stack. */
static int execve_many(void)
{
	static char *environment[3001];

	for (int i = 0; i < 3000; i++)
		environment[i] = "X=1";
	execve("./tool", arguments, environment);
	return 1;
}

static int exec_missing(void)
{
	MUST(execv("./missing", arguments) < 0 && errno == ENOENT);
	return 0;
}

static int exec_denied(void)
{
	MUST(execv("a.txt", arguments) < 0 && errno == EACCES);
	return 0;
}

static int exec_nothing(void)
{
	MUST(execv(ways_null, arguments) < 0 && errno == EFAULT);
	MUST(execveat(AT_FDCWD, ways_null, arguments, environ, 0) < 0 &&
		errno == EFAULT);
	return 0;
}

static int execvp_missing(void)
{
	search();
	MUST(execvp("nothing", arguments) < 0 && errno == ENOENT);
	return 0;
}

/* After a failure the program goes on, and is still recorded. */
static int exec_after_failure(void)
{
	exec_missing();
	execv("./tool", arguments);
	return 1;
}

/* Code that was writable is not to be executed any more; Linux 6.3. */
static int exec_fixed_code(void)
{
	prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0);
	execv("./tool", arguments);
	return 1;
}

/* A chain: each image answers the one before it. */
static int chain(void)
{
	execl("tool", "tool", "execv_tool", (char *)NULL);
	return 1;
}

static int child(void)
{
	return ways_show(open("child.txt", O_RDONLY));
}

#define TOOL "exec tool, read tool, read child.txt"
#define SEARCH \
	"absent missing/tool, absent empty/tool, exec bin/tool," \
	" read bin/tool, read child.txt"

const struct way exec_ways[] = {
	WAY(child, "read child.txt"),
	WAY(execve_tool, TOOL),
	WAY(execve_no_environment, TOOL),
	WAY(execve_empty_environment, TOOL),
	WAY(execve_preset, TOOL),
	WAY(execve_many, TOOL),
	WAY(exec_unset, TOOL),
	WAY(execv_tool, TOOL),
	WAY(execvp_path, TOOL),
	WAY(execvp_search, SEARCH),
	WAY(execvpe_search, SEARCH),
	WAY(execl_tool, TOOL),
	WAY(execle_tool, TOOL),
	WAY(execlp_search, SEARCH),
	WAY(fexecve_tool, "stat tool, " TOOL),
	WAY(execveat_tool, TOOL),
	WAY(execveat_directory,
		"stat bin, exec bin/tool, read bin/tool, read child.txt"),
	WAY(execveat_descriptor, "stat tool, " TOOL),
	WAY(exec_script, "exec script, read tool, read child.txt"),
	WAY(exec_link, "link toollink, " TOOL),
	WAY(exec_missing, "absent missing"),
	WAY(exec_nothing, ""),
	WAY(exec_denied, "stat a.txt"),
	WAY(execvp_missing, "absent missing/nothing, absent empty/nothing,"
			    " absent bin/nothing"),
	WAY(exec_after_failure, "absent missing, " TOOL),
	WAY(exec_fixed_code, "" TOOL),
	WAY(chain, TOOL),
	{0},
};
