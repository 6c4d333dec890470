/* SPDX-License-Identifier: MIT */
#include "preload/exec.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#include "preload/environment.h"
#include "preload/observe.h"
#include "preload/recorder.h"
#include "preload/scope.h"
#include "wire/elf_head.h"
#include "wire/raw.h"

/* Above this many variables their array is mapped and not on the stack. */
#define STACK_SLOTS 512

/* Why a program runs unseen, in words. */
#define REASON_BYTES 96

/* What is executed, and where its arguments lie in the frame. */
struct program {
	struct site_frame *frame;
	int dir;
	const char *path; /* absolute, or from dir */
	char *const *environment;
	unsigned environment_at;
	char *const *words; /* NULL: they cannot be read */
};

static long execute(const struct program *program, char *const *environment)
{
	uint64_t *a = program->frame->arguments;
	uint64_t given = a[program->environment_at];
	long r;

	a[program->environment_at] = (uint64_t)environment;
	r = raw_call((long)program->frame->number, (long)a[0], (long)a[1],
		(long)a[2], (long)a[3], (long)a[4], (long)a[5]);
	a[program->environment_at] = given;
	return r;
}

static long execute_with(
	const struct program *program, const struct environment_needs *needs)
{
	struct environment_size need =
		environment_measure(program->environment);
	bool mapped = need.slots > STACK_SLOTS;
	char text[need.bytes];
	char *own[mapped ? 1 : need.slots];
	size_t bytes = need.slots * sizeof(*own);
	char **slots = own;
	long address, r;

	if (mapped) {
		address = raw_mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (raw_failed(address))
			return execute(program, program->environment);
		slots = (char **)address;
	}
	environment_fill(slots, text, program->environment, needs);
	r = execute(program, slots);
	if (mapped)
		raw_munmap(slots, bytes);
	return r;
}

/*
 * Has a program followed that the interposer cannot see; why not, when it
 * cannot be, goes to reason. True when it will be seen.
 */
static bool have_seen(
	enum exec_target target, uint32_t serial, char reason[REASON_BYTES])
{
	const char *what = exec_target_name(target), *more = "";
	enum follow_answer answer;
	size_t n = strlen(what);

	if (exec_target_is_seen(target))
		return true;
	/* It would lose the privileges that it is given; and from outside
	 * paths below another root mean something else. */
	if (target != TARGET_PRIVILEGED && target != TARGET_ELSEWHERE) {
		answer = recorder_follow(serial);
		if (answer == FOLLOWED)
			return true;
		more = follow_answer_name(answer);
	}
	memcpy(reason, what, n);
	memcpy(reason + n, more, strlen(more) + 1);
	return false;
}

/* The buffer is one of SCRATCH_SIZE bytes. */
static void exec_tell_words(
	const struct program *program, uint32_t serial, char *buffer)
{
	struct record_draft draft = {.type = RECORD_WORDS,
		.number = serial,
		.scope = scope_in_force()};
	size_t size = 0;

	_Static_assert(RECORD_WORDS_MAX <= SCRATCH_SIZE, "words fit");
	for (char *const *word = program->words;
		word && *word && size < RECORD_WORDS_MAX; word++) {
		size_t n = strlen(*word) + 1;

		if (n > RECORD_WORDS_MAX - size)
			n = RECORD_WORDS_MAX - size;
		memcpy(buffer + size, *word, n);
		size += n;
	}
	draft.tail = (struct text){buffer, size};
	recorder_write(&draft);
}

static void exec_announce(struct record_draft *draft,
	const struct program *program, enum exec_target target, char *buffer)
{
	char reason[REASON_BYTES] = "";
	long n;

	draft->type = RECORD_EXEC;
	draft->number = recorder_serial();
	draft->scope = scope_in_force();
	draft->tail = (struct text){program->path, strlen(program->path)};
	if (!have_seen(target, draft->number, reason))
		draft->flags = RECORD_UNTRACED;
	draft->head = (struct text){reason, strlen(reason)};
	if (*program->path != '/') {
		n = program->dir == AT_FDCWD ? raw_getcwd(buffer, SCRATCH_SIZE)
					     : fd_path(program->dir, buffer);
		if (program->dir == AT_FDCWD)
			n--;
		if (n > 0 && *buffer == '/')
			draft->dir = (struct text){buffer, (size_t)n};
	}
	recorder_write(draft);
	if (!draft->flags)
		recorder_announced();
	exec_tell_words(program, draft->number, buffer);
}

static void exec_failed(
	struct record_draft *draft, const struct program *program, int error)
{
	bool expected = !draft->flags;
	unsigned flags = error == ENOENT ? 0 : RECORD_REFUSED;

