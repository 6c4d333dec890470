/* SPDX-License-Identifier: MIT */
/*
 * A conversation with what takes the files of a language apart, run by the
 * interpreter that the tests ran under: requests and replies are frames
 * (base/frames.h).
 */
#ifndef FTRACE_LANGUAGES_HELPER_H
#define FTRACE_LANGUAGES_HELPER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/frames.h"

struct language;

struct helper {
	const struct language *language;
	pid_t pid;
	int to, from;
	char *reply; /* what came; owned */
	size_t size, room;
	size_t taken; /* of it */
};

/*
 * Negative when it cannot be started. interpreter: of that language. cache: a
 * folder for the helper's own compiled modules; it is made, where that can be.
 */
int helper_open(struct helper *helper, const struct language *language,
	const char *interpreter, const char *cache, struct err *err);
/* Ends it, without waiting until it has ended: helper_close() does. */
void helper_dismiss(struct helper *helper);
void helper_close(struct helper *helper);

/* Sends a request; negative when the helper went away or hangs. */
int helper_send(
	struct helper *helper, const struct frames *request, struct err *err);

/* Says that its answers are of a form that nobody knows; returns -EPROTO. */
int helper_is_other(const struct helper *helper, struct err *err);

/* Whether some of the reply is here: the helper waits for us, not we for it. */
bool helper_answers(const struct helper *helper);

/*
 * The next frame of the reply; it stays where it is until the next call that
 * takes the helper.
 */
int helper_next(struct helper *helper, struct frame *frame, struct err *err);
int helper_next_number(
	struct helper *helper, uint32_t *number, struct err *err);

#endif
