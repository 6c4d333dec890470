/* SPDX-License-Identifier: MIT */
/*
 * Touching files at odd moments.
 */
#include "tests/programs/libc.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

#include "tests/programs/ways.h"

#define THREADS 8

static void *open_many(void *data)
{
	(void)data;
	for (int i = 0; i < 500; i++)
		if (close(open(i % 2 ? "dir/x" : "dir/y", O_RDONLY)) < 0)
			return "failed";
	return NULL;
}

static int threads(void)
{
	pthread_t ids[THREADS];
	void *answer;

	for (int i = 0; i < THREADS; i++)
		MUST(pthread_create(&ids[i], NULL, open_many, NULL) == 0);
	for (int i = 0; i < THREADS; i++)
		MUST(pthread_join(ids[i], &answer) == 0 && !answer);
	return 0;
}

static volatile sig_atomic_t handled;

static void handler(int sig)
{
	(void)sig;
	handled = close(open("a.txt", O_RDONLY)) == 0;
}

/*
 * A handler on the smallest stack there is, with a page behind it that must
 * not be touched.
 */
static int signal_on_small_stack(void)
{
	size_t size = ((size_t)sysconf(_SC_MINSIGSTKSZ) + 8191) & ~4095UL;
	char *area = mmap(NULL, size + 4096, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	stack_t stack = {.ss_sp = area + 4096, .ss_size = size};
	struct sigaction action = {
		.sa_handler = handler, .sa_flags = SA_ONSTACK};

	MUST(area != MAP_FAILED && mprotect(area, 4096, PROT_NONE) == 0);
	MUST(sigaltstack(&stack, NULL) == 0);
	MUST(sigaction(SIGUSR1, &action, NULL) == 0);
	raise(SIGUSR1);
	return handled ? 0 : 1;
}

/* Signals that come while the program itself is opening files. */
static int signals_meanwhile(void)
{
	struct sigaction action = {
		.sa_handler = handler, .sa_flags = SA_RESTART};
	pid_t self = getpid(), pid;

	MUST(sigaction(SIGUSR1, &action, NULL) == 0);
	pid = fork();
	if (pid == 0) {
		for (int i = 0; i < 200; i++)
			kill(self, SIGUSR1);
		_exit(0);
	}
	for (int i = 0; i < 2000; i++)
		MUST(close(open("dir/x", O_RDONLY)) == 0);
	while (ways_wait(pid))
		;
	return handled ? 0 : 1;
}

static int exit_unflushed(void)
{
	fopen("a.txt", "r");
	printf("never seen");
	_exit(5);
}

static int killed(void)
{
	close(open("a.txt", O_RDONLY));
	raise(SIGKILL);
	return 0;
}

static int close_all(void)
{
	for (int fd = 3; fd < 1024; fd++)
		close(fd);
	/* The next descriptor is the one that it would be untraced. */
	printf("%d\n", open("a.txt", O_RDONLY));
	return 0;
}

static int errno_is_kept(void)
{
	errno = 77;
	close(open("a.txt", O_RDONLY));
	access("a.txt", F_OK);
	return errno == 77 ? 0 : 1;
}

static void leave(void)
{
	close(open("child.txt", O_RDONLY));
}

static int at_exit_handler(void)
{
	atexit(leave);
	return 3;
}

__attribute__((destructor)) static void destroy(void)
{
	if (handled == 42)
		close(open("a.txt", O_RDONLY));
}

static int destructor(void)
{
	handled = 42;
	return 0;
}

/* A file name with every byte that a name can have. */
static int odd_name(void)
{
	char name[256];

	for (int i = 1; i < 256; i++)
		name[i - 1] = (char)(i == '/' ? '_' : i);
	name[255] = '\0';
	MUST(access(name, F_OK) < 0);
	return close(creat("n\xc3\xa9\n\"x", 0600));
}

const struct way odd_ways[] = {
	WAY(threads, "read dir/x, read dir/y"),
	WAY(signal_on_small_stack, "read a.txt"),
	WAY(signals_meanwhile, "read a.txt, read dir/x"),
	WAY(exit_unflushed, "read a.txt"),
	WAY(killed, "read a.txt"),
	WAY(close_all, "read a.txt"),
	WAY(errno_is_kept, "read a.txt, stat a.txt"),
	WAY(at_exit_handler, "read child.txt"),
	WAY(destructor, "read a.txt"),
	WAY(odd_name, "*"),
	{0},
};
