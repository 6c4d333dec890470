/* SPDX-License-Identifier: MIT */
#include "cli/streams.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

void streams_lend(int saved[3], bool shown)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	fflush(NULL);
	for (int fd = 0; fd < 3; fd++) {
		saved[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 3);
		if (fd == 1 && shown)
			dup2(STDERR_FILENO, fd);
		else if (null >= 0 && (fd == 0 || !shown))
			dup2(null, fd);
	}
	if (null > 2)
		close(null);
}

void streams_take_back(const int saved[3])
{
	for (int fd = 0; fd < 3; fd++) {
		if (saved[fd] < 0)
			continue;
		dup2(saved[fd], fd);
		close(saved[fd]);
	}
}

void streams_fill(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd < 3);
	if (fd >= 0)
		close(fd);
}
