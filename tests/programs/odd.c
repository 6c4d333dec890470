/* SPDX-License-Identifier: MIT */
/*
 * Touching files at odd moments.
 */
#include "tests/programs/libc.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

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

static int close_from(void)
{
	closefrom(3);
	return ways_show(open("a.txt", O_RDONLY));
}

static int close_a_range(void)
{
	MUST(close_range(3, ~0u, 0) == 0);
	return ways_show(open("a.txt", O_RDONLY));
}

/* No descriptor is to be had, and none is needed. */
static int no_descriptors(void)
{
	struct rlimit none = {0, 0};

	MUST(setrlimit(RLIMIT_NOFILE, &none) == 0);
	MUST(open("a.txt", O_RDONLY) < 0 && errno == EMFILE);
	MUST(access("dir/x", F_OK) == 0);
	return 0;
}

/* The address space is used up. */
static int no_memory(void)
{
	struct rlimit none = {0, 0};

	MUST(setrlimit(RLIMIT_AS, &none) == 0);
	return ways_show(open("a.txt", O_RDONLY));
}

static char name_too_long[5000], directory_name[256];

static int long_name(void)
{
	memset(name_too_long, 'x', sizeof(name_too_long) - 1);
	MUST(open(name_too_long, O_RDONLY) < 0 && errno == ENAMETOOLONG);
	MUST(access(name_too_long, F_OK) < 0 && errno == ENAMETOOLONG);
	return 0;
}

/* Deeper than any path that a call takes. */
static int deep_directory(void)
{
	memset(directory_name, 'd', 250);
	for (int i = 0; i < 20; i++)
		MUST(mkdir(directory_name, 0755) == 0 &&
			chdir(directory_name) == 0);
	return close(creat("new", 0600));
}

static int removed_directory(void)
{
	MUST(chdir("empty") == 0 && rmdir("../empty") == 0);
	MUST(open("missing", O_RDONLY) < 0 && errno == ENOENT);
	return ways_show(open("../a.txt", O_RDONLY)) == 0;
}

/* Pointers that lead nowhere, beside paths that do not. */
static int bad_pointers(void)
{
	void *volatile nowhere = (void *)16;

	MUST(stat("a.txt", nowhere) < 0 && errno == EFAULT);
	MUST(readlink("link", nowhere, 9) < 0 && errno == EFAULT);
	MUST(symlink(nowhere, "soft") < 0 && errno == EFAULT);
	MUST(rename("a.txt", nowhere) < 0 && errno == EFAULT);
	MUST(link(nowhere, "hard") < 0 && errno == EFAULT);
	MUST(connect(0, nowhere, 9) < 0);
	MUST(utimensat(AT_FDCWD, nowhere, NULL, 0) < 0 && errno == EFAULT);
	return 0;
}

static int bad_environment(void)
{
	static char *const arguments[] = {"tool", "child", NULL};
	char *const environment[] = {(char *)16, NULL};
	void *volatile nowhere = (void *)16;

	MUST(execve("./tool", arguments, nowhere) < 0 && errno == EFAULT);
	MUST(execve("./tool", nowhere, environ) < 0 && errno == EFAULT);
	MUST(execve("./tool", arguments, environment) < 0 && errno == EFAULT);
	return 0;
}

static void *be_cancelled(void *data)
{
	(void)data;
	for (;;)
		close(open("a.txt", O_RDONLY));
	return NULL;
}

static void *be_cancelled_anywhere(void *data)
{
	pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
	return be_cancelled(data);
}

/* open(2) is where a thread may be cancelled, also while it is recorded. */
static int cancel(void *(*function)(void *))
{
	pthread_t id;
	void *answer;

	for (int i = 0; i < 20; i++) {
		MUST(pthread_create(&id, NULL, function, NULL) == 0);
		usleep(500);
		MUST(pthread_cancel(id) == 0);
		MUST(pthread_join(id, &answer) == 0);
		MUST(answer == PTHREAD_CANCELED);
	}
	return 0;
}

static int cancelled(void)
{
	return cancel(be_cancelled);
}

