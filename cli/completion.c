/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "cli/complete.h"
#include "cli/option.h"
#include "cli/output.h"
#include "cli/verbs.h"

static const struct option_row options[] = {{0}};

/* Files beside this one, taken in by scripts.S. */
extern const char completion_bash[], completion_zsh[], completion_fish[];

static const struct {
	const char *shell, *script;
} scripts[] = {
	{"bash", completion_bash},
	{"zsh", completion_zsh},
	{"fish", completion_fish},
};

static int completion_run(int argc, char **argv)
{
	int first = options_parse(&verb_completion, argc, argv);

	if (first == argc)
		usage_error(
			&verb_completion, "name a shell: bash, zsh or fish");
	/* What the scripts ask. */
	if (!strcmp(argv[first], "candidates")) {
		complete(argv + first + 1, (size_t)(argc - first - 1));
		return finish_output();
	}
	if (argc - first > 1)
		usage_error(&verb_completion, "unexpected argument '%s'",
			argv[first + 1]);
	for (size_t i = 0; i < sizeof(scripts) / sizeof(*scripts); i++)
		if (!strcmp(scripts[i].shell, argv[first])) {
			fputs(scripts[i].script, stdout);
			return finish_output();
		}
	usage_error(&verb_completion,
		"unknown shell '%s'; there are bash, zsh and fish",
		argv[first]);
}

const struct verb verb_completion = {
	.name = "completion",
	.summary = "print what makes a shell complete ftrace's arguments",
	.usage = "bash | zsh | fish",
	.text = "Prints a script for the shell: verbs, options, their values, "
		"tests of the map,\n"
		"checks, revisions, files, and behind '--' the command's own. "
		"Where ftrace was\ninstalled by a package the shells find it "
		"by themselves. Otherwise:\n\n"
		"    bash  in ~/.bashrc:  source <(ftrace completion bash)\n"
		"    zsh   in ~/.zshrc, after compinit:  source <(ftrace "
		"completion zsh)\n"
		"    fish  ftrace completion fish "
		">~/.config/fish/completions/ftrace.fish",
	.options = options,
	.run = completion_run,
};
