/* SPDX-License-Identifier: MIT */
#include "base/put_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

static int put_file_failed(const char *path, struct err *err)
{
	return err_set(err, -1, "cannot write '%s': %s", path, strerror(errno));
}

/* Where the file is or will be, behind symbolic links; to be freed. */
static char *put_file_place_of(const char *path)
{
	/* What /dev/stdout is a link to may be a file that others write to. */
	char *real =
		strncmp(path, "/dev/", 5) != 0 ? realpath(path, NULL) : NULL;

	return real ? real : xstrdup(path);
}

static bool put_file_is_special(const char *path)
{
	struct stat st;

	return !strncmp(path, "/dev/", 5) ||
	       (stat(path, &st) == 0 && !S_ISREG(st.st_mode));
}

/*
 * A new file beside the place, for the same users; -1 with errno. What bears
 * its name was left behind by a process of our number, or is a link by which
 * somebody would have us write elsewhere.
 */
static int open_beside(const char *place, char **name)
{
	struct stat st;
	int fd;

	*name = xasprintf("%s.%d.tmp", place, getpid());
	unlink(*name);
	fd = open(*name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd >= 0 && stat(place, &st) == 0)
		fchmod(fd, st.st_mode & 0777);
	return fd;
}

int put_file_check(const char *path, struct err *err)
{
	char *place = put_file_place_of(path), *name = NULL;
	int fd, code = 0;

	if (put_file_is_special(place)) {
		fd = open(place, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
		/* A pipe that nobody reads yet may be read later. */
		if (fd < 0 && errno != ENXIO)
			code = put_file_failed(path, err);
	} else {
		fd = open_beside(place, &name);
		if (fd < 0)
			code = put_file_failed(path, err);
		else
			unlink(name);
	}
	if (fd >= 0)
		close(fd);
	free(name);
	free(place);
	return code;
}

static int write_all(int fd, const char *text, size_t size)
{
	while (size) {
		ssize_t n = write(fd, text, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		text += n;
		size -= (size_t)n;
	}
	return 0;
}

int put_file(const char *path, const char *text, struct err *err)
{
	return put_file_bytes(path, text, strlen(text), err);
}

int put_file_bytes(
	const char *path, const char *bytes, size_t size, struct err *err)
{
	char *place = put_file_place_of(path), *name = NULL;
	int fd = put_file_is_special(place)
			 ? open(place, O_WRONLY | O_APPEND | O_CLOEXEC)
			 : open_beside(place, &name);
	int code = fd < 0 ? -1 : write_all(fd, bytes, size);

	/* A full disk may tell only now. */
	if (fd >= 0 && close(fd) < 0)
		code = -1;
	if (code == 0 && name)
		code = rename(name, place);
	if (code < 0) {
		put_file_failed(path, err);
		if (name)
			unlink(name);
	}
	free(name);
	free(place);
	return code;
}
