/* SPDX-License-Identifier: MIT */
#include "runners/pytest/options.h"

#include <string.h>

#include "base/alloc.h"

enum value {
	VALUE_NONE,
	VALUE_ONE,     /* in the same word, or in the next */
	VALUE_PERHAPS, /* the next word, if that is no option */
};

struct known {
	const char *name; /* without the dashes */
	enum value value;
	enum option_sense sense;
};

/*
 * An option that is missing here makes another command: the price is one run
 * of all tests. One that is here and does more than it says costs a test. So
 * none is here that has a say in which tests there are, what they see, or
 * when the whole run fails (--cov-fail-under).
 */
static const struct known longs[] = {
	/* pytest */
	{"capture", VALUE_ONE, SENSE_SHOWN},
	{"code-highlight", VALUE_ONE, SENSE_SHOWN},
	{"color", VALUE_ONE, SENSE_SHOWN},
	{"disable-pytest-warnings", VALUE_NONE, SENSE_SHOWN},
	{"disable-warnings", VALUE_NONE, SENSE_SHOWN},
	{"durations", VALUE_ONE, SENSE_SHOWN},
	{"durations-min", VALUE_ONE, SENSE_SHOWN},
	{"exitfirst", VALUE_NONE, SENSE_SHOWN},
	{"force-short-summary", VALUE_NONE, SENSE_SHOWN},
	{"full-trace", VALUE_NONE, SENSE_SHOWN},
	{"junit-prefix", VALUE_ONE, SENSE_SHOWN},
	{"junit-xml", VALUE_ONE, SENSE_SHOWN},
	{"junitprefix", VALUE_ONE, SENSE_SHOWN},
	{"junitxml", VALUE_ONE, SENSE_SHOWN},
	{"maxfail", VALUE_ONE, SENSE_SHOWN},
	{"no-fold-skipped", VALUE_NONE, SENSE_SHOWN},
	{"no-header", VALUE_NONE, SENSE_SHOWN},
	{"no-showlocals", VALUE_NONE, SENSE_SHOWN},
	{"no-summary", VALUE_NONE, SENSE_SHOWN},
	{"quiet", VALUE_NONE, SENSE_SHOWN},
	{"show-capture", VALUE_ONE, SENSE_SHOWN},
	{"showlocals", VALUE_NONE, SENSE_SHOWN},
	{"tb", VALUE_ONE, SENSE_SHOWN},
	{"verbose", VALUE_NONE, SENSE_SHOWN},
	{"verbosity", VALUE_ONE, SENSE_SHOWN},
	{"xfail-tb", VALUE_NONE, SENSE_SHOWN},
	/* pytest-xdist */
	{"dist", VALUE_ONE, SENSE_SHOWN},
	{"max-worker-restart", VALUE_ONE, SENSE_SHOWN},
	{"maxprocesses", VALUE_ONE, SENSE_SHOWN},
	{"numprocesses", VALUE_ONE, SENSE_SHOWN},
	/* pytest-cov */
	{"cov", VALUE_PERHAPS, SENSE_SHOWN},
	{"cov-append", VALUE_NONE, SENSE_SHOWN},
	{"cov-branch", VALUE_NONE, SENSE_SHOWN},
	{"cov-config", VALUE_ONE, SENSE_SHOWN},
	{"cov-context", VALUE_ONE, SENSE_SHOWN},
	{"cov-precision", VALUE_ONE, SENSE_SHOWN},
	{"cov-report", VALUE_ONE, SENSE_SHOWN},
	{"cov-reset", VALUE_NONE, SENSE_SHOWN},
	{"no-cov", VALUE_NONE, SENSE_SHOWN},
	{"no-cov-on-fail", VALUE_NONE, SENSE_SHOWN},
	/* pytest-html, -json-report, -reportlog, allure-pytest */
	{"alluredir", VALUE_ONE, SENSE_SHOWN},
	{"html", VALUE_ONE, SENSE_SHOWN},
	{"json-report", VALUE_NONE, SENSE_SHOWN},
	{"json-report-file", VALUE_ONE, SENSE_SHOWN},
	{"report-log", VALUE_ONE, SENSE_SHOWN},
	{"self-contained-html", VALUE_NONE, SENSE_SHOWN},
	/* What chooses among the tests of a command. */
	{"collect-only", VALUE_NONE, SENSE_CHOSEN},
	{"collectonly", VALUE_NONE, SENSE_CHOSEN},
	{"co", VALUE_NONE, SENSE_CHOSEN},
	{"deselect", VALUE_ONE, SENSE_CHOSEN},
	{"last-failed", VALUE_NONE, SENSE_CHOSEN},
	{"lf", VALUE_NONE, SENSE_CHOSEN},
	{"stepwise", VALUE_NONE, SENSE_CHOSEN},
	{"stepwise-skip", VALUE_NONE, SENSE_CHOSEN},
	{"sw", VALUE_NONE, SENSE_CHOSEN},
	{"sw-skip", VALUE_NONE, SENSE_CHOSEN},
	{0},
};

