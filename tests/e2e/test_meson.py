# SPDX-License-Identifier: MIT
"""meson's tests as units, with the sources that ninja builds them of."""

import re
import shutil

import pytest

pytestmark = pytest.mark.skipif(
    not shutil.which("meson") or not shutil.which("ninja"),
    reason="there is no meson or ninja on this machine")

RAN = re.compile(r"^ *\d+/\d+ (?:\S+ / )?(\S+) +[A-Z]", re.M)
BUILD = """\
    project('sample', 'c')
    sh = find_program('sh')
    lib = static_library('lib', 'lib.c')
    test('built', executable('built', 'built.c', link_with: lib))
    test('reads', sh, args: [files('read.sh'), 'data.txt'],
         workdir: meson.current_source_dir(), suite: 'slow')
    """


@pytest.fixture
def sample(project):
    """A function that makes a build of two tests and of more lines."""
    def make(more=""):
        project.write("meson.build", BUILD + more)
        project.write("lib.h", "int lib(void);\n")
        project.write("lib.c",
                      '#include "lib.h"\nint lib(void) { return 1; }\n')
        project.write("built.c", '#include "lib.h"\n'
                      'int main(void) { return lib() != 1; }\n')
        project.write("other.c", "int main(void) { return 0; }\n")
        project.write("read.sh", 'for each; do cat "$each" || exit 1; done\n')
        project.write("data.txt", "data\n")
        project.sh("meson", "setup", "out").ok()
        return project
    return make


def edit(project, name):
    project.write(name, (project.root / name).read_text()
                  + ("# more\n" if name == "read.sh" else "/* more */\n"))


def record(project, *more, code=0):
    result = project.run("meson", "test", "-C", "out", *more)
    assert result.code == code, result
    return result


def chosen(project, *more, code=0):
    """What `ftrace test` lets run."""
    result = project.ftrace("test", "--", "meson", "test", "-C", "out", *more)
    assert result.code == code, result
    return sorted(RAN.findall(result.out))


BUILT, READS = "out::sample:built", "out::sample:reads"


def test_units(sample):
    """An edit of a source counts before it is built, and after."""
    project = sample()
    record(project)
    assert project.units() == {BUILT: "passed", READS: "passed"}
    assert project.affected() == []
    for edited, unit, name in [
            ("lib.c", BUILT, "built"), ("lib.h", BUILT, "built"),
            ("data.txt", READS, "reads"), ("read.sh", READS, "reads")]:
        edit(project, edited)
        assert project.affected() == [unit]
        assert chosen(project, "--print-errorlogs") == [name]
        assert project.affected() == []
    # Built by somebody else, it is as well.
    edit(project, "lib.c")
    project.sh("ninja", "-C", "out").ok()
    assert project.affected() == [BUILT]
    record(project)
    # What no test is built of, nobody depends on.
    edit(project, "other.c")
    assert project.affected() == []


def test_how_they_ended(sample):
    project = sample("""\
        test('skips', sh, args: ['-c', 'exit 77'])
        test('wrong', sh, args: ['-c', 'exit 1'])
        test('expected', sh, args: ['-c', 'exit 2'], should_fail: true)
        test('surprise', sh, args: ['-c', 'exit 0'], should_fail: true)
        test('slow', sh, args: ['-c', 'sleep 9'], timeout: 1)
        """)
    record(project, "-t", "0.1", code=3)
    units = {id.split(":")[-1]: outcome
             for id, outcome in project.units().items()}
    assert units == {
        "built": "passed", "reads": "passed", "skips": "skipped",
        "wrong": "failed", "expected": "xfailed", "surprise": "failed",
        "slow": "failed"}
    assert chosen(project, "-t", "0.1", code=3) == [
        "slow", "surprise", "wrong"]


def test_other_tests(sample):
    """The list is asked again where meson.build says other things."""
    project = sample()
    record(project)
    project.edit("meson.build", "test('built'", """\
test('new', sh, args: ['-c', ':'])
test('built'""")
    assert "new" in chosen(project)
    assert len(project.units()) == 3
    project.edit("meson.build", "test('new', sh, args: ['-c', ':'])\n", "")
    record(project)
    assert set(project.units()) == {BUILT, READS}


def test_what_does_not_build(sample):
    project = sample()
    record(project)
    project.write("lib.c", "no source")
    chosen(project, code=125)
    assert project.affected_units() == [BUILT]
    project.write("lib.c", '#include "lib.h"\nint lib(void) { return 1; }\n')
    assert "built" in chosen(project)
    assert project.affected() == []


def test_a_command_that_chooses(sample):
    project = sample()
    record(project)
    project.edit("data.txt")
    edit(project, "lib.c")
    assert chosen(project, "--suite", "slow") == ["reads"]
    assert project.affected() == [BUILT]
    assert chosen(project, "built") == ["built"]
    assert project.affected() == []


def test_two_of_one_name(sample):
    project = sample("""\
        test('reads', sh, args: ['-c', 'cat "$1"', '', files('lib.c')])
        """)
    record(project)
    assert len(project.units()) == 2
    edit(project, "lib.c")
    assert project.affected_units() == [BUILT, READS]
    # One of them alone is a part of a unit.
    record(project, "--suite", "slow")
    assert project.affected_units() == [BUILT, READS]


def test_programs_that_tests_only_meet(sample):
    """Made by an edge that the test does not name."""
    project = sample("""\
        executable('tool', 'other.c', build_by_default: true)
        test('meets', sh, args: ['-c', './tool'],
             workdir: meson.current_build_dir())
        """)
    project.sh("ninja", "-C", "out").ok()
    record(project)
    edit(project, "other.c")
    assert project.affected() == ["out::sample:meets"]
    # It ran what was there, which may be of another source.
    chosen(project)
    project.sh("ninja", "-C", "out").ok()
    record(project)
    assert project.affected() == []


def test_without_a_build(sample):
    project = sample()
    project.sh("ninja", "-C", "out").ok()
    record(project, "--no-rebuild")
    assert project.affected() == []
    edit(project, "lib.c")
    record(project, "--no-rebuild")
    assert project.affected() == [BUILT, READS]
    record(project)
    assert project.affected() == []


@pytest.mark.parametrize("words", [
    ["meson", "test", "-C", "out", "--list"],
    ["meson", "test", "-C", "out", "--benchmark"],
    ["meson", "test", "-C", "out", "--wrapper", "env"],
    ["meson", "introspect", "--tests", "out"]])
def test_what_may_mean_something_else_is_a_command(sample, words):
    project = sample()
    project.run(*words)
    assert list(project.units()) == [" ".join(words)]
