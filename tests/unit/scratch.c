/* SPDX-License-Identifier: MIT */
#include "tests/unit/scratch.h"

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "map/print.h"

static char root[PATH_MAX];

int scratch_enter(void **state)
{
	const char *where = getenv("TMPDIR");
	char made[PATH_MAX];

	(void)state;
	snprintf(made, sizeof(made), "%s/ftrace-unit-XXXXXX",
		where && *where ? where : "/tmp");
	return mkdtemp(made) && realpath(made, root) ? chdir(root) : -1;
}

static int remove_entry(
	const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int scratch_leave(void **state)
{
	(void)state;
	return chdir("/") < 0
		       ? -1
		       : nftw(root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

const char *scratch_root(void)
{
	return root;
}

const char *scratch_path(const char *name)
{
	static char paths[8][PATH_MAX + 256];
	static unsigned next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof(*paths), "%s/%s", root, name);
	return path;
}

void write_bytes(const char *path, const void *bytes, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), size);
	assert_int_equal(close(fd), 0);
}

void write_file(const char *path, const char *text)
{
	write_bytes(path, text, strlen(text));
}

void make_directory(const char *path)
{
	assert_int_equal(mkdir(path, 0755), 0);
}

void make_link(const char *target, const char *path)
{
	assert_int_equal(symlink(target, path), 0);
}

void remove_file(const char *path)
{
	assert_int_equal(remove(path), 0);
}

void wait_for_clock(void)
{
	struct timespec pause = {0, 500000}, fine;
	int64_t before;

	/* Stamps may be of the fine clock (see session_start_clock). */
	clock_gettime(CLOCK_REALTIME, &fine);
	before = fine.tv_sec * INT64_C(1000000000) + fine.tv_nsec;
	while (clock_now() <= before)
		nanosleep(&pause, NULL);
}