/* Of options of one letter several may share a word: -qx, -vvn4. */
static const struct known letters[] = {
	{"l", VALUE_NONE, SENSE_SHOWN},
	{"n", VALUE_ONE, SENSE_SHOWN},
	{"q", VALUE_NONE, SENSE_SHOWN},
	{"r", VALUE_ONE, SENSE_SHOWN},
	{"s", VALUE_NONE, SENSE_SHOWN},
	{"v", VALUE_NONE, SENSE_SHOWN},
	{"x", VALUE_NONE, SENSE_SHOWN},
	{"k", VALUE_ONE, SENSE_CHOSEN},
	{"m", VALUE_ONE, SENSE_CHOSEN},
	{"W", VALUE_ONE, SENSE_RUN},
	{"c", VALUE_ONE, SENSE_RUN},
	{"o", VALUE_ONE, SENSE_RUN},
	{"p", VALUE_ONE, SENSE_RUN},
	{0},
};

/* Plugins of -p no:NAME that only print or keep notes. */
static const char *const printing[] = {
	"no:cacheprovider", "no:junitxml", "no:sugar", NULL};

static const struct known *pytest_options_find(
	const struct known *table, const char *name, size_t n)
{
	for (; table->name; table++)
		if (!strncmp(table->name, name, n) && !table->name[n])
			return table;
	return NULL;
}

/* argparse takes nothing for a value that looks like an option. */
static bool is_value(const char *word)
{
	return word && (*word != '-' || !word[1]);
}

static void read_long(struct option_word *option, char *const argv[])
{
	const char *name = argv[0] + 2;
	size_t n = strcspn(name, "=");
	const struct known *known = pytest_options_find(longs, name, n);

	if (!known || (name[n] && known->value == VALUE_NONE))
		return;
	if (!name[n] && known->value != VALUE_NONE && is_value(argv[1]))
		option->words = 2;
	option->sense = known->sense;
}

static bool is_printing(const char *plugin)
{
	for (size_t i = 0; plugin && printing[i]; i++)
		if (!strcmp(printing[i], plugin))
			return true;
	return false;
}

/* What ends a word of letters: an option with its value. */
static void read_valued(struct option_word *option, const struct known *known,
	const char *value, const char *next)
{
	if (!*value && is_value(next)) {
		option->words = 2;
		value = next;
	}
	option->sense = known->sense;
	if (*known->name == 'p' && is_printing(value))
		option->sense = SENSE_SHOWN;
}

static void read_letters(struct option_word *option, char *const argv[])
{
	const char *at = argv[0] + 1;
	const struct known *known = NULL;

	for (; *at; at++) {
		known = pytest_options_find(letters, at, 1);
		if (!known || known->value != VALUE_NONE)
			break;
	}
	if (!*at) {
		option->sense = SENSE_SHOWN;
	} else if (known) {
		read_valued(option, known, at + 1, argv[1]);
		if (option->sense != SENSE_SHOWN)
			option->left = xasprintf("-%s", at);
	}
}

void option_read(struct option_word *option, char *const argv[])
{
	*option = (struct option_word){.sense = SENSE_RUN, .words = 1};
	if (argv[0][1] == '-')
		read_long(option, argv);
	else if (argv[0][1])
		read_letters(option, argv);
}