	draft->type = RECORD_EXEC_FAILED;
	draft->head = draft->dir = draft->tail = (struct text){"", 0};
	recorder_write(draft);
	if (expected)
		recorder_answered();
	if (*program->path)
		saw(program->dir, program->path, ACCESS_STAT, flags);
	else
		saw_fd(program->dir, ACCESS_STAT, flags);
}

/* The kernel opens it, along links that the path may cross. */
static void exec_saw_interpreter(void *unused, const char *path)
{
	bool there = look_up(AT_FDCWD, path) != -ENOENT;

	(void)unused;
	saw(AT_FDCWD, path, there ? ACCESS_READ : ACCESS_ABSENT, 0);
}

/* Announces the program; false when it has no name that could be told. */
static bool announce_named(struct record_draft *draft,
	const struct program *program, enum exec_target *target)
{
	struct program named = *program;
	char *buffer = scratch_take(), *name = NULL;
	bool done = buffer != NULL;
	long n;

	/* An empty path executes the descriptor itself. */
	if (done && !*program->path) {
		name = scratch_take();
		n = name ? fd_path(program->dir, name) : -1;
		done = n > 0 && n < (long)SCRATCH_SIZE;
		if (done) {
			name[n] = '\0';
			named.path = name;
		}
	}
	if (done) {
		*target = elf_head_target(
			named.dir, named.path, exec_saw_interpreter, NULL);
		if (recorder_is_elsewhere() &&
			look_up(AT_FDCWD, recorder_library()) != 0)
			*target = TARGET_ELSEWHERE;
		exec_announce(draft, &named, *target, buffer);
	}
	if (name)
		scratch_give(name);
	if (buffer)
		scratch_give(buffer);
	return done;
}

/*
 * No buffer is held while the call is made: in a vfork child it would stay
 * taken in the parent's memory.
 */
static long execute_found(struct program *program)
{
	struct record_draft draft = {0};
	struct environment_needs needs;
	enum exec_target target;
	long r;

	if (!announce_named(&draft, program, &target)) {
		recorder_lost("it executed a file without a name");
		return execute(program, program->environment);
	}
	/* What is followed has no use for us, and another loader complains; of
	 * what runs unseen the children can be seen. */
	needs = (struct environment_needs){.scope = scope_in_force(),
		.serial = draft.number,
		.preload = target != TARGET_FOREIGN &&
			   target != TARGET_ELSEWHERE &&
			   (draft.flags || exec_target_is_seen(target)),
		.asan = target == TARGET_SANITIZED,
		.spoken = scope_is_spoken()};
	/* Children of an unseen program must not answer in its place. */
	if (draft.flags)
		needs.serial = recorder_serial();
	r = execute_with(program, &needs);
	exec_failed(&draft, program, (int)-r);
	return r;
}

static bool is_address(const void *pointer)
{
	return (uintptr_t)pointer >= 4096 && (uintptr_t)pointer >> 56 == 0;
}

/* The kernel refuses what is none of the program's memory; we would fault. */
static bool exec_is_sound(char *const *texts)
{
	if (!texts)
		return true;
	if (!is_address(texts))
		return false;
	for (; *texts; texts++)
		if (!is_address(*texts))
			return false;
	return true;
}

/* Looks at the path first: one that leads nowhere is no exec. */
long exec_observed(struct site_frame *frame, int dir)
{
	bool at = frame->number == SYS_execveat;
	uint64_t *a = frame->arguments;
	struct program program = {.frame = frame,
		.dir = dir,
		.path = (const char *)a[at ? 1 : 0],
		.environment_at = at ? 3 : 2,
		.environment = (char *const *)a[at ? 3 : 2],
		.words = (char *const *)a[at ? 2 : 1]};
	struct environment_needs bare = {
		.scope = scope_in_force(), .spoken = scope_is_spoken()};
	int error;
	long r;

	if (!exec_is_sound(program.words))
		program.words = NULL;
	if (recorder_is_quiet())
		return exec_is_sound(program.environment)
			       ? execute_with(&program, &bare)
			       : execute(&program, program.environment);
	error = look_up(dir, program.path);

	if ((error == 0 || error == -EACCES ||
		    (at && error == -ENOENT && !*program.path)) &&
		exec_is_sound(program.environment))
		return execute_found(&program);
	r = execute(&program, program.environment);
	/* ENOTDIR may be for what is there, and no directory. */
	if (error == -ENOENT)
		saw(dir, program.path, ACCESS_ABSENT, 0);
	else if (error != -EFAULT && error != -ENAMETOOLONG)
		saw(dir, program.path, ACCESS_STAT, RECORD_REFUSED);
	return r;
}
