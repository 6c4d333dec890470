/* SPDX-License-Identifier: MIT */
/*
 * The file is copied and then emptied, and not renamed: other processes may
 * have it open, and SQLite's journal goes by its name.
 */
#include "map/aside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "map/sql.h"

/* The bytes that SQLite's processes lock: all of them are kept out. */
#define LOCKED_FROM 0x40000000
#define LOCKED_SIZE 512

#define STEP_MS 10

/* Of this descriptor: SQLite's own locks are the process's. */
static int lock(int fd)
{
	const struct timespec step = {.tv_nsec = STEP_MS * 1000000L};
	struct flock range = {.l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = LOCKED_FROM,
		.l_len = LOCKED_SIZE};

	for (int waited = 0; fcntl(fd, F_OFD_SETLK, &range) < 0;
		waited += STEP_MS) {
		if ((errno != EAGAIN && errno != EACCES) ||
			waited >= MAP_BUSY_MS)
			return -1;
		nanosleep(&step, NULL);
	}
	return 0;
}

static int aside_copy(int from, const char *path)
{
	int to = open(path,
		O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
	ssize_t n = -1;

	if (to < 0)
		return -1;
	do
		n = sendfile(to, from, NULL, 1 << 30);
	while (n > 0);
	if (close(to) < 0)
		n = -1;
	if (n < 0)
		unlink(path);
	return n < 0 ? -1 : 0;
}

static int aside_failed(const char *root, struct err *err)
{
	return err_set(err, MAP_IO,
		"map '%s/" MAP_PATH "' is damaged, and cannot be put aside: %s",
		root, strerror(errno));
}

int map_put_aside(const char *root, struct err *err)
{
	char *path = xasprintf("%s/" MAP_PATH, root);
	char *aside = xasprintf("%s/" MAP_ASIDE, root);
	int fd = open(path, O_RDWR | O_CLOEXEC), code = 0;

	/* Whoever had the lock before may have done it. */
	if (fd < 0 || lock(fd) < 0)
		code = aside_failed(root, err);
	else if (map_examine(root, NULL) == MAP_DAMAGED &&
		 (aside_copy(fd, aside) < 0 || ftruncate(fd, 0) < 0))
		code = aside_failed(root, err);
	if (fd >= 0)
		close(fd);
	free(aside);
	free(path);
	return code;
}
