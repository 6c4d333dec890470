/* SPDX-License-Identifier: MIT */
#include "cli/option.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runners/adapter.h"
#include "selector/near.h"

#define OPTIONS_MAX 32
#define LONG_BASE 256

#define USAGE_WIDTH 80
#define USAGE_INDENT 14
#define HELP_INDENT 24

void usage_error(const struct verb *verb, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	fprintf(stderr, "ftrace %s: %s; see 'ftrace %s -h'\n", verb->name, text,
		verb->name);
	exit(EXIT_USAGE);
}

static void print_runners(enum option_type type)
{
	const struct adapter *adapter;
	size_t column = USAGE_WIDTH;
	const char *before = "";

	for (size_t i = 0; (adapter = adapter_at(i)); i++) {
		if (type == OPTION_RUNNER_INSIDE && adapter->list)
			continue;
		if (column + strlen(adapter->name) + 3 > USAGE_WIDTH) {
			printf("%s\n%*s ", *before ? "," : "", HELP_INDENT, "");
			column = HELP_INDENT + 1;
			before = "";
		}
		column += (size_t)printf("%s%s", before, adapter->name);
		before = ", ";
	}
}

static void print_row(const struct option_row *row)
{
	char left[64];
	int n = row->letter
			? snprintf(left, sizeof(left), "  -%c, ", row->letter)
			: snprintf(left, sizeof(left), "      ");

	snprintf(left + n, sizeof(left) - (size_t)n, "--%s%s%s", row->name,
		row->argument ? " " : "", row->argument ? row->argument : "");
	printf("%-*s %s", HELP_INDENT, left, row->help);
	if (row->type >= OPTION_RUNNER)
		print_runners(row->type);
	putchar('\n');
}

/* Lines as wide as a terminal's; what follows the first is indented. */
static void print_usage(const struct verb *verb)
{
	size_t column = (size_t)printf("usage: ftrace %s%s", verb->name,
		verb->options->name ? " [OPTION ...]" : "");

	for (const char *word = verb->usage; *word;) {
		size_t size = strcspn(word, " ");

		if (column + 1 + size >= USAGE_WIDTH)
			column = (size_t)printf("\n%*s", USAGE_INDENT, "") - 1;
		column += (size_t)printf(" %.*s", (int)size, word);
		word += size + strspn(word + size, " ");
	}
	putchar('\n');
}

void options_help(const struct verb *verb)
{
	print_usage(verb);
	printf("\n%s\n\noptions:\n", verb->text);
	for (const struct option_row *row = verb->options; row->name; row++)
		print_row(row);
	printf("%-*s %s\n", HELP_INDENT, "  -h, --help", "this help");
}

static const struct option_row *row_at(const struct verb *verb, int code)
{
	for (int i = 0; verb->options[i].name; i++)
		if (code == LONG_BASE + i || code == verb->options[i].letter)
			return &verb->options[i];
	return NULL;
}

static void option_take(const struct verb *verb, const struct option_row *row)
{
	struct option_list *list = row->value;

	switch (row->type) {
	case OPTION_FLAG:
		*(bool *)row->value = true;
		break;
	case OPTION_TEXT:
	case OPTION_RUNNER:
	case OPTION_RUNNER_INSIDE:
		*(const char **)row->value = optarg;
		break;
	case OPTION_LIST:
		if (list->count == OPTION_LIST_MAX)
			usage_error(verb, "more than %d times '--%s'",
				OPTION_LIST_MAX, row->name);
		list->items[list->count++] = optarg;
		break;
	}
}

bool option_takes_command(const struct verb *verb)
{
	return !strncmp(verb->usage + (*verb->usage == '['), "--", 2);
}

/*
 * getopt's tables. ":" leaves the reporting to us; "+" ends at the first
 * operand, where a command with options of its own begins.
 */
static void option_fill(
	const struct verb *verb, struct option *longs, char *shorts)
{
	int n = 0;

	if (option_takes_command(verb))
		*shorts++ = '+';
	*shorts++ = ':';
	*shorts++ = 'h';
	for (; verb->options[n].name; n++) {
		const struct option_row *row = &verb->options[n];

		longs[n] = (struct option){row->name, row->type != OPTION_FLAG,
			NULL, LONG_BASE + n};
		if (!row->letter)
			continue;
		*shorts++ = row->letter;
		if (row->type != OPTION_FLAG)
			*shorts++ = ':';
	}
	longs[n++] = (struct option){"help", 0, NULL, 'h'};
	longs[n] = (struct option){0};
	*shorts = '\0';
}

/* The option that an unknown one was meant to be, or NULL. */
static const char *near_option(const struct verb *verb, const char *typed)
{
	unsigned least = NEAR_NOT;
	const char *best = NULL;

	for (int i = 0; verb->options[i].name; i++) {
		unsigned far = near_distance(typed, verb->options[i].name);

		if (far < least) {
			least = far;
			best = verb->options[i].name;
		}
	}
	return best;
}

static _Noreturn void unknown_option(const struct verb *verb, const char *text)
{
	char shown[64], name[64], letter[3] = {'-', (char)optopt};
	const char *best;

	/* A letter may stand among others. */
	if (optopt && optopt < LONG_BASE)
		text = letter;
	snprintf(shown, sizeof(shown), "%.*s", (int)strcspn(text, "="), text);
	snprintf(name, sizeof(name), "%s", shown + strspn(shown, "-"));
	best = near_option(verb, name);
	if (best)
		usage_error(verb, "unknown option '%s' (did you mean '--%s'?)",
			shown, best);
	if (option_takes_command(verb))
		usage_error(verb,
			"unknown option '%s'; the command's own options come "
			"after its name",
			shown);
	usage_error(verb, "unknown option '%s'", shown);
}

int options_parse(const struct verb *verb, int argc, char **argv)
{
	struct option longs[OPTIONS_MAX];
	char shorts[2 * OPTIONS_MAX];
	int code;

	option_fill(verb, longs, shorts);
	optind = 0; /* getopt_long starts afresh, also with another table */
	opterr = 0;
	while ((code = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (code == 'h') {
			options_help(verb);
			exit(EXIT_ANSWERED);
		}
		if (code == ':')
			usage_error(verb, "option '%s' needs a value",
				argv[optind - 1]);
		if (code == '?' && optopt >= LONG_BASE)
			usage_error(verb, "option '--%s' takes no value",
				row_at(verb, optopt)->name);
		if (code == '?')
			unknown_option(verb, argv[optind - 1]);
		option_take(verb, row_at(verb, code));
	}
	return optind;
}
