/* SPDX-License-Identifier: MIT */
#include "wire/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include "wire/arena.h"
#include "wire/call.h"
#include "wire/raw.h"

/* How long to wait for the follower; it answers in less than 1 ms. */
#define WAIT_STEPS 500
#define WAIT_STEP_NS 10000000

/* Set in the numbers of the x32 interface (asm/unistd.h). */
#define X32_BIT 0x40000000u

#if defined(__x86_64__)
#define NATIVE AUDIT_ARCH_X86_64
#else
#define NATIVE AUDIT_ARCH_AARCH64
#endif

/* Two tables of at most 120 calls, and what leads to them. */
#define FILTER_MAX 260

struct filter {
	struct sock_filter code[FILTER_MAX];
	unsigned short size;
};

static struct sock_filter *follow_add(
	struct filter *filter, unsigned short code, uint32_t value)
{
	struct sock_filter *at = &filter->code[filter->size++];

	*at = (struct sock_filter){.code = code, .k = value};
	return at;
}

/*
 * Forks are told by ptrace itself, and how a process ends by wait. Whose code
 * makes the calls of what is followed makes no difference.
 */
static bool stops(struct call_shape shape)
{
	return shape.effect != EFFECT_NONE && shape.effect != EFFECT_FORK &&
	       shape.effect != EFFECT_EXIT && shape.effect != EFFECT_FILTER &&
	       shape.effect != EFFECT_MAP;
}

/* Compares the number with each of a table's, allows and stops. */
static void add_table(struct filter *filter,
	struct call_shape (*shape_of)(long), const uint32_t affinity[2])
{
	unsigned short first = filter->size, i;
	struct sock_filter *each;

	for (long number = 0; number < CALL_NUMBERS; number++)
		if (stops(shape_of(number)))
			follow_add(filter, BPF_JMP | BPF_JEQ | BPF_K,
				(uint32_t)number);
	for (i = 0; i < 2; i++)
		follow_add(filter, BPF_JMP | BPF_JEQ | BPF_K, affinity[i]);
	follow_add(filter, BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	follow_add(filter, BPF_RET | BPF_K, SECCOMP_RET_TRACE);
	for (i = first; i < filter->size - 2; i++) {
		each = &filter->code[i];
		each->jt = (unsigned char)(filter->size - 1 - i - 1);
	}
}

/*
 * A number of another machine, or of the x32 interface, is none that the
 * follower could read: it stops, and the follower notes the loss.
 */
static void make_filter(struct filter *filter)
{
	const uint32_t arch = offsetof(struct seccomp_data, arch);
	const uint32_t number = offsetof(struct seccomp_data, nr);
	struct sock_filter *to_native;

	filter->size = 0;
	follow_add(filter, BPF_LD | BPF_W | BPF_ABS, arch);
	follow_add(filter, BPF_JMP | BPF_JEQ | BPF_K, NATIVE)->jf = 1;
	to_native = follow_add(filter, BPF_JMP | BPF_JA, 0);
#if defined(__x86_64__)
	follow_add(filter, BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_I386)->jt = 1;
	follow_add(filter, BPF_RET | BPF_K, SECCOMP_RET_TRACE);
	follow_add(filter, BPF_LD | BPF_W | BPF_ABS, number);
	add_table(filter, call_shape_i386,
		(const uint32_t[])FOLLOW_AFFINITY_I386);
#else
	follow_add(filter, BPF_RET | BPF_K, SECCOMP_RET_TRACE);
#endif
	to_native->k = (uint32_t)(&filter->code[filter->size] - to_native - 1);
	follow_add(filter, BPF_LD | BPF_W | BPF_ABS, number);
#if defined(__x86_64__)
	follow_add(filter, BPF_JMP | BPF_JSET | BPF_K, X32_BIT)->jf = 1;
	follow_add(filter, BPF_RET | BPF_K, SECCOMP_RET_TRACE);
#endif
	add_table(filter, call_shape, (const uint32_t[])FOLLOW_AFFINITY);
}

/* Without a right to it, a filter costs the gain of privileges by exec. */
static bool install_filter(void)
{
	struct filter filter;
	struct sock_fprog program;
	long r;

	make_filter(&filter);
	program = (struct sock_fprog){filter.size, filter.code};
	r = raw_call(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, (long)&program, 0,
		0, 0);
	if (r == -EACCES &&
		raw_call(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0) == 0)
		r = raw_call(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0,
			(long)&program, 0, 0, 0);
	return r == 0;
}

static struct follow_slot *take_slot(struct follow_board *board)
{
	for (unsigned i = 0; i < FOLLOW_SLOTS; i++) {
		uint32_t free = FOLLOW_FREE;

		if (atomic_compare_exchange_strong(
			    &board->slots[i].state, &free, FOLLOW_FILLING))
			return &board->slots[i];
	}
	return NULL;
}

/* The follower's pid once it is there; 0 when it does not come. */
static uint32_t wait_follower(struct arena *arena)
{
	struct follow_board *board = &arena->header->follow;
	struct timespec step = {0, WAIT_STEP_NS};
	uint32_t follower;

	atomic_fetch_add(&board->asked, 1);
	for (int i = 0; i < WAIT_STEPS; i++) {
		follower = atomic_load(&board->follower);
		if (follower || atomic_load(&arena->header->closed))
			return follower;
		/* The supervisor starts it, when it is woken. */
		atomic_fetch_add(&arena->header->wanted, 1);
		raw_futex(&arena->header->wanted, FUTEX_WAKE, 1, NULL);
		raw_futex(&board->follower, FUTEX_WAIT, 0, &step);
	}
	return 0;
}

static enum follow_answer wait_answer(
	struct follow_board *board, struct follow_slot *slot)
{
	struct timespec step = {0, WAIT_STEP_NS};
	uint32_t state;

