/* SPDX-License-Identifier: MIT */
/*
 * System calls without libc: the interposer must not go through functions
 * that it replaces itself, and must leave errno alone. Each returns the
 * kernel's answer, a negative errno on failure. Async-signal-safe.
 */
#ifndef FTRACE_WIRE_RAW_H
#define FTRACE_WIRE_RAW_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>

static inline long raw_call(
	long nr, long a, long b, long c, long d, long e, long f)
{
#if defined(__x86_64__)
	long ret;
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;

	__asm__ volatile(
		"syscall"
		: "=a"(ret)
		: "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
		: "rcx", "r11", "memory");
	return ret;
#elif defined(__aarch64__)
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory");
	return x0;
#else
#error "ftrace runs on x86_64 and aarch64"
#endif
}

/* Whether an answer is a negative errno: the last page is no address. */
static inline bool raw_failed(long answer)
{
	return answer < 0 && answer >= -4095;
}

static inline int raw_openat(int dir, const char *path, int flags)
{
	return (int)raw_call(SYS_openat, dir, (long)path, flags, 0, 0, 0);
}

static inline int raw_close(int fd)
{
	return (int)raw_call(SYS_close, fd, 0, 0, 0, 0, 0);
}

static inline long raw_pread(int fd, void *buf, size_t size, long offset)
{
	return raw_call(SYS_pread64, fd, (long)buf, (long)size, offset, 0, 0);
}

/* The address, or what raw_failed() knows. */
static inline long raw_mmap(
	void *addr, size_t size, int prot, int flags, int fd, long offset)
{
	return raw_call(
		SYS_mmap, (long)addr, (long)size, prot, flags, fd, offset);
}

static inline int raw_munmap(void *addr, size_t size)
{
	return (int)raw_call(SYS_munmap, (long)addr, (long)size, 0, 0, 0, 0);
}

static inline int raw_madvise(void *addr, size_t size, int advice)
{
	return (int)raw_call(
		SYS_madvise, (long)addr, (long)size, advice, 0, 0, 0);
}

/* Length with the closing NUL. */
static inline long raw_getcwd(char *buf, size_t size)
{
	return raw_call(SYS_getcwd, (long)buf, (long)size, 0, 0, 0, 0);
}

/* Length without a NUL: the kernel writes none. */
static inline long raw_readlink(const char *path, char *buf, size_t size)
{
	return raw_call(SYS_readlinkat, -100 /* AT_FDCWD */, (long)path,
		(long)buf, (long)size, 0, 0);
}

/*
 * Whether something is at the path: 0 or a negative errno. In a trace of the
 * system calls a program's own are told from this one by AT_EACCESS, which
 * means nothing when only existence is asked for. Linux 5.8.
 */
static inline int raw_look_up(int dir, const char *path)
{
	const long faccessat2 = 439, at_eaccess = 0x200;
	long r = raw_call(faccessat2, dir, (long)path, 0, at_eaccess, 0, 0);

	if (r == -38 /* ENOSYS */)
		r = raw_call(SYS_faccessat, dir, (long)path, 0, 0, 0, 0);
	return (int)r;
}

static inline int raw_getpid(void)
{
	return (int)raw_call(SYS_getpid, 0, 0, 0, 0, 0, 0);
}

static inline long raw_futex(void *word, int op, unsigned value, void *timeout)
{
	return raw_call(
		SYS_futex, (long)word, op, (long)value, (long)timeout, 0, 0);
}

static inline int raw_nanosleep(const void *duration)
{
	return (int)raw_call(SYS_nanosleep, (long)duration, 0, 0, 0, 0, 0);
}

#endif
