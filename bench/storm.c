/* SPDX-License-Identifier: MIT */
/*
 * bench_storm forks COUNT WIDE      short processes, WIDE at a time
 * bench_storm threads COUNT FORKS   64 threads open COUNT files each, and 4
 *                                   others fork
 * bench_storm names COUNT           looks for COUNT long names in vain
 * bench_storm descriptors           opens files until there are no more
 * bench_storm small                 threads of the smallest stack, handlers
 *                                   on the smallest alternative stack
 * bench_storm memory                allocates until there is no more
 * bench_storm cancels COUNT         threads cancelled in the middle of a call
 * bench_storm jumps COUNT           handlers that jump out of calls
 * bench_storm tree ROUNDS           children and their children, for a while
 * bench_storm one FILE              reads one file
 *
 * What bench/stress runs, untraced and traced: what is printed is to be the
 * same. Files are made and read in the current directory.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILES 1000
#define THREADS 64
#define FORKERS 4
#define SPREAD 50 /* files that each thread goes through */

extern char **environ;
static const char *self;
static _Atomic unsigned opened, failed, children;

static _Noreturn void give_up(const char *what)
{
	perror(what);
	exit(1);
}

static bool read_file(const char *name)
{
	char buffer[64];
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	bool good = fd >= 0 && read(fd, buffer, sizeof(buffer)) >= 0;

	if (fd >= 0)
		close(fd);
	return good;
}

static void make_file(const char *name)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);

	if (fd < 0 || write(fd, name, strlen(name)) < 0 || close(fd) < 0)
		give_up(name);
}

/* One of the ways to have a child read a file and end with `code`. */
static pid_t start_child(unsigned i, const char *name, int code)
{
	char *const argv[] = {(char *)self, "one", (char *)name, NULL};
	pid_t child;

	if (i % 4 == 1) {
		errno = posix_spawn(&child, self, NULL, NULL, argv, environ);
		return errno ? -1 : child;
	}
	if (i % 4 == 2) {
		child = vfork();
		if (child == 0) {
			execv(self, argv);
			_exit(126);
		}
		return child;
	}
	child = fork();
	if (child == 0) {
		if (i % 4 == 3)
			execv(self, argv);
		_exit(read_file(name) ? code : 125);
	}
	return child;
}

static int forks(unsigned count, unsigned wide)
{
	unsigned running = 0, started = 0, sum = 0;
	char name[32];
	int status;

	for (unsigned i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "storm-%u", i);
		make_file(name);
	}
	while (started < count || running) {
		if (started < count && running < wide) {
			snprintf(name, sizeof(name), "storm-%u",
				started % FILES);
			if (start_child(started, name, started % 4 ? 0 : 7) < 0)
				give_up("fork");
			started++;
			running++;
			continue;
		}
		if (wait(&status) < 0)
			give_up("wait");
		running--;
		sum += WIFEXITED(status) ? (unsigned)WEXITSTATUS(status)
					 : 1000u + (unsigned)WTERMSIG(status);
	}
	printf("%u processes, sum %u\n", started, sum);
	return 0;
}

struct share {
	unsigned number, count;
};

static void *open_files(void *data)
{
	struct share *share = data;
	char name[64];

	for (unsigned i = 0; i < share->count; i++) {
		snprintf(name, sizeof(name), "thread-%u-%u", share->number,
			i % SPREAD);
		atomic_fetch_add(read_file(name) ? &opened : &failed, 1);
	}
	return NULL;
}

static void *fork_children(void *data)
{
	struct share *share = data;
	char name[64];
	int status;
	pid_t child;

	for (unsigned i = 0; i < share->count; i++) {
		snprintf(name, sizeof(name), "child-%u-%u", share->number,
			i % SPREAD);
		child = start_child(i, name, 0);
		if (child < 0 || waitpid(child, &status, 0) != child ||
			status != 0)
			atomic_fetch_add(&failed, 1);
		else
			atomic_fetch_add(&children, 1);
	}
	return NULL;
}

