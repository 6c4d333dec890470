/* SPDX-License-Identifier: MIT */
#include "map/home.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "map/map.h"

static const char ignore_text[] = "# made by ftrace\n*\n";

static void map_home_ignore(const char *home)
{
	char *path = xasprintf("%s/.gitignore", home);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	ssize_t n;

	free(path);
	if (fd < 0)
		return;
	/* Without it git shows the folder, and nothing else is amiss. */
	n = write(fd, ignore_text, sizeof(ignore_text) - 1);
	(void)n;
	close(fd);
}

int map_home_make(const char *root, struct err *err)
{
	char *home = xasprintf("%s/" MAP_DIRECTORY, root);
	int code = 0;

	if (mkdir(home, 0777) == 0)
		map_home_ignore(home);
	else if (errno != EEXIST)
		code = err_set(err, -errno, "cannot make '%s': %s", home,
			strerror(errno));
	free(home);
	return code;
}
