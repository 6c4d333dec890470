/* SPDX-License-Identifier: MIT */
#include "languages/python/entered/threads.h"

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "languages/python/extension/mix.h"
#include "languages/python/extension/python_api.h"

/* No state of a thread is smaller. */
#define STATE_WORDS 24

/* In nanoseconds; what less than a tick of any kernel is. */
#define TICK 100000

/* The clock of the processor time of a thread, as the kernel numbers it. */
#define CLOCK_OF(thread) ((clockid_t)(~(unsigned)(thread) << 3 | 6))

/* Where the state of a thread has its number; 0: nobody knows. */
static size_t number_word;

/* A mix of what all others have used. */
static uint64_t used;
static void *asked;

/* The processor time of a thread in nanoseconds, 0 when it cannot be told. */
static uint64_t threads_time_of(unsigned long number)
{
	struct timespec time;

	if (!number || clock_gettime(CLOCK_OF(number), &time))
		return 0;
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/* Some kernels count no less than a tick, in which much can run unseen. */
static bool threads_is_exact(unsigned long number)
{
	uint64_t before = threads_time_of(number), after = before;

	for (int i = 0; i < 1000 && after == before; i++)
		after = threads_time_of(number);
	return before && after > before && after - before < TICK;
}

bool threads_start(void)
{
	unsigned long *words, number = (unsigned long)syscall(SYS_gettid);

	if (!PyInterpreterState_ThreadHead || !PyThreadState_Next)
		return false;
	words = PyThreadState_Get();
	/* It comes after what pthread_self() gives. */
	for (size_t i = 1; i < STATE_WORDS && !number_word; i++)
		if (words[i - 1] == pthread_self() && words[i] == number &&
			threads_is_exact(number))
			number_word = i;
	return true;
}

/* Adds what a thread has used; false when that cannot be told. */
static bool threads_add(uint64_t *sum, const unsigned long *state)
{
	unsigned long number = number_word ? state[number_word] : 0;
	uint64_t time = threads_time_of(number);

	*sum = mix(mix(*sum, number), time);
	return time;
}

bool threads_ran(void)
{
	void *own = PyThreadState_Get();
	void *each = PyInterpreterState_ThreadHead(PyInterpreterState_Get());
	uint64_t sum = 0;
	bool known = true, same;

	for (; each; each = PyThreadState_Next(each))
		if (each != own)
			known = threads_add(&sum, each) && known;
	same = known && sum == used && own == asked;
	used = sum;
	asked = own;
	return !same;
}