static int threads(unsigned count, unsigned forked)
{
	pthread_t thread[THREADS + FORKERS];
	struct share share[THREADS + FORKERS];
	char name[64];

	for (unsigned i = 0; i < THREADS + FORKERS; i++)
		for (unsigned k = 0; k < SPREAD; k++) {
			snprintf(name, sizeof(name), "%s-%u-%u",
				i < THREADS ? "thread" : "child", i, k);
			make_file(name);
		}
	for (unsigned i = 0; i < THREADS + FORKERS; i++) {
		share[i].number = i;
		share[i].count = i < THREADS ? count : forked;
		errno = pthread_create(&thread[i], NULL,
			i < THREADS ? open_files : fork_children, &share[i]);
		if (errno)
			give_up("pthread_create");
	}
	for (unsigned i = 0; i < THREADS + FORKERS; i++)
		pthread_join(thread[i], NULL);
	printf("%u opened, %u children, %u failed\n", opened, children, failed);
	return 0;
}

static int names(unsigned count)
{
	char name[256];
	unsigned absent = 0;

	memset(name, 'n', sizeof(name));
	for (unsigned i = 0; i < count; i++) {
		snprintf(name + 180, sizeof(name) - 180, "%u", i);
		absent += access(name, F_OK) < 0 && errno == ENOENT;
	}
	printf("%u absent\n", absent);
	return 0;
}

static int descriptors(void)
{
	unsigned count = 0;
	int fd, first, status = -1;
	pid_t child;

	make_file("one");
	first = fd = open("one", O_RDONLY);
	while (fd >= 0) {
		count++;
		fd = open("one", O_RDONLY);
	}
	printf("%u descriptors from %d: %s\n", count, first, strerror(errno));
	printf("without one: %s %s %s\n",
		access("one", R_OK) ? "no access" : "access",
		access("none", R_OK) ? "no access" : "access",
		read_file("one") ? "read" : strerror(errno));
	fflush(stdout);
	child = fork();
	if (child == 0)
		_exit(read_file("one") ? 1 : errno == EMFILE ? 2 : 3);
	waitpid(child, &status, 0);
	printf("forked: %d\n", WEXITSTATUS(status));
	fflush(stdout);
	/* The loader needs one. */
	close(first);
	child = start_child(1, "one", 0);
	waitpid(child, &status, 0);
	printf("spawned: %d\n", WEXITSTATUS(status));
	return 0;
}

static void on_signal(int sig)
{
	(void)sig;
	if (read_file("one") && access("none", F_OK) < 0)
		atomic_fetch_add(&opened, 1);
}

/* Everything that records, in little room. */
static void *in_little_room(void *data)
{
	static const struct sigaction action = {
		.sa_handler = on_signal, .sa_flags = SA_ONSTACK};
	stack_t stack = {.ss_size = (size_t)sysconf(_SC_MINSIGSTKSZ)};
	struct stat st;
	char buffer[64];
	int status = -1;
	pid_t child;

	(void)data;
	/* What the kernel needs, and as much as a small handler may. */
	stack.ss_size += 4096;
	stack.ss_sp = mmap(NULL, stack.ss_size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	sigaltstack(&stack, NULL);
	sigaction(SIGUSR1, &action, NULL);
	if (read_file("one") && stat("one", &st) == 0 &&
		readlink("one", buffer, sizeof(buffer)) < 0 &&
		rename("none", "nothing") < 0 && chdir(".") == 0)
		atomic_fetch_add(&opened, 1);
	pthread_kill(pthread_self(), SIGUSR1);
	for (unsigned i = 0; i < 4; i++) {
		child = start_child(i, "one", 0);
		if (child > 0 && waitpid(child, &status, 0) == child &&
			status == 0)
			atomic_fetch_add(&children, 1);
	}
	stack.ss_flags = SS_DISABLE;
	sigaltstack(&stack, NULL);
	return NULL;
}

static int small(void)
{
	pthread_attr_t attributes;
	pthread_t thread;
	size_t size = (size_t)sysconf(_SC_THREAD_STACK_MIN);

	make_file("one");
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, size);
	for (unsigned i = 0; i < 20; i++) {
		errno = pthread_create(
			&thread, &attributes, in_little_room, NULL);
		if (errno)
			give_up("pthread_create");
		pthread_join(thread, NULL);
	}
	in_little_room(NULL);
	printf("%u opened, %u children\n", opened, children);
	return 0;
}