static int cancelled_anywhere(void)
{
	return cancel(be_cancelled_anywhere);
}

static void *open_pipe(void *data)
{
	(void)data;
	open("pipe", O_RDONLY);
	return NULL;
}

/* While it waits in the kernel, at the end of a pipe that nobody opens. */
static int cancelled_waiting(void)
{
	pthread_t id;
	void *answer;

	MUST(mkfifo("pipe", 0600) == 0);
	MUST(pthread_create(&id, NULL, open_pipe, NULL) == 0);
	/* A busy machine takes its time until the thread is there. */
	usleep(500000);
	MUST(pthread_cancel(id) == 0);
	MUST(pthread_join(id, &answer) == 0 && answer == PTHREAD_CANCELED);
	return ways_show(open("a.txt", O_RDONLY));
}

static jmp_buf back;

static void jump(int sig)
{
	(void)sig;
	longjmp(back, 1);
}

/* A handler that does not return to the call it came in. */
static int jump_out(void)
{
	struct sigaction action = {.sa_handler = jump, .sa_flags = SA_NODEFER};

	MUST(mkfifo("pipe", 0600) == 0);
	MUST(sigaction(SIGALRM, &action, NULL) == 0);
	for (volatile int i = 0; i < 40; i++) {
		if (setjmp(back))
			continue;
		ualarm(2000, 0);
		open("pipe", O_RDONLY);
	}
	return ways_show(open("a.txt", O_RDONLY));
}

static void wake(int sig)
{
	(void)sig;
}

/* A call that a signal breaks off is not made again. */
static int interrupted(void)
{
	struct sigaction action = {.sa_handler = wake};

	MUST(mkfifo("pipe", 0600) == 0);
	MUST(sigaction(SIGALRM, &action, NULL) == 0);
	ualarm(20000, 0);
	MUST(open("pipe", O_RDONLY) < 0 && errno == EINTR);
	return 0;
}

static int no_new_privileges(void)
{
	MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	return ways_show(open("a.txt", O_RDONLY));
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
static void show_allowed(void)
{
	char line[256];
	FILE *status = fopen("/proc/self/status", "r");

	while (status && fgets(line, sizeof(line), status))
		if (!strncmp(line, "Cpus_allowed:", 13))
			fputs(line, stdout);
	fclose(status);
	fflush(stdout);
}

static void open_often(void)
{
	for (int i = 0; i < 100; i++)
		close(open("a.txt", O_RDONLY));
}

/* Where it runs is the follower's business for moments only. */
static int affinity(void)
{
	cpu_set_t set;
	int pid;

	open_often();
	pid = fork();
	if (pid == 0) {
		show_allowed();
		_exit(0);
	}
	MUST(ways_wait(pid) == 0);
	open_often();
	MUST(sched_getaffinity(0, sizeof(set), &set) == 0);
	printf("%d\n", CPU_COUNT(&set));
	open_often();
	show_allowed();
	return 0;
}

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
	WAY(close_from, "read a.txt"),
	WAY(close_a_range, "read a.txt"),
	WAY(no_descriptors, "stat a.txt, stat dir/x"),
	WAY(no_memory, "read a.txt"),
	WAY(long_name, ""),
	WAY(deep_directory, "*, incomplete"),
	WAY(removed_directory, "*, incomplete"),
	WAY(bad_pointers, "*"),
	WAY(bad_environment, "stat tool"),
	WAY(cancelled, "read a.txt, perhaps incomplete"),
	WAY(cancelled_anywhere, "read a.txt, perhaps incomplete"),
	WAY(cancelled_waiting, "write pipe, read a.txt, stat pipe?"),
	WAY(jump_out, "write pipe, read a.txt, stat pipe?"),
	WAY(interrupted, "write pipe, stat pipe?"),
	WAY(no_new_privileges, "read a.txt"),
	WAY(errno_is_kept, "read a.txt, stat a.txt"),
	WAY(at_exit_handler, "read child.txt"),
	WAY(destructor, "read a.txt"),
	WAY(affinity, "read a.txt"),
	WAY(odd_name, "*"),
	{0},
};
