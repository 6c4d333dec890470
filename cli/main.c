/* SPDX-License-Identifier: MIT */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "cli/option.h"
#include "cli/verbs.h"

const struct verb *const verbs[] = {&verb_run, &verb_test, &verb_check,
	&verb_hook, &verb_affected, &verb_changed, &verb_why, &verb_deps,
	&verb_status, &verb_audit, &verb_compare, &verb_flaky, &verb_escapes,
	&verb_forget, &verb_doctor, NULL};

static void print_help(FILE *to)
{
	fputs("usage: ftrace VERB [OPTION ...] [ARGUMENT ...]\n\n"
	      "Records what each test depends on, and says which tests an "
	      "edit can affect.\n"
	      "(Not the kernel's function tracer of the same name.)\n\n",
		to);
	for (size_t i = 0; verbs[i]; i++)
		fprintf(to, "  %-10s %s\n", verbs[i]->name, verbs[i]->summary);
	fputs("\n'ftrace VERB -h' tells more about one; 'ftrace --version' "
	      "its version.\n",
		to);
}

int main(int argc, char **argv)
{
	setlocale(LC_CTYPE, "");
	if (argc < 2) {
		fputs("ftrace: no verb; see 'ftrace --help'\n", stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help") ||
		!strcmp(argv[1], "help")) {
		print_help(stdout);
		return EXIT_ANSWERED;
	}
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		puts("ftrace " FTRACE_VERSION);
		return EXIT_ANSWERED;
	}
	for (size_t i = 0; verbs[i]; i++)
		if (!strcmp(argv[1], verbs[i]->name))
			return verbs[i]->run(argc - 1, argv + 1);
	fprintf(stderr, "ftrace: unknown verb '%s'; see 'ftrace --help'\n",
		argv[1]);
	return EXIT_USAGE;
}
