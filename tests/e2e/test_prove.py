# SPDX-License-Identifier: MIT
"""prove's files of tests as units: listed by prove, told apart by processes.

The tests print TAP themselves: loading Test::More costs most of a start.
"""

import os
import re
import shutil

import pytest

pytestmark = pytest.mark.skipif(
    not shutil.which("prove"), reason="there is no prove on this machine")

RAN = re.compile(r"^(?:\./)?(\S+\.t) \.+", re.M)


@pytest.fixture
def sample(project):
    """Three tests: two of a module each, one that reads a file."""
    project.write("lib/One.pm", "package One; sub one { 1 } 1;\n")
    project.write("lib/Two.pm", "package Two; sub two { 2 } 1;\n")
    project.write("t/one.t", """\
        use One; print "1..1\\n", One::one() == 1 ? "" : "not ", "ok 1\\n";
        """)
    project.write("t/two.t", """\
        use Two; print "1..1\\n", Two::two() == 2 ? "" : "not ", "ok 1\\n";
        """)
    project.write("t/data.t", """\
        open my $file, "<", "t/data.txt" or die;
        print "1..1\\nok 1\\n";
        """)
    project.write("t/data.txt", "data\n")
    return project


def record(project, *more, code=0, **kwargs):
    result = project.run("prove", "-l", *more, **kwargs)
    assert result.code == code, result
    return result


def chosen(project, *more, code=0, **kwargs):
    """The files that `ftrace test` lets run."""
    result = project.ftrace("test", "--", "prove", "-l", *more, **kwargs)
    assert result.code == code, result
    return sorted(RAN.findall(result.out))


def edit(project, name):
    return project.edit(name, "1;", "1; # edited")


def without_times(text):
    return re.sub(r"\d+ wallclock.*", "", text)


@pytest.mark.smoke
def test_units(sample):
    project = sample
    plain = project.sh("prove", "-l")
    result = record(project)
    assert without_times(result.out) == without_times(plain.out)
    assert "recorded 3 units" in result.err
    assert project.units() == {
        "t/data.t": "passed", "t/one.t": "passed", "t/two.t": "passed"}
    assert project.affected() == []
    for edited, units in [
            ("lib/One.pm", ["t/one.t"]), ("t/two.t", ["t/two.t"]),
            ("t/data.txt", ["t/data.t"])]:
        with project.edited(edited):
            assert project.affected() == units


def test_what_is_affected_runs(sample):
    project = sample
    record(project)
    assert chosen(project) == []
    project.edit("t/data.txt")
    assert chosen(project) == ["t/data.t"]
    # However it is told, in whichever order.
    assert chosen(project, "-qsj2", "--color") == []
    # By other words it is another command.
    assert chosen(project, "--norc") == ["t/data.t", "t/one.t", "t/two.t"]


def test_how_they_ended(sample):
    project = sample
    for name, text in [
            ("fails", r'print "1..1\nnot ok 1\n"'),
            ("todo", r'print "1..1\nnot ok 1 # TODO later\n"'),
            ("skips", r'print "1..0 # SKIP not here\n"'),
            ("short", r'print "1..2\nok 1\n"'),
            ("dies", r'print "1..1\nok 1\n"; die')]:
        project.write("t/%s.t" % name, text)
    record(project, code=1)
    units = project.units()
    assert {name: units["t/%s.t" % name] for name in (
        "fails", "todo", "skips", "short", "dies", "one")} == {
            "fails": "failed", "todo": "passed", "skips": "skipped",
            "short": "failed", "dies": "failed", "one": "passed"}
    # Until they pass.
    assert chosen(project, code=1) == ["t/dies.t", "t/fails.t", "t/short.t"]


def test_a_test_that_bails_out(sample):
    project = sample
    project.write("t/a.t", r'print "1..2\nok 1\nBail out! enough\n"')
    plain = project.sh("prove", "-l")
    record(project, code=plain.code)
    assert project.units()["t/a.t"] == "failed"
    project.write("t/a.t", r'print "1..1\nok 1\n"')
    assert len(chosen(project)) == 4
    assert project.affected() == []


def test_new_and_gone(sample):
    project = sample
    record(project)
    project.write("t/new.t", r'print "1..1\nok 1\n"')
    assert project.affected() == ["t/new.t"]
    assert chosen(project) == ["t/new.t"]
    (project.root / "t/two.t").unlink()
    assert project.affected() == []
    record(project)
    assert set(project.units()) == {"t/data.t", "t/new.t", "t/one.t"}


def test_folders_below(sample):
    project = sample
    project.write("t/deep/er/below.t", r'print "1..1\nok 1\n"')
    record(project, "-r", "t")
    assert "t/deep/er/below.t" in project.units()
    # Who does not go there says nothing of it.
    record(project)
    assert "t/deep/er/below.t" in project.units()
    with project.edited("t/deep/er/below.t"):
        assert chosen(project) == []
        assert project.affected() == ["t/deep/er/below.t"]
    project.write("t/deep/new.t", r'print "1..1\nok 1\n"')
    assert chosen(project, "-r", "t") == ["t/deep/new.t"]
    shutil.rmtree(project.root / "t/deep")
    record(project, "-r", "t")
    assert len(project.units()) == 3