	atomic_store(&slot->state, FOLLOW_ASKED);
	for (int i = 0; i < WAIT_STEPS; i++) {
		atomic_fetch_add(&board->asked, 1);
		raw_futex(&board->asked, FUTEX_WAKE, 1, NULL);
		raw_futex(&slot->state, FUTEX_WAIT, FOLLOW_ASKED, &step);
		state = atomic_load(&slot->state);
		if (state == FOLLOW_ASKED)
			continue;
		atomic_store(&slot->state, FOLLOW_FREE);
		return state == FOLLOW_GRANTED ? FOLLOWED : FOLLOW_REFUSED;
	}
	/* It may still come: the slot stays taken. */
	return FOLLOW_UNHEARD;
}

enum follow_answer follow_ask(
	struct arena *arena, uint32_t scope, uint32_t serial)
{
	struct follow_board *board = &arena->header->follow;
	uint32_t follower = wait_follower(arena);
	struct follow_slot *slot = follower ? take_slot(board) : NULL;
	volatile uint64_t number;
	enum follow_answer answer;

	if (!slot)
		return FOLLOW_UNHEARD;
	number = (uint64_t)(uintptr_t)slot << 32 ^
		 atomic_fetch_add(&board->asked, 1);
	slot->tid = (uint32_t)raw_call(SYS_gettid, 0, 0, 0, 0, 0, 0);
	slot->scope = scope;
	slot->serial = serial;
	slot->proof = (uint64_t)(uintptr_t)&number;
	slot->number = number;
	/* Under Yama 1 only ancestors may, and who is named here. */
	raw_call(SYS_prctl, PR_SET_PTRACER, follower, 0, 0, 0, 0);
	answer = wait_answer(board, slot);
	if (answer == FOLLOWED && !install_filter())
		answer = FOLLOW_NO_FILTER;
	return answer;
}

const char *follow_answer_name(enum follow_answer answer)
{
	switch (answer) {
	case FOLLOWED:
		return "";
	case FOLLOW_REFUSED:
		return ", and ptrace is not permitted";
	case FOLLOW_NO_FILTER:
		return ", and seccomp is not permitted";
	default:
		return ", and could not be followed";
	}
}

/* The number after "TracerPid:" in /proc/self/status. */
static uint32_t tracer_of_self(void)
{
	static const char key[] = "\nTracerPid:\t";
	char text[1024];
	uint32_t pid = 0;
	int fd =
		raw_openat(AT_FDCWD, "/proc/self/status", O_RDONLY | O_CLOEXEC);
	long n = fd < 0 ? 0 : raw_pread(fd, text, sizeof(text) - 1, 0);

	if (fd >= 0)
		raw_close(fd);
	for (long i = 0; i + (long)sizeof(key) - 1 < n; i++) {
		if (memcmp(text + i, key, sizeof(key) - 1) != 0)
			continue;
		for (i += (long)sizeof(key) - 1;
			i < n && text[i] >= '0' && text[i] <= '9'; i++)
			pid = pid * 10 + (uint32_t)(text[i] - '0');
		break;
	}
	return pid;
}

bool follow_is_on(const struct arena *arena)
{
	uint32_t follower = atomic_load(&arena->header->follow.follower);

	/* Cheap, and no for nearly every program. */
	return follower &&
	       raw_call(SYS_prctl, PR_GET_SECCOMP, 0, 0, 0, 0, 0) ==
		       SECCOMP_MODE_FILTER &&
	       tracer_of_self() == follower;
}
