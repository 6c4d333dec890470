/* SPDX-License-Identifier: MIT */
/*
 * prove has options, a settings file and a memory that say which tests run, and
 * how; only it knows what they add up to. So it is asked, and told, in its own
 * process: Perl runs what PERL5OPT says before the script. What the variables
 * had is there again before a test is started.
 */
#include "runners/prove/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/capture.h"
#include "base/read_file.h"
#include "map/project.h"
#include "runners/prove/command.h"

#define HOOK "FTRACE_PROVE"
#define FOLDER "FTRACE_PROVE_FOLDER"
#define ENTRY "-M-strict;eval$ENV{" HOOK "}"
#define LISTED "ftrace"

/* Nothing of it is to be seen by tests, nor in a Perl that is no prove. */
static const char restore[] = "my $folder = delete $ENV{" FOLDER "};\n"
			      "delete $ENV{" HOOK "};\n"
			      "$ENV{PERL5OPT} =~ s/^\\S+ ?//;\n"
			      "delete $ENV{PERL5OPT} if $ENV{PERL5OPT} eq '';\n"
			      "return unless defined &App::Prove::_runtests;\n"
			      "no warnings;\n";

/*
 * In place of running them: for each the command that would be executed; and
 * the folders that were gone through for tests.
 */
static const char list_hook[] =
	"my @out = ('', '" LISTED "');\n"
	"my $raw = \\&App::Prove::State::_get_raw_tests;\n"
	"*App::Prove::State::_get_raw_tests = sub {\n"
	"    my ($self, $recurse, @places) = @_;\n"
	"    for my $place (grep -d, @places) {\n"
	"        my @folders = $place;\n"
	"        require File::Find;\n"
	"        File::Find::find({follow => 1, follow_skip => 2, no_chdir => "
	"1,"
	" wanted => sub { push @folders, $_ if $_ ne $place && -d }}, $place)\n"
	"            if $recurse;\n"
	"        push @out, 'folder', $_, $recurse ? 1 : 0,"
	" join('|', map { \"*$_\" } @{$self->{extensions}}) for @folders;\n"
	"    }\n"
	"    return $raw->(@_);\n"
	"} if defined &App::Prove::State::_get_raw_tests;\n"
	"*App::Prove::_runtests = sub {\n"
	"    my ($self, $args, @tests) = @_;\n"
	"    my @command;\n"
	"    delete @$args{qw(archive harness_class formatter_class)};\n"
	"    delete @ENV{qw(HARNESS_SUBCLASS PERL_TEST_HARNESS_DUMP_TAP)};\n"
	"    my $harness = TAP::Harness::Env->create($args);\n"
	"    require TAP::Parser;\n"
	"    require TAP::Parser::Iterator::Process;\n"
	"    *TAP::Parser::Iterator::Process::_initialize = sub {\n"
	"        @command = @{$_[1]{command}};\n"
	"        die;\n"
	"    };\n"
	"    for my $job ($harness->make_scheduler(@tests)->get_all) {\n"
	"        @command = ();\n"
	"        eval { TAP::Parser->new($harness->_get_parser_args($job)) };\n"
	"        push @out, 'test', $job->filename, scalar(@command),"
	" @command;\n"
	"    }\n"
	"    binmode STDOUT;\n"
	"    print map { \"$_\\0\" } @out;\n"
	"    exit 0;\n"
	"};\n";

/* Which of them run, if not all; and for each how it ended, and how long. */
static const char run_hook[] =
	"my %asked;\n"
	"my $chosen = open my $list, '<', \"$folder/asked\";\n"
	"if ($chosen) { local $/ = \"\\0\"; chomp(my @a = <$list>);"
	" @asked{@a} = (); close $list }\n"
	"open my $told, '>', \"$folder/report\" or return;\n"
	"my $runtests = \\&App::Prove::_runtests;\n"
	"*App::Prove::_runtests = sub {\n"
	"    my ($self, $args, @tests) = @_;\n"
	"    require TAP::Parser::Aggregator;\n"
	"    my $add = \\&TAP::Parser::Aggregator::add;\n"
	"    *TAP::Parser::Aggregator::add = sub {\n"
	"        my ($self, $name, $parser) = @_;\n"
	"        my $took = $parser->end_time - $parser->start_time;\n"
	"        my $end = $parser->has_problems ? 'failed'\n"
	"            : $parser->skip_all ? 'skipped' : 'passed';\n"
	"        syswrite $told, sprintf('%s%c%s%c%.6f%c', $end, 0, $name, 0,"
	" $took, 0);\n"
	"        return $add->(@_);\n"
	"    };\n"
	"    @tests = grep { exists $asked{ref $_ ? $_->[0] : $_} } @tests\n"
	"        if $chosen;\n"
	"    return $runtests->($self, $args, @tests);\n"
	"};\n";

/* The command, with what prove runs at first; folder: for the hook; or NULL. */
static char **with_hook(
	char *const argv[], size_t at, const char *hook, const char *folder)
{
	const char *before = getenv("PERL5OPT");
	struct words words = {0};

	for (size_t i = 0; i < at; i++)
		words_add_copy(&words, argv[i]);
	words_add_copy(&words, "env");
	words_add(&words, before && *before
				  ? xasprintf("PERL5OPT=" ENTRY " %s", before)
				  : xstrdup("PERL5OPT=" ENTRY));
	words_add(&words, xasprintf(HOOK "=%s%s", restore, hook));
	if (folder)
		words_add(&words, xasprintf(FOLDER "=%s", folder));
	words_add_list(&words, (const char *const *)argv + at);
	return words.list;
}

struct listing {
	struct runner_tests *tests;
	const char *root;
	const char *variant;
	const char *at, *end; /* of what prove told */
};