def test_a_module_that_another_one_hides(sample):
    project = sample
    record(project)
    project.write("lib/strict.pm", "1;\n")
    project.edit("t/one.t", "use One;", "use strict; use One;")
    record(project)
    (project.root / "lib/strict.pm").unlink()
    assert "t/one.t" in project.affected()


def test_a_command_that_chooses(sample):
    project = sample
    record(project, "t/one.t", "t/two.t")
    assert set(project.units()) == {"t/one.t", "t/two.t"}
    record(project)
    project.edit("t/data.txt")
    edit(project, "lib/One.pm")
    assert chosen(project, "t/one.t", "t/two.t") == ["t/one.t"]
    assert project.affected() == ["t/data.t"]
    assert chosen(project) == ["t/data.t"]


def test_a_settings_file(sample):
    """It says what else is asked for; and whoever changes it changes all."""
    project = sample
    project.write(".proverc", "-r t/one.t\n")
    result = project.run("prove", "-l", "t/two.t").ok()
    assert sorted(RAN.findall(result.out)) == ["t/one.t", "t/two.t"]
    edit(project, "lib/Two.pm")
    assert chosen(project, "t/two.t") == ["t/two.t"]
    project.write(".proverc", "-r\n")
    assert project.affected() == ["t/one.t", "t/two.t"]


def test_what_prove_keeps(sample):
    project = sample
    record(project, "--state=save")
    project.sh("prove", "-l", "--state=save").ok()
    assert project.affected() == []
    assert chosen(project, "--state=save") == []
    project.write("t/fails.t", r'print "1..1\nnot ok 1\n"')
    assert chosen(project, "--state=save", code=1) == ["t/fails.t"]
    record(project, "--state=failed,save", code=1)
    assert len(project.units()) == 4


def test_options_that_decide_are_told_apart(sample):
    project = sample
    record(project)
    record(project, "-T", "::", "a b")
    assert "t/one.t::-T :: a\\ b" in project.units()
    edit(project, "lib/One.pm")
    assert project.affected_units() == ["t/one.t", "t/one.t::-T :: a\\ b"]
    assert chosen(project, "-T", "::", "a b") == ["t/one.t"]
    assert project.affected_units() == ["t/one.t"]


def test_programs_that_are_no_perl(sample):
    project = sample
    project.write("t/shell.t", """\
        #!/bin/sh
        cat t/data.txt >/dev/null && echo 1..1 && echo ok 1
        """).chmod(0o755)
    record(project)
    assert project.units()["t/shell.t"] == "passed"
    with project.edited("t/data.txt"):
        assert project.affected() == ["t/data.t", "t/shell.t"]
    project.run("prove", "--exec", "sh -e", "t/shell.t").ok()
    assert project.units()["t/shell.t::--exec sh\\ -e"] == "passed"


def test_tests_see_nothing_of_it(sample):
    project = sample
    project.write("t/environment.t", """\
        my @seen = grep /PROVE|PERL5OPT/, keys %ENV;
        print "1..1\\n", ($ENV{PERL5OPT} // "") eq ($ENV{WANTED} // "")
            && !grep(/^FTRACE_PROVE/, @seen) ? "" : "not ", "ok 1\\n";
        """)
    record(project)
    env = {"PERL5OPT": "-w -Mstrict", "WANTED": "-w -Mstrict"}
    record(project, "t/environment.t", env=env)
    project.edit("t/environment.t", "my @seen", "my  @seen")
    assert chosen(project, "t/environment.t", env=env) == [
        "t/environment.t"]


def test_from_elsewhere(sample):
    project = sample
    (project.root / "t/data.t").unlink()
    project.run("env", "A=1", "prove", "-I../lib", ".",
                cwd=project.root / "t").ok()
    assert set(project.units()) == {"t/one.t::-I ../lib",
                                    "t/two.t::-I ../lib"}
    project.write("t/new.t", r'print "1..1\nok 1\n"')
    assert project.affected() == ["t/new.t"]


@pytest.mark.parametrize("words", [
    ["prove", "-D"], ["prove", "--version"], ["prove", "--harness", "X"],
    ["prove", "-PX"], ["prove", "-"], ["prove", "--no-such-option"],
    ["env", "PERL5OPT=-w", "prove", "-l"]])
def test_what_may_mean_something_else_is_a_command(sample, words):
    project = sample
    project.run(*words)
    assert list(project.units()) == [" ".join(words)]


def test_as_a_check(sample):
    project = sample
    project.write("ftrace.json", """\
        {"test": ["prove", "-l"],
         "checks": {"tests": {"command": ["prove", "-l"]}}}
        """)
    first = project.ftrace("check").ok()
    assert "recorded 3 units" in first.err + first.out
    project.edit("t/data.txt")
    second = project.ftrace("check").ok()
    assert RAN.findall(second.out + second.err) == ["t/data.t"]
    assert "1 hit" in project.ftrace("check").ok().err


def test_interrupted(sample):
    project = sample
    project.write("t/kills.t", "kill 9, getppid;\n")
    result = project.run("prove", "-l")
    assert result.code == -9
    assert "t/kills.t" in project.affected()
    project.write("t/kills.t", r'print "1..1\nok 1\n"')
    assert "t/kills.t" in chosen(project)
    assert project.affected() == []
