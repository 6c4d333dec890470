/* SPDX-License-Identifier: MIT */
#include "cli/option.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPTIONS_MAX 32
#define LONG_BASE 256

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

static void print_row(const struct option_row *row)
{
	char left[64];
	int n = row->letter
			? snprintf(left, sizeof(left), "  -%c, ", row->letter)
			: snprintf(left, sizeof(left), "      ");

	snprintf(left + n, sizeof(left) - (size_t)n, "--%s%s%s", row->name,
		row->argument ? " " : "", row->argument ? row->argument : "");
	printf("%-24s %s\n", left, row->help);
}

void options_help(const struct verb *verb)
{
	printf("usage: ftrace %s [OPTION ...]%s%s\n\n%s\n\noptions:\n",
		verb->name, *verb->usage ? " " : "", verb->usage, verb->text);
	for (const struct option_row *row = verb->options; row->name; row++)
		print_row(row);
	printf("%-24s %s\n", "  -h, --help", "this help");
}

static const struct option_row *row_at(const struct verb *verb, int code)
{
	for (int i = 0; verb->options[i].name; i++)
		if (code == LONG_BASE + i || code == verb->options[i].letter)
			return &verb->options[i];
	return NULL;
}

static void take(const struct verb *verb, const struct option_row *row)
{
	struct option_list *list = row->value;

	switch (row->type) {
	case OPTION_FLAG:
		*(bool *)row->value = true;
		break;
	case OPTION_TEXT:
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

/*
 * getopt's tables. ":" leaves the reporting to us; "+" ends at the first
 * operand, where a command with options of its own begins.
 */
static void fill(const struct verb *verb, struct option *longs, char *shorts)
{
	int n = 0;

	if (!strncmp(verb->usage + (*verb->usage == '['), "--", 2))
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

int options_parse(const struct verb *verb, int argc, char **argv)
{
	struct option longs[OPTIONS_MAX];
	char shorts[2 * OPTIONS_MAX];
	int code;

	fill(verb, longs, shorts);
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
		if (code == '?') {
			if (optopt && optopt < LONG_BASE)
				usage_error(
					verb, "unknown option '-%c'", optopt);
			usage_error(
				verb, "unknown option '%s'", argv[optind - 1]);
		}
		take(verb, row_at(verb, code));
	}
	return optind;
}
