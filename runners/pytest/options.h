/* SPDX-License-Identifier: MIT */
/*
 * What pytest's options are about, as far as commands are compared by it.
 */
#ifndef FTRACE_RUNNERS_PYTEST_OPTIONS_H
#define FTRACE_RUNNERS_PYTEST_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum option_sense {
	SENSE_RUN,    /* what is run, or nobody knows */
	SENSE_SHOWN,  /* what is printed, written, or when to give up */
	SENSE_CHOSEN, /* some of the tests alone */
};

struct option_word {
	enum option_sense sense;
	size_t words; /* that it is made of, its value included */
	/* What is left of it without letters of SENSE_SHOWN; to be freed. */
	char *left; /* NULL: all words as they are */
};

/* The option that argv begins with: its first word has a dash in front. */
void option_read(struct option_word *option, char *const argv[]);

#endif