/* The next of the texts that end with a NUL; or NULL. */
static const char *next_text(struct listing *listing)
{
	const char *text = listing->at;
	const char *end = text < listing->end
				  ? memchr(text, '\0', listing->end - text)
				  : NULL;

	if (!end)
		return NULL;
	listing->at = end + 1;
	return text;
}

static char *absolute(const char *name)
{
	char *here = *name == '/' ? NULL : realpath(".", NULL), *path;

	path = here ? xasprintf("%s/%s", here, name) : xstrdup(name);
	free(here);
	return path;
}

/* Only what it reads itself counts for a test, and prove reads its first line.
 */
static void take_test(struct listing *listing, const char *name, size_t words)
{
	struct runner_tests *tests = listing->tests;
	struct runner_part *part = runner_parts_add(
		&tests->parts, &tests->part_count, &tests->part_room);
	struct runner_test *test = runner_tests_add(tests);
	char *path = project_path(listing->root, name);
	struct words program = {0};
	const char *word;

	test->id = *listing->variant
			   ? xasprintf("%s::%s", path, listing->variant)
			   : xstrdup(path);
	test->argument = xstrdup(name);
	test->skips_itself = true;
	test->part = tests->part_count;
	for (; words > 0 && (word = next_text(listing)); words--)
		words_add_copy(&program, word);
	test->words = program.list;
	part->name = path;
	words_add(&part->files, absolute(name));
}

static void take_folder(struct listing *listing, const char *name,
	bool recurses, const char *names)
{
	struct runner_tests *tests = listing->tests;
	struct runner_part *searched = runner_parts_add(&tests->searched,
		&tests->searched_count, &tests->searched_room);
	char *both = recurses ? xasprintf("%s|*/", names) : xstrdup(names);

	searched->name = project_path(listing->root, name);
	searched->shallow = !recurses;
	runner_part_look(searched, absolute(name), both);
	free(both);
}

static int take_listed(struct listing *listing, struct err *err)
{
	const char *kind, *name, *number, *names;

	while ((kind = next_text(listing))) {
		name = next_text(listing);
		number = name ? next_text(listing) : NULL;
		if (!number)
			break;
		if (!strcmp(kind, "test")) {
			take_test(listing, name, strtoul(number, NULL, 10));
			continue;
		}
		names = next_text(listing);
		if (!names)
			break;
		take_folder(listing, name, *number == '1', names);
	}
	return kind ? err_set(err, -1, "prove did not list its tests") : 0;
}

/* Behind whatever else was printed. */
static int read_listed(
	struct listing *listing, const char *text, size_t size, struct err *err)
{
	static const char begins[] = "\0" LISTED;
	const char *at = memmem(text, size, begins, sizeof(begins));

	if (!at)
		return err_set(err, -1, "prove did not list its tests");
	listing->at = at + sizeof(begins);
	listing->end = text + size;
	return take_listed(listing, err);
}

int prove_list(struct runner_tests *tests, char *const argv[], const char *root,
	struct err *err)
{
	struct prove_command command;
	struct listing listing = {.tests = tests, .root = root};
	char **words, *text = NULL;
	size_t size;
	int code;

	memset(tests, 0, sizeof(*tests));
	if (!prove_command_read(&command, argv)) {
		prove_command_release(&command);
		return err_set(err, -1, "'%s' runs no test", argv[0]);
	}
	tests->listed = time(NULL);
	tests->chosen = true; /* of each file it is said what it holds */
	listing.variant = command.variant;
	words = with_hook(argv, command.at, list_hook, NULL);
	code = capture(words, &text, &size, err);
	if (code == 0)
		code = read_listed(&listing, text, size, err);
	free(text);
	words_free(words);
	prove_command_release(&command);
	return code;
}

static bool put_asked(const char *folder, const struct runner_tests *tests)
{
	char *path = xasprintf("%s/asked", folder);
	FILE *file = fopen(path, "we");
	bool done = file != NULL;

	for (size_t i = 0; file && i < tests->count; i++)
		if (tests->list[i].asked)
			fprintf(file, "%s%c", tests->list[i].argument, '\0');
	if (file)
		done = fclose(file) == 0;
	free(path);
	return done;
}

char **prove_start(struct runner_tests *tests, char *const argv[],
	char *const *selection, size_t count, const struct interner *known,
	const char *folder)
{
	struct prove_command command;
	char **words = NULL;

	runner_tests_ask(tests, selection, count, known);
	if (selection && !put_asked(folder, tests))
		runner_tests_ask(tests, NULL, 0, NULL);
	if (prove_command_read(&command, argv))
		words = with_hook(argv, command.at, run_hook, folder);
	prove_command_release(&command);
	return words;
}

static const char *outcome_of(const char *text)
{
	return !strcmp(text, "passed")    ? "passed"
	       : !strcmp(text, "skipped") ? "skipped"
					  : "failed";
}

void prove_told(struct runner_tests *tests, char *const argv[],
	const char *folder, int status)
{
	char *path = xasprintf("%s/report", folder);
	size_t size;
	char *text = read_file(path, 0, &size);
	struct listing report = {.at = text, .end = text ? text + size : NULL};
	const char *end, *name, *took;

	(void)argv;
	(void)status;
	while (text && (end = next_text(&report)) &&
		(name = next_text(&report)) && (took = next_text(&report)))
		for (size_t i = 0; i < tests->count; i++) {
			struct runner_test *test = &tests->list[i];

			if (strcmp(test->argument, name) != 0)
				continue;
			test->outcome = outcome_of(end);
			test->duration = (int64_t)(strtod(took, NULL) * 1e6);
		}
	free(text);
	free(path);
}
