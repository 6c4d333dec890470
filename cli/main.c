/* SPDX-License-Identifier: MIT */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "cli/help.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "languages/language.h"
#include "runners/adapter.h"

const struct verb *const verbs[] = {&verb_run, &verb_test, &verb_check,
	&verb_hook, &verb_affected, &verb_changed, &verb_why, &verb_deps,
	&verb_status, &verb_audit, &verb_compare, &verb_flaky, &verb_escapes,
	&verb_forget, &verb_merge, &verb_doctor, &verb_completion, &verb_help,
	NULL};

int main(int argc, char **argv)
{
	const struct verb *verb;

	setlocale(LC_CTYPE, "");
	languages_begin();
	adapters_begin();
	if (argc < 2) {
		note("no verb, as in 'ftrace test -- pytest'; see 'ftrace "
		     "--help'");
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help")) {
		help_print();
		return finish_output();
	}
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		puts("ftrace " FTRACE_VERSION);
		return finish_output();
	}
	verb = help_find_verb(argv[1]);
	return verb ? verb->run(argc - 1, argv + 1) : EXIT_USAGE;
}
