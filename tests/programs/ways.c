/* SPDX-License-Identifier: MIT */
#include "tests/programs/ways.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What libc loads by itself it does not load where it is linked statically. */
static const struct way *const tables[] = {
	open_ways,
	look_ways,
	list_ways,
	change_ways,
	exec_ways,
	spawn_ways,
	odd_ways,
	raw_ways,
	socket_ways,
#ifndef WAYS_STATIC
	name_ways,
	dl_ways,
#endif
};
#define TABLES (sizeof(tables) / sizeof(*tables))

const char *const volatile ways_null = NULL;

void ways_must(bool holds, const char *file, int line)
{
	if (holds)
		return;
	fprintf(stderr, "%s:%d: ", file, line);
	perror(NULL);
	exit(99);
}

int ways_show(int fd)
{
	char buffer[512];
	ssize_t n;

	MUST(fd >= 0);
	while ((n = read(fd, buffer, sizeof(buffer))) > 0)
		MUST(write(STDOUT_FILENO, buffer, (size_t)n) == n);
	close(fd);
	return 0;
}

void *ways_old(const char *name)
{
	static const char *const versions[] = {
		"GLIBC_2.2.5", "GLIBC_2.4", "GLIBC_2.17"};
	void *found = dlsym(RTLD_DEFAULT, name);

	for (int i = 0; !found && i < 3; i++)
		found = dlvsym(RTLD_DEFAULT, name, versions[i]);
	MUST(found != NULL);
	return found;
}

int ways_wait(int pid)
{
	int status = 0;

	MUST(pid > 0 && waitpid(pid, &status, 0) == pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

int main(int argc, char **argv)
{
	const struct way *way;

	for (size_t i = 0; i < TABLES; i++)
		for (way = tables[i]; way->name; way++) {
			if (argc < 2)
				printf("%s\t%s\n", way->name, way->expected);
			else if (!strcmp(way->name, argv[1]))
				return way->run();
		}
	return argc < 2 ? 0 : 97;
}
