# SPDX-License-Identifier: MIT
"""Help, and what is said of slips on the command line."""

import re

import pytest

VERBS = ("run", "test", "check", "hook", "affected", "changed", "why", "deps",
         "status", "audit", "compare", "flaky", "escapes", "doctor", "completion", "help")


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_a_verb(project, verb):
    result = project.ftrace("help", verb).ok()
    assert result.out.startswith("usage: ftrace %s " % verb)
    assert result.err == ""
    assert project.ftrace(verb, "-h").ok().out == result.out
    # What a terminal of the usual width shows.
    assert all(len(line) <= 82 for line in result.out.splitlines())


def test_help_lists_every_verb(project):
    listed = project.ftrace("help").ok().out
    assert set(VERBS) <= set(re.findall(r"^  (\w+) ", listed, re.M))
    assert project.ftrace("--help").ok().out == listed
    assert project.ftrace("-h").ok().out == listed


def test_version(project):
    version = project.ftrace("--version").ok().out
    assert re.fullmatch(r"ftrace \d+\.\d+\.\d+\n", version)
    assert project.ftrace("-V").ok().out == version


@pytest.mark.parametrize("args, said", [
    (["afected"], "did you mean 'affected'?"),
    (["satus"], "did you mean 'status'?"),
    (["help", "afected"], "did you mean 'affected'?"),
    (["hepl"], "did you mean 'help'?"),
    ([], "as in 'ftrace test -- pytest'"),
    (["quux"], "see 'ftrace --help'"),
    (["-q", "test", "--", "true"], "options come after the verb"),
    (["affected", "pytest"], "'ftrace test -- pytest' runs what is affected"),
    (["status", "x"], "unexpected argument 'x'"),
    (["run"], "as in 'ftrace run -- pytest'"),
    (["audit"], "as in 'ftrace audit -- pytest'"),
    (["flaky", "ad"], "unknown action 'ad'; there are list, audit, add"),
    (["hook", "on"], "unknown action 'on'; there are install"),
    (["help", "quux"], "see 'ftrace --help'"),
    (["pytest", "-q"], "ftrace test -- pytest"),
    (["affected", "--jsno"], "did you mean '--json'?"),
    (["test", "--explian", "--", "true"], "did you mean '--explain'?"),
    (["affected", "--json=1"], "option '--json' takes no value"),
    (["test", "-k", "x", "--", "pytest"], "the command's own options"),
    (["test", "--durations=3", "--", "pytest"], "the command's own options"),
])
def test_slips(project, args, said):
    result = project.ftrace(*args)
    assert result.code == 2, result
    assert result.out == ""
    line, = result.err.splitlines()
    assert said in line
