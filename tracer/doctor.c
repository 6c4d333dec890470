/* SPDX-License-Identifier: MIT */
#include "tracer/doctor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "map/map.h"
#include "tracer/run.h"
#include "tracer/session.h"
#include "wire/follow.h"

/* A trace of an hour's tests fits; less may not be enough. */
#define ROOM_MB 256

static const char yama[] = "/proc/sys/kernel/yama/ptrace_scope";

static int read_number(const char *path)
{
	FILE *file = fopen(path, "re");
	int value = -1;

	if (file && fscanf(file, "%d", &value) != 1)
		value = -1;
	if (file)
		fclose(file);
	return value;
}

static void remove_map(const char *place)
{
	static const char *const names[] = {"map.db", "map.db-wal",
		"map.db-shm", "map.db-journal", ".gitignore", ""};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char *path =
			xasprintf("%s/%s/%s", place, MAP_DIRECTORY, names[i]);

		remove(path);
		free(path);
	}
	rmdir(place);
}

static void examine_interposer(struct finding *finding, const char *place)
{
	char *argv[] = {"/bin/true", NULL};
	struct run_options options = {
		.root = place, .argv = argv, .unit = "doctor"};
	struct run_result result;
	struct err err = {0};

	if (run_command(&options, &result, &err) < 0)
		snprintf(finding->found, sizeof(finding->found), "%.255s",
			err.text);
	else if (!result.recorded)
		snprintf(finding->found, sizeof(finding->found), "%.255s",
			result.problem.text);
	else if (result.summary.incomplete)
		snprintf(finding->found, sizeof(finding->found), "%.255s",
			result.summary.reason);
	else
		finding->ok = true;
	run_result_release(&result);
	if (finding->ok)
		snprintf(finding->found, sizeof(finding->found),
			"programs of this system's C library are observed");
	else
		snprintf(finding->advice, sizeof(finding->advice),
			"a security policy may forbid LD_PRELOAD, or code "
			"that is written to (MemoryDenyWriteExecute, SELinux's "
			"execmod)");
}

/* What a process that asks to be followed is told. */
static enum follow_answer tracer_doctor_ask(const char *place)
{
	enum follow_answer answer = FOLLOW_UNHEARD;
	struct session session;
	struct err err;
	int status;
	pid_t child;

	if (session_open(&session, place, &err) < 0)
		return answer;
	child = fork();
	if (child == 0)
		_exit((int)follow_ask(
			&session.arena, SCOPE_BASE, FOLLOW_NO_EXEC));
	if (child > 0 && waitpid(child, &status, 0) == child &&
		WIFEXITED(status))
		answer = (enum follow_answer)WEXITSTATUS(status);
	session_close(&session);
	return answer;
}

static void advise_ptrace(struct finding *finding, enum follow_answer answer)
{
	int scope = read_number(yama);
	const char *advice =
		"in a container, allow it ptrace: --cap-add=SYS_PTRACE, or a "
		"seccomp profile with ptrace and process_vm_readv; under a "
		"debugger or strace -f there is no way";

	if (answer == FOLLOW_NO_FILTER)
		advice = "the seccomp profile in force forbids seccomp(2)";
	else if (scope == 2)
		advice = "kernel.yama.ptrace_scope is 2: as root, 'sysctl "
			 "kernel.yama.ptrace_scope=1'";
	else if (scope == 3)
		advice = "kernel.yama.ptrace_scope is 3, which only a restart "
			 "with another setting changes";
	snprintf(finding->advice, sizeof(finding->advice), "%.255s", advice);
}

static void examine_ptrace(struct finding *finding, const char *place)
{
	enum follow_answer answer = tracer_doctor_ask(place);

	finding->ok = answer == FOLLOWED;
	if (finding->ok) {
		snprintf(finding->found, sizeof(finding->found),
			"static programs, Go and other C libraries are "
			"followed");
		return;
	}
	snprintf(finding->found, sizeof(finding->found),
		"a test that runs a static program, one in Go or of another C "
		"library is always selected%s",
		follow_answer_name(answer));
	advise_ptrace(finding, answer);
}

static void examine_room(struct finding *finding, const char *place)
{
	struct statvfs disk;
	unsigned long long mb;

	finding->name = "room";
	if (statvfs(place, &disk) < 0) {
		snprintf(finding->found, sizeof(finding->found),
			"cannot look at '%.200s': %s", place, strerror(errno));
		return;
	}
	mb = (unsigned long long)disk.f_bavail * disk.f_frsize >> 20;
	finding->ok = mb >= ROOM_MB;
	snprintf(finding->found, sizeof(finding->found),
		"%llu MB are free where '.ftrace' lies", mb);
	if (!finding->ok)
		snprintf(finding->advice, sizeof(finding->advice),
			"a long run may need %d MB; make room", ROOM_MB);
}

static void examine_project(struct finding *finding, const char *place)
{
	finding->name = "project";
	finding->ok = access(place, W_OK | X_OK) == 0;
	snprintf(finding->found, sizeof(finding->found), "'%.200s' %s", place,
		finding->ok ? "can be written to" : strerror(errno));
	if (!finding->ok)
		snprintf(finding->advice, sizeof(finding->advice),
			"runs are not recorded here, and 'ftrace test' runs "
			"all; --root names another place");
}

static void examine_map(struct finding *finding, const char *root)
{
	struct map map;
	struct err err;
	int code = map_open(&map, root, MAP_QUERY, &err);
	bool damaged = code == MAP_DAMAGED, writable = true;

	finding->name = "map";
	if (code == 0) {
		damaged = map_check(&map, &err) < 0;
		writable = !map.read_only;
		map_close(&map);
	}
	finding->ok = code == MAP_MISSING || (!code && !damaged && writable);
	snprintf(finding->found, sizeof(finding->found), "%.500s",
		code == MAP_MISSING ? "there is none yet"
		: code || damaged   ? err.text
		: writable          ? "all of it can be read"
				    : "it cannot be written to");
	if (!finding->ok && !code && !damaged)
		snprintf(finding->advice, sizeof(finding->advice),
			"runs are not recorded, and 'ftrace test' runs all "
			"until '" MAP_DIRECTORY "' is yours or removed");
}

void doctor_examine(struct finding findings[FINDINGS], const char *root)
{
	const char *temporary = getenv("TMPDIR");
	char *place = xasprintf("%s/ftrace-doctor-XXXXXX",
		temporary && *temporary ? temporary : "/tmp");
	char *folder = xasprintf("%s/" MAP_DIRECTORY, root);
	/* The folder is often somebody else's, as after one run by root. */
	const char *home = access(folder, F_OK) == 0 ? folder : root;
	struct finding *tried = &findings[3];

	memset(findings, 0, FINDINGS * sizeof(*findings));
	examine_project(&findings[0], home);
	examine_map(&findings[1], root);
	examine_room(&findings[2], home);
	tried[0].name = "interposer";
	tried[1].name = "ptrace";
	if (mkdtemp(place)) {
		examine_interposer(&tried[0], place);
		examine_ptrace(&tried[1], place);
		remove_map(place);
	} else {
		for (size_t i = 0; i < 2; i++)
			snprintf(tried[i].found, sizeof(tried[i].found),
				"cannot make '%.200s': %s", place,
				strerror(errno));
	}
	free(folder);
	free(place);
}
