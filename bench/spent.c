/* SPDX-License-Identifier: MIT */
/*
 * bench_spent FILE COMMAND [ARGUMENT ...]
 *
 * Runs a command and appends to FILE what it and its children spent: wall,
 * user and system time in microseconds, peak memory in KiB, wait status.
 *
 * A program of its own because an exec keeps the peak of the process that it
 * replaces: measured from a Python process, nothing is ever below Python's
 * own 10 MB.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long microseconds(const struct timeval *time)
{
	return time->tv_sec * 1000000LL + time->tv_usec;
}

static long long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

int main(int argc, char **argv)
{
	struct rusage spent;
	long long started = now(), wall;
	int status;
	pid_t child;
	FILE *out;

	if (argc < 3) {
		fprintf(stderr, "usage: bench_spent FILE COMMAND [...]\n");
		return 125;
	}
	child = fork();
	if (child == 0) {
		execvp(argv[2], argv + 2);
		fprintf(stderr, "bench_spent: %s: %s\n", argv[2],
			strerror(errno));
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &spent) < 0) {
		perror("bench_spent");
		return 125;
	}
	wall = now() - started;
	out = fopen(argv[1], "a");
	if (!out) {
		perror(argv[1]);
		return 125;
	}
	fprintf(out, "%lld %lld %lld %ld %d\n", wall,
		microseconds(&spent.ru_utime), microseconds(&spent.ru_stime),
		spent.ru_maxrss, status);
	if (fclose(out)) {
		perror(argv[1]);
		return 125;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
