/* SPDX-License-Identifier: MIT */
/*
 * Parsing by a verb's table. What ends the process is tried in a child.
 */
#include "tests/unit/scratch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/option.h"

static bool flag, longer;
static const char *text;
static struct option_list list;

static const struct option_row options[] = {
	{'f', "flag", OPTION_FLAG, &flag, 0, "a flag"},
	{0, "longer", OPTION_FLAG, &longer, 0, "without a letter"},
	{'t', "text", OPTION_TEXT, &text, "WORD", "a text"},
	{'l', "list", OPTION_LIST, &list, "WORD", "several texts"},
	{0},
};

static const struct verb verb = {
	.name = "try",
	.summary = "try",
	.usage = "[FILE ...]",
	.text = "Tries.",
	.options = options,
};

static const struct verb command = {
	.name = "run",
	.summary = "run",
	.usage = "-- COMMAND",
	.text = "Runs.",
	.options = options,
};

static int reset(void **state)
{
	(void)state;
	memset(&list, 0, sizeof(list));
	flag = longer = false;
	text = NULL;
	return 0;
}

#define PARSE(...) parse((char *[]){"try", __VA_ARGS__, NULL})

static int parse(char **argv)
{
	int argc = 0;

	while (argv[argc])
		argc++;
	return options_parse(&verb, argc, argv);
}

TEST(nothing)
{
	assert_int_equal(parse((char *[]){"try", NULL}), 1);
	assert_false(flag);
	assert_null(text);
}

TEST(letters)
{
	assert_int_equal(PARSE("-f", "-t", "x", "y"), 4);
	assert_true(flag);
	assert_false(longer);
	assert_string_equal(text, "x");
}

TEST(letters_together)
{
	assert_int_equal(PARSE("-ftx"), 2);
	assert_true(flag);
	assert_string_equal(text, "x");
}

TEST(words)
{
	assert_int_equal(PARSE("--flag", "--longer", "--text=a b"), 4);
	assert_true(flag);
	assert_true(longer);
	assert_string_equal(text, "a b");
	assert_int_equal(PARSE("--text", "--flag"), 3);
	assert_string_equal(text, "--flag");
}

TEST(operands_and_options_mix)
{
	char *argv[] = {"try", "file", "-f", NULL};

	assert_int_equal(parse(argv), 2);
	assert_true(flag);
	assert_string_equal(argv[2], "file");
	flag = false;
	assert_int_equal(PARSE("--", "-f"), 2);
	assert_false(flag);
	assert_int_equal(PARSE("-f", "-"), 2);
}

/* What follows the first operand is the command's own. */
TEST(a_command_ends_options)
{
	char *argv[] = {"run", "file", "-f", NULL};

	assert_int_equal(options_parse(&command, 3, argv), 1);
	assert_false(flag);
}

TEST(lists)
{
	assert_int_equal(PARSE("-l", "a", "--list=b", "-lc"), 5);
	assert_int_equal(list.count, 3);
	assert_string_equal(list.items[0], "a");
	assert_string_equal(list.items[2], "c");
	assert_null(list.items[3]);
}

TEST(parsed_twice)
{
	assert_int_equal(PARSE("-f", "a"), 2);
	flag = false;
	assert_int_equal(PARSE("-f", "b", "c"), 2);
	assert_true(flag);
}

/* The exit status of a parse; what it wrote is left in `output`. */
static char output[2048];

static int ends(int stream, char **argv)
{
	int status, fds[2];
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		int other = open("/dev/null", O_WRONLY);

		dup2(other, STDOUT_FILENO);
		dup2(other, STDERR_FILENO);
		dup2(fds[1], stream);
		parse(argv);
		_exit(77);
	}
	close(fds[1]);
	n = read(fds[0], output, sizeof(output) - 1);
	output[n > 0 ? n : 0] = '\0';
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

#define ENDS(stream, ...) ends(stream, (char *[]){"try", __VA_ARGS__, NULL})

TEST(misuse)
{
	assert_int_equal(ENDS(STDERR_FILENO, "-x"), EXIT_USAGE);
	assert_string_equal(output,
		"ftrace try: unknown option '-x'; see 'ftrace try -h'\n");
	assert_int_equal(ENDS(STDERR_FILENO, "--nothing"), EXIT_USAGE);
	assert_non_null(strstr(output, "'--nothing'"));
	assert_int_equal(ENDS(STDERR_FILENO, "-t"), EXIT_USAGE);
	assert_non_null(strstr(output, "'-t' needs a value"));
	assert_int_equal(ENDS(STDERR_FILENO, "--text"), EXIT_USAGE);
	assert_non_null(strstr(output, "'--text' needs a value"));
	assert_int_equal(ENDS(STDERR_FILENO, "--flag=1"), EXIT_USAGE);
	assert_non_null(strstr(output, "--flag"));
}

TEST(help)
{
	static const char *const parts[] = {"usage: ftrace try", "[FILE ...]",
		"-f, --flag", "    --longer", "--text WORD", "a text",
		"--help"};

	assert_int_equal(ENDS(STDOUT_FILENO, "-h"), EXIT_ANSWERED);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		assert_non_null(strstr(output, parts[i]));
	assert_int_equal(ENDS(STDOUT_FILENO, "--help"), EXIT_ANSWERED);
	assert_non_null(strstr(output, "usage: ftrace try"));
	assert_int_equal(ENDS(STDERR_FILENO, "-h"), EXIT_ANSWERED);
	assert_string_equal(output, "");
}

#define HERE(name) cmocka_unit_test_setup(name, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HERE(nothing),
		HERE(letters),
		HERE(letters_together),
		HERE(words),
		HERE(operands_and_options_mix),
		HERE(a_command_ends_options),
		HERE(lists),
		HERE(parsed_twice),
		HERE(misuse),
		HERE(help),
	};

	return RUN_TESTS(tests);
}
