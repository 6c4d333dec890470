/* SPDX-License-Identifier: MIT */
/*
 * prove has options, a settings file and a memory that say which tests run, and
 * how; only it knows what they add up to. So it is asked, and told, in its own
 * process: Perl runs what PERL5OPT says before the script. What the variables
 * had is there again before a test is started.
 */
#include "runners/prove/hook.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/words.h"

#define CODE "FTRACE_PROVE"
#define FOLDER "FTRACE_PROVE_FOLDER"
/* In one word, for Perl parts the variable at blanks. */
#define ENTRY "-M-strict;eval$ENV{" CODE "}"

/* Nothing of it is to be seen by tests, nor in a Perl that is no prove. */
static const char begin[] = "my $folder = delete $ENV{" FOLDER "};\n"
			    "delete $ENV{" CODE "};\n"
			    "$ENV{PERL5OPT} =~ s/^\\S+ ?//;\n"
			    "delete $ENV{PERL5OPT} if $ENV{PERL5OPT} eq '';\n"
			    "return unless defined &App::Prove::_runtests;\n"
			    "no warnings;\n";

/* The folders that are gone through for tests; then, in place of running
 * them, for each the command that would be executed. */
static const char lists[] =
	"my @out = ('', '" PROVE_LISTED "');\n"
	"my $raw = \\&App::Prove::State::_get_raw_tests;\n"
	"*App::Prove::State::_get_raw_tests = sub {\n"
	"    my ($self, $recurse, @places) = @_;\n"
	"    push @out, 'pattern', \"*$_\" for @{$self->{extensions}};\n"
	"    for my $place (grep -d, @places) {\n"
	"        my @in = $place;\n"
	"        my $take = sub { push @in, $_ if $_ ne $place && -d };\n"
	"        my %how = (follow => 1, follow_skip => 2, no_chdir => 1);\n"
	"        require File::Find;\n"
	"        File::Find::find({%how, wanted => $take}, $place)\n"
	"            if $recurse;\n"
	"        push @out, 'folder', $_, $recurse ? 1 : 0 for @in;\n"
	"    }\n"
	"    return $raw->(@_);\n"
	"} if defined &App::Prove::State::_get_raw_tests;\n"
	"*App::Prove::_runtests = sub {\n"
	"    my ($self, $args, @tests) = @_;\n"
	"    my @command;\n"
	"    delete @$args{qw(archive harness_class formatter_class)};\n"
	"    delete $ENV{HARNESS_SUBCLASS};\n"
	"    delete $ENV{PERL_TEST_HARNESS_DUMP_TAP};\n"
	"    my $harness = TAP::Harness::Env->create($args);\n"
	"    require TAP::Parser;\n"
	"    require TAP::Parser::Iterator::Process;\n"
	"    *TAP::Parser::Iterator::Process::_initialize = sub {\n"
	"        @command = @{$_[1]{command}};\n"
	"        die;\n"
	"    };\n"
	"    for my $job ($harness->make_scheduler(@tests)->get_all) {\n"
	"        @command = ();\n"
	"        eval {\n"
	"            TAP::Parser->new($harness->_get_parser_args($job));\n"
	"        };\n"
	"        push @out, 'test', $job->filename, scalar(@command);\n"
	"        push @out, @command;\n"
	"    }\n"
	"    binmode STDOUT;\n"
	"    print map { \"$_\\0\" } @out;\n"
	"    exit 0;\n"
	"};\n";

static const char runs[] =
	"my (%asked, $all);\n"
	"if (open my $list, '<', \"$folder/asked\") {\n"
	"    local $/ = \"\\0\";\n"
	"    chomp(my @names = <$list>);\n"
	"    @asked{@names} = ();\n"
	"    close $list;\n"
	"} else { $all = 1 }\n"
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
	"        $took = sprintf '%.6f', $took;\n"
	"        syswrite $told, \"$end\\0$name\\0$took\\0\";\n"
	"        return $add->(@_);\n"
	"    };\n"
	"    @tests = grep { exists $asked{ref $_ ? $_->[0] : $_} } @tests\n"
	"        unless $all;\n"
	"    return $runtests->($self, $args, @tests);\n"
	"};\n";

char **prove_hook(
	char *const argv[], size_t at, enum prove_hook hook, const char *folder)
{
	const char *before = getenv("PERL5OPT");
	struct words words = {0};

	for (size_t i = 0; i < at; i++)
		words_add_copy(&words, argv[i]);
	words_add_copy(&words, "env");
	words_add(&words,
		xasprintf("PERL5OPT=" ENTRY "%s%s",
			before && *before ? " " : "", before ? before : ""));
	words_add(&words, xasprintf(CODE "=%s%s", begin,
				  hook == PROVE_LISTS ? lists : runs));
	if (folder)
		words_add(&words, xasprintf(FOLDER "=%s", folder));
	words_add_list(&words, (const char *const *)argv + at);
	return words.list;
}
