/* SPDX-License-Identifier: MIT */
/*
 * Options. Each verb has one static table, from which come the parsing, the
 * help, the completions and the check that the manual page tells the same.
 */
#ifndef FTRACE_CLI_OPTION_H
#define FTRACE_CLI_OPTION_H

#include <stdbool.h>

enum option_type {
	OPTION_FLAG, /* bool */
	OPTION_TEXT, /* const char * */
	OPTION_LIST, /* struct option_list; may be given several times */
	/* As OPTION_TEXT; the help goes on with the names of all runners, or
	 * of those that run their tests in a process of their own. */
	OPTION_RUNNER,
	OPTION_RUNNER_INSIDE,
};

#define OPTION_LIST_MAX 32

struct option_list {
	const char *items[OPTION_LIST_MAX + 1]; /* NULL-terminated */
	int count;
};

struct option_row {
	char letter; /* 0: none */
	const char *name;
	enum option_type type;
	void *value;          /* to what the type says */
	const char *argument; /* how the help calls it */
	const char *help;
};

/* The rows end with a row of zeroes. */
struct verb {
	const char *name;
	const char *summary; /* a line in the list of verbs */
	const char *usage;   /* what follows the options */
	const char *text;    /* a paragraph for its help */
	const struct option_row *options;
	int (*run)(int argc, char **argv); /* argv[0]: the verb */
};

extern const struct verb *const verbs[]; /* NULL-terminated */

enum exit_code {
	EXIT_ANSWERED = 0,
	EXIT_NOT_THERE = 1, /* only 'ftrace pull': the store has none */
	EXIT_USAGE = 2,
	EXIT_QUERY_FAILED = 3,
	EXIT_ESCAPED = 99,
	EXIT_RUN_FAILED = 125,
};

/*
 * Parses argv by the verb's table, up to "--", or up to the first operand
 * where the verb takes a command (its usage begins with "--" or "[--"). Returns
 * the place of the first operand; on -h and --help prints and exits 0, on
 * misuse prints a line and exits 2.
 */
int options_parse(const struct verb *verb, int argc, char **argv);

/* Whether the first operand begins a command. */
bool option_takes_command(const struct verb *verb);

void options_help(const struct verb *verb);

/* Prints "ftrace VERB: ..." with a hint at the help, and exits 2. */
__attribute__((format(printf, 2, 3))) _Noreturn void usage_error(
	const struct verb *verb, const char *format, ...);

#endif