/* What is left is less when traced; what happens then is not. */
static int memory(void)
{
	size_t piece = 1u << 20;
	unsigned got = 0;
	int status = -1;
	pid_t child;

	make_file("one");
	while (piece >= 4096) {
		void *at = mmap(NULL, piece, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (at == MAP_FAILED)
			piece /= 2;
		else
			got++;
	}
	printf("%s; %s, %s\n", got > 100 ? "some" : "hardly any",
		read_file("one") ? "read" : strerror(errno),
		access("none", F_OK) ? strerror(errno) : "there");
	fflush(stdout);
	child = fork();
	if (child == 0)
		_exit(read_file("one") ? 3 : 4);
	if (child > 0)
		waitpid(child, &status, 0);
	printf("forked: %d\n", child < 0 ? errno : WEXITSTATUS(status));
	return 0;
}

static void clean_up(void *data)
{
	(void)data;
	atomic_fetch_add(&children, 1);
}

/* Half of them wait for a writer that never comes, the others hurry. */
static void *until_cancelled(void *data)
{
	pthread_cleanup_push(clean_up, NULL);
	if (*(unsigned *)data % 2)
		read_file("fifo");
	for (;;)
		if (!read_file("one") || access("none", F_OK) == 0)
			atomic_fetch_add(&failed, 1);
	pthread_cleanup_pop(1);
	return NULL;
}

static int cancels(unsigned count)
{
	pthread_t thread;
	void *result;

	make_file("one");
	if (mkfifo("fifo", 0666) < 0 && errno != EEXIST)
		give_up("mkfifo");
	for (unsigned i = 0; i < count; i++) {
		errno = pthread_create(&thread, NULL, until_cancelled, &i);
		if (errno)
			give_up("pthread_create");
		usleep(i % 50 * 20);
		pthread_cancel(thread);
		pthread_join(thread, &result);
		if (result == PTHREAD_CANCELED)
			atomic_fetch_add(&opened, 1);
	}
	printf("%u cancelled, %u cleaned up, %u failed\n", opened, children,
		failed);
	return 0;
}

static sigjmp_buf out;

static void jump_out(int sig)
{
	(void)sig;
	siglongjmp(out, 1);
}

/* Calls of POSIX's list may be left so: open, stat, access. */
static int jumps(unsigned count)
{
	static const struct sigaction action = {.sa_handler = jump_out};
	static volatile unsigned done, i;
	const struct itimerval soon = {.it_value = {0, 300}};
	struct stat st;
	char name[32];

	sigaction(SIGALRM, &action, NULL);
	for (i = 0; i < SPREAD; i++) {
		snprintf(name, sizeof(name), "tree-%u", i);
		make_file(name);
	}
	while (done < count) {
		if (sigsetjmp(out, 1)) {
			done++;
			continue;
		}
		setitimer(ITIMER_REAL, &soon, NULL);
		for (;;) {
			i++;
			name[0] = '\0';
			snprintf(name, sizeof(name), "none-%u", i % 5000);
			if (stat(name, &st) == 0)
				return 1;
		}
	}
	for (i = 0; i < SPREAD; i++) {
		snprintf(name, sizeof(name), "tree-%u", i);
		if (!read_file(name))
			give_up(name);
	}
	printf("%u jumps\n", done);
	return 0;
}

static int tree(unsigned rounds)
{
	char name[32];
	int status;
	pid_t child;

	for (unsigned i = 0; i < rounds; i++) {
		snprintf(name, sizeof(name), "tree-%u", i % SPREAD);
		make_file(name);
		child = fork();
		if (child == 0) {
			child = start_child(i, name, 0);
			for (unsigned k = 0; k < SPREAD; k++) {
				snprintf(
					name, sizeof(name), "none-%u-%u", i, k);
				read_file(name);
			}
			_exit(child > 0 && waitpid(child, &status, 0) > 0 ? 0
									  : 1);
		}
		if (child > 0)
			waitpid(child, &status, 0);
	}
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	unsigned first = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
	unsigned second = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 0;

	self = argv[0];
	if (!strcmp(what, "forks"))
		return forks(first, second);
	if (!strcmp(what, "threads"))
		return threads(first, second);
	if (!strcmp(what, "names"))
		return names(first);
	if (!strcmp(what, "descriptors"))
		return descriptors();
	if (!strcmp(what, "small"))
		return small();
	if (!strcmp(what, "memory"))
		return memory();
	if (!strcmp(what, "cancels"))
		return cancels(first);
	if (!strcmp(what, "jumps"))
		return jumps(first);
	if (!strcmp(what, "tree"))
		return tree(first);
	if (!strcmp(what, "one") && argc > 2)
		return read_file(argv[2]) ? 0 : 1;
	fprintf(stderr, "usage: bench_storm WHAT [COUNT ...]\n");
	return 2;
}
