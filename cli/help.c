/* SPDX-License-Identifier: MIT */
#include "cli/help.h"

#include <stdio.h>
#include <string.h>

#include "cli/output.h"
#include "cli/verbs.h"
#include "runners/adapter.h"
#include "selector/near.h"

static const struct option_row options[] = {{0}};

void help_print(void)
{
	puts("usage: ftrace VERB [OPTION ...] [ARGUMENT ...]\n\n"
	     "Records what each test depends on, and says which tests an "
	     "edit can affect.\n"
	     "(Not the kernel's function tracer of the same name.)\n\n"
	     "    ftrace test -- pytest    run what the edits since can "
	     "affect, and record it\n");
	for (size_t i = 0; verbs[i]; i++)
		printf("  %-12s %s\n", verbs[i]->name, verbs[i]->summary);
	puts("\n'ftrace help VERB' tells more about one; 'ftrace --version' "
	     "its version.");
}

void help_unexpected(const struct verb *verb, char *const *argv)
{
	if (adapter_for_command(argv))
		usage_error(verb,
			"it runs no command; 'ftrace test -- %s' runs what is "
			"affected",
			argv[0]);
	usage_error(verb, "unexpected argument '%s'", argv[0]);
}

static const struct verb *near_verb(const char *name)
{
	const struct verb *best = NULL;
	unsigned least = NEAR_NOT;

	for (size_t i = 0; verbs[i]; i++) {
		unsigned far = near_distance(name, verbs[i]->name);

		if (far < least) {
			least = far;
			best = verbs[i];
		}
	}
	return best;
}

const struct verb *help_find_verb(const char *name)
{
	char *argv[] = {(char *)name, NULL};
	const struct verb *near;

	for (size_t i = 0; verbs[i]; i++)
		if (!strcmp(name, verbs[i]->name))
			return verbs[i];
	near = *name == '-' ? NULL : near_verb(name);
	if (adapter_for_command(argv))
		note("'%s' is no verb but a command; to run it: ftrace test "
		     "-- %s",
			name, name);
	else if (near)
		note("unknown verb '%s'; did you mean '%s'?", name, near->name);
	else if (*name == '-')
		note("options come after the verb, and '%s' is none of ftrace "
		     "itself; see 'ftrace --help'",
			name);
	else
		note("unknown verb '%s'; see 'ftrace --help'", name);
	return NULL;
}

static int help_run(int argc, char **argv)
{
	int first = options_parse(&verb_help, argc, argv);
	const struct verb *verb;

	if (argc - first > 1)
		help_unexpected(&verb_help, argv + first + 1);
	if (first == argc) {
		help_print();
		return finish_output();
	}
	verb = help_find_verb(argv[first]);
	if (!verb)
		return EXIT_USAGE;
	options_help(verb);
	return finish_output();
}

const struct verb verb_help = {
	.name = "help",
	.summary = "tell what a verb does, and its options",
	.usage = "[VERB]",
	.text = "Prints what 'ftrace VERB --help' does; without a verb the "
		"list of all.",
	.options = options,
	.run = help_run,
};
