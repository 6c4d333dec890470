/* SPDX-License-Identifier: MIT */
/*
 * Options on a runner's command line, from a table of those that are known.
 * What one means is the runner's: of an option that is not in its table nobody
 * can tell what it does, or whether the next word is its value.
 */
#ifndef FTRACE_RUNNERS_COMMAND_OPTION_H
#define FTRACE_RUNNERS_COMMAND_OPTION_H

#include <stdbool.h>
#include <stddef.h>

struct command_option {
	const char *name; /* with its dashes; NULL behind the last */
	bool value;       /* it has one */
	int meaning;      /* to the runner */
};

/* How values are written. */
enum command_option_form {
	COMMAND_OPTION_APART,  /* in the next word */
	COMMAND_OPTION_EQUALS, /* there, or behind a "=" */
	/* The same, and those without a value may have one behind a "="; names
	 * have one dash and may be written with two: Go's package flag. */
	COMMAND_OPTION_FLAG,
};

/* One that stands in argv. */
struct command_option_given {
	const struct command_option *option;
	const char *value; /* in argv; or NULL */
	size_t words;      /* 0: it is not known, or lacks its value */
};

struct command_option_given command_option_read(
	const struct command_option *table, enum command_option_form form,
	char *const argv[]);

/*
 * One more of the words that decide what a test does, to an allocated text of
 * them. Blanks between words are told from blanks in them.
 */
void command_option_vary(char **variant, const char *word);

#endif
