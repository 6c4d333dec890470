/* SPDX-License-Identifier: MIT */
#include "tests/unit/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "map/print.h"
#include "tracer/session.h"

static struct session session;
static struct err err;

static void open_session(void)
{
	assert_int_equal(session_open(&session, scratch_root(), &err), 0);
}

static int entries_left(void)
{
	DIR *dir = opendir(".ftrace");
	struct dirent *entry;
	int n = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)))
		n += strncmp(entry->d_name, "session-", 8) == 0;
	closedir(dir);
	return n;
}

TEST(opens_and_leaves_nothing)
{
	struct stat st;

	open_session();
	assert_int_equal(stat(session.arena_path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0666);
	assert_true(st.st_blocks > 0);
	assert_int_equal(access(".ftrace/.gitignore", R_OK), 0);
	assert_int_equal(entries_left(), 1);
	session_close(&session);
	assert_int_equal(entries_left(), 0);
	session_close(&session);
}

TEST(two_at_once)
{
	static struct session other;

	open_session();
	assert_int_equal(session_open(&other, scratch_root(), &err), 0);
	assert_string_not_equal(session.directory, other.directory);
	session_close(&other);
	session_close(&session);
	assert_int_equal(entries_left(), 0);
}

/* Many times what lay ready at first, without losing anything. */
TEST(grows)
{
	struct arena_header *header;
	uint64_t ready;

	open_session();
	header = session.arena.header;
	ready = atomic_load(&header->ready);
	for (uint64_t i = 0; i < 3 * ready; i++)
		assert_non_null(arena_claim(&session.arena, 1));
	assert_true(atomic_load(&header->ready) >= 3 * ready);
	assert_int_equal(atomic_load(&header->lost), 0);
	session_close(&session);
}

TEST(stops_at_its_limit)
{
	uint64_t claimed = 0;

	setenv(ARENA_LIMIT_VARIABLE, "1", 1);
	open_session();
	unsetenv(ARENA_LIMIT_VARIABLE);
	while (claimed < 1000 && arena_claim(&session.arena, 1))
		claimed++;
	assert_int_equal(claimed, (1u << 20) / ARENA_CHUNK);
	assert_int_equal(session.arena.header->lost, ARENA_FULL);
	session_close(&session);
}

TEST(the_clock_moves_on)
{
	struct identity before, after;

	open_session();
	write_file("before", "");
	before = identity_read("before");
	session_start_clock(&session);
	write_file("after", "");
	after = identity_read("after");
	assert_true(before.ctime < session.started);
	assert_true(after.ctime >= session.started);
	session_close(&session);
}

TEST(nowhere_to_write)
{
	assert_true(session_open(&session, scratch_path("missing"), &err) < 0);
	assert_true(*err.text != '\0');
	assert_int_equal(session_clean(scratch_path("missing")), 0);
	if (geteuid() == 0)
		return;
	make_directory("p");
	assert_int_equal(chmod("p", 0555), 0);
	assert_int_equal(
		session_open(&session, scratch_path("p"), &err), -EACCES);
}

/* What a killed run left is removed; what lives is not touched. */
TEST(cleans_after_the_dead)
{
	pid_t pid;
	int status;

	pid = fork();
	if (pid == 0) {
		session_open(&session, scratch_root(), &err);
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(entries_left(), 1);
	open_session();
	assert_int_equal(entries_left(), 2);
	assert_int_equal(session_clean(scratch_root()), 1);
	assert_int_equal(entries_left(), 1);
	assert_int_equal(access(session.arena_path, F_OK), 0);
	session_close(&session);
	assert_int_equal(session_clean(scratch_root()), 0);
}

TEST(lingering_processes)
{
	static struct arena arena;
	uint32_t *pids;
	int ready[2];
	char byte;
	pid_t pid;

	open_session();
	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		arena_attach(&arena, session.arena_path);
		arena_claim(&arena, 1);
		if (write(ready[1], "x", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(session_lingering(&session, 0, &pids), 1);
	assert_int_equal(pids[0], pid);
	free(pids);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_int_equal(session_lingering(&session, 0, &pids), 0);
	free(pids);
	close(ready[0]);
	close(ready[1]);
	session_close(&session);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(opens_and_leaves_nothing),
		IN_SCRATCH(two_at_once),
		IN_SCRATCH(grows),
		IN_SCRATCH(stops_at_its_limit),
		IN_SCRATCH(the_clock_moves_on),
		IN_SCRATCH(nowhere_to_write),
		IN_SCRATCH(cleans_after_the_dead),
		IN_SCRATCH(lingering_processes),
	};

	return RUN_TESTS(tests);
}
