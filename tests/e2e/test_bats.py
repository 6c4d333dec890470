# SPDX-License-Identifier: MIT
"""bats' files of tests as units, each told by the process that bats has."""

import re
import shutil

import pytest

pytestmark = pytest.mark.skipif(
    not shutil.which("bats"), reason="there is no bats on this machine")

RAN = re.compile(r"^(?:not )?ok \d+ (\w+)", re.M)


@pytest.fixture
def sample(project):
    """Two files: one sets itself up and sources a library, one has two."""
    project.write("lib.sh", "one() { echo one; }\n")
    project.write("test/data.txt", "data\n")
    project.write("test/setup.txt", "setup\n")
    project.write("test/one.bats", """\
        setup_file() { cat test/setup.txt; }
        setup() { . ./lib.sh; }
        @test "one" { [ "$(one)" = one ]; }
        """)
    project.write("test/two.bats", """\
        @test "two" { cat test/data.txt; }
        @test "skips" { skip; }
        """)
    return project


def record(project, *more, code=0, **kwargs):
    result = project.run("bats", *(more or ["test"]), **kwargs)
    assert result.code == code, result
    return result


def chosen(project, *more, code=0, **kwargs):
    """The tests that `ftrace test` lets run."""
    result = project.ftrace(
        "test", "--", "bats", *(more or ["test"]), **kwargs)
    assert result.code == code, result
    return sorted(RAN.findall(result.out))


def test_units(sample):
    project = sample
    plain = project.sh("bats", "test")
    result = record(project)
    assert result.out == plain.out
    assert project.units() == {
        "test/one.bats": "passed", "test/two.bats": "passed"}
    assert project.affected() == []
    for edited, units in [
            ("lib.sh", ["test/one.bats"]),
            ("test/setup.txt", ["test/one.bats"]),
            ("test/data.txt", ["test/two.bats"])]:
        with project.edited(edited):
            assert project.affected() == units
    # Each runs alone, by however it is told.
    project.edit("test/data.txt")
    assert chosen(project, "-T", "test") == ["skips", "two"]
    assert chosen(project) == []


def test_a_file_itself(sample):
    project = sample
    record(project)
    project.write("test/two.bats", '@test "two" { false; }\n')
    assert project.affected() == ["test/two.bats"]
    assert chosen(project, code=1) == ["two"]
    assert project.units()["test/two.bats"] == "failed"
    # Until it passes.
    assert chosen(project, code=1) == ["two"]
    project.write("test/one.bats", """\
        setup_file() { false; }
        @test "one" { true; }
        """)
    chosen(project, code=1)
    assert project.units()["test/one.bats"] == "failed"


def test_new_and_gone(sample):
    project = sample
    record(project)
    project.write("test/new.bats", '@test "new" { true; }\n')
    assert project.affected() == ["test/new.bats"]
    assert chosen(project) == ["new"]
    (project.root / "test/two.bats").unlink()
    assert project.affected() == []
    record(project)
    assert set(project.units()) == {"test/new.bats", "test/one.bats"}


def test_folders_below(sample):
    project = sample
    project.write("test/deep/er/x.bats", '@test "below" { true; }\n')
    record(project, "-r", "test")
    # Who does not go there says nothing of it.
    record(project)
    assert "test/deep/er/x.bats" in project.units()
    project.edit("test/deep/er/x.bats", "true", "cat lib.sh")
    assert project.affected() == ["test/deep/er/x.bats"]
    project.write("test/deep/new.bats", '@test "new" { true; }\n')
    assert chosen(project, "-r", "test") == ["below", "new"]
    shutil.rmtree(project.root / "test/deep")
    record(project, "-r", "test")
    assert len(project.units()) == 2


def test_what_sets_the_suite_up(sample):
    """It counts for all, and is there for a choice of files as well."""
    project = sample
    record(project)
    project.write("test/setup_suite.bash",
                  "setup_suite() { cat lib.sh; export SET=up; }\n")
    assert len(project.affected()) == 2
    project.write("test/deep/set.bats", '@test "set" { [ "$SET" = up ]; }\n')
    record(project, "-r", "test")
    project.edit("test/deep/set.bats", "[ ", "[  ")
    assert chosen(project, "-r", "test") == ["set"]
    project.edit("lib.sh")
    assert len(project.affected()) == 3


def test_a_command_that_chooses(sample):
    project = sample
    record(project)
    record(project, "-f", "^tw", "test")
    assert project.units()["test/two.bats::-f ^tw"] == "passed"
    project.edit("test/data.txt")
    assert chosen(project, "-f", "^tw", "test") == ["two"]
    assert project.affected_units() == ["test/two.bats"]
    assert chosen(project, "test/one.bats", "test/two.bats") == [
        "one", "skips", "two"]
    assert project.affected() == []


def test_from_elsewhere_and_by_links(sample):
    project = sample
    (project.root / "linked").symlink_to("test")
    for words, cwd in [(["./linked/../linked/"], "."),
                       (["one.bats", "../test//two.bats"], "linked")]:
        project.run("env", "A=1", "bats", *words,
                    cwd=project.root / cwd, env={"PWD": project.root / cwd})
        assert project.units() == {
            "test/one.bats": "passed" if cwd == "." else "failed",
            "test/two.bats": "passed" if cwd == "." else "failed"}


@pytest.mark.parametrize("words", [
    ["bats", "-c", "test"], ["bats", "--version"],
    ["bats", "--no-such-option", "test"],
    ["bats", "--filter-status", "failed", "test"]])
def test_what_may_mean_something_else_is_a_command(sample, words):
    project = sample
    project.run(*words)
    assert list(project.units()) == [" ".join(words)]


def test_broken_off(sample):
    project = sample
    project.write("test/two.bats", '@test "two" { kill -9 $PPID; }\n')
    record(project, code=1)
    assert project.affected() == ["test/two.bats"]
    project.write("test/two.bats", '@test "two" { true; }\n')
    assert chosen(project) == ["two"]
    assert project.affected() == []
