/* SPDX-License-Identifier: MIT */
/*
 * bench_calls same|different|true N [DIRECTORY]
 *
 * Opens one file N times, or N files of the directory once each, or starts
 * /bin/true N times, and prints the nanoseconds that one took.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void open_and_close(const char *path)
{
	int fd = open(path, O_RDONLY);

	if (fd < 0) {
		perror(path);
		exit(1);
	}
	close(fd);
}

static void start_true(void)
{
	char *argv[] = {"/bin/true", NULL};
	pid_t pid;
	int status;

	if (posix_spawn(&pid, argv[0], NULL, NULL, argv, environ) != 0 ||
		waitpid(pid, &status, 0) != pid || status != 0) {
		fputs("/bin/true does not start\n", stderr);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	int count = argc > 2 ? atoi(argv[2]) : 0;
	char path[4096];
	long long began;

	if (count <= 0)
		return 2;
	began = now();
	for (int i = 0; i < count; i++) {
		if (!strcmp(argv[1], "true")) {
			start_true();
			continue;
		}
		if (argc < 4)
			return 2;
		snprintf(path, sizeof(path), "%s/%d", argv[3],
			!strcmp(argv[1], "different") ? i : 0);
		open_and_close(path);
	}
	printf("%lld\n", (now() - began) / count);
	return 0;
}
