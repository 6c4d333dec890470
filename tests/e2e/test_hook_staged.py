# SPDX-License-Identifier: MIT
"""Checks in a hook that change what is staged."""

import pytest

from git_project import git, make

STAGED = "ftrace: a check changed '%s' after it was staged\n"
CHECKS = """{"checks": {
    "format": {"command": "sed -i s/bad/good/ data/*.txt",
               "phase": "mutating"},
    "read": {"command": "cat data/*.txt"}}}"""


@pytest.fixture
def repo(project):
    make(project)
    project.write("ftrace.json", CHECKS)
    project.write("data/x.txt", "x\n")
    project.ftrace("hook", "install").ok()
    git(project, "add", "-A")
    git(project, "commit", "-qm", "checks")
    return project


def commit(repo, *args, code=0):
    return git(repo, "commit", "-qm", "more", *args, code=code)


def head(repo, name):
    return git(repo, "show", "HEAD:" + name).out


def text(repo, name):
    return (repo.root / name).read_text()


def test_what_a_check_changed_is_not_committed(repo):
    repo.write("data/x.txt", "bad\n")
    repo.write("data/y z.txt", "bad\n")
    repo.write("data/new.txt", "good\n")
    git(repo, "add", "-A")
    result = commit(repo, code=1)
    assert STAGED % "data/x.txt" in result.err
    assert STAGED % "data/y z.txt" in result.err
    assert STAGED % "data/new.txt" not in result.err
    assert "git add" in result.err
    assert head(repo, "data/x.txt") == "x\n"
    assert git(repo, "show", ":data/x.txt").out == "bad\n"
    # It has nothing more to change, and what is staged is bad still.
    result = commit(repo, code=1)
    assert STAGED % "data/x.txt" in result.err
    git(repo, "add", "data/x.txt")
    result = commit(repo, code=1)
    assert STAGED % "data/x.txt" not in result.err
    assert STAGED % "data/y z.txt" in result.err
    git(repo, "add", "-A")
    assert "a check changed" not in commit(repo).err
    assert head(repo, "data/y z.txt") == "good\n"
    assert not (repo.root / ".ftrace/rewritten").exists()


def test_parts_that_are_not_staged_stay(repo):
    """They are neither lost nor committed."""
    repo.write("data/x.txt", "bad\n")
    git(repo, "add", "-A")
    repo.write("data/x.txt", "bad\nunstaged bad\n")
    assert STAGED % "data/x.txt" in commit(repo, code=1).err
    assert text(repo, "data/x.txt") == "good\nunstaged good\n"
    assert git(repo, "show", ":data/x.txt").out == "bad\n"
    git(repo, "commit", "-qm", "as it is", "--no-verify")
    assert head(repo, "data/x.txt") == "bad\n"
    assert text(repo, "data/x.txt") == "good\nunstaged good\n"


def test_other_files_may_change(repo):
    """What is not to be committed is none of its business."""
    repo.write("data/other.txt", "bad\n")
    repo.write("README", "1\n")
    git(repo, "add", "README")
    assert "a check changed" not in commit(repo).err
    assert text(repo, "data/other.txt") == "good\n"
    # A formatter that makes it what is staged does no harm, either.
    git(repo, "add", "-A")
    repo.write("data/other.txt", "bad\n")
    assert "a check changed" not in commit(repo).err
    assert head(repo, "data/other.txt") == "good\n"


@pytest.mark.parametrize("args", [("-a",), ("data/x.txt",)])
def test_commit_with_an_index_of_its_own(repo, args):
    repo.write("data/x.txt", "bad\n")
    assert STAGED % "data/x.txt" in commit(repo, *args, code=1).err
    assert text(repo, "data/x.txt") == "good\n"
    commit(repo, *args)
    assert head(repo, "data/x.txt") == "good\n"


def test_part_of_what_is_staged(repo):
    """What was told of the others is remembered."""
    repo.write("data/x.txt", "bad\n")
    repo.write("README", "1\n")
    git(repo, "add", "-A")
    commit(repo, code=1)
    commit(repo, "README")
    assert STAGED % "data/x.txt" in commit(repo, code=1).err
    # Taken back in the work tree, too, it is changed once more.
    git(repo, "checkout", "data/x.txt")
    assert STAGED % "data/x.txt" in commit(repo, code=1).err
    # And what the checks leave alone is committed.
    git(repo, "checkout", "data/x.txt")
    repo.write("ftrace.json", CHECKS.replace("s/bad", "s/awful"))
    commit(repo)
    assert head(repo, "data/x.txt") == "bad\n"


def test_first_commit_links_and_deletions(project):
    project.write("ftrace.json", CHECKS)
    project.write("data/x.txt", "bad\n")
    (project.root / "data/link.txt").symlink_to("x.txt")
    git(project, "init", "-q", "-b", "main")
    project.ftrace("hook", "install").ok()
    git(project, "add", "-A")
    result = commit(project, code=1)
    assert STAGED % "data/x.txt" in result.err
    # sed puts a file in the place of the link.
    assert STAGED % "data/link.txt" in result.err
    git(project, "add", "-A")
    commit(project)
    git(project, "rm", "-q", "data/link.txt")
    assert "a check changed" not in commit(project).err


def test_project_below_the_top(repo):
    repo.write("sub/ftrace.json", """{"checks": {"format": {
        "command": "sed -i s/bad/good/ *.txt", "phase": "mutating"}}}""")
    repo.write("sub/s.txt", "bad\n")
    repo.ftrace("hook", "uninstall").ok()
    repo.ftrace("hook", "install", "--root", ".", cwd=repo.root / "sub").ok()
    (repo.root / "sub/.ftrace").mkdir()
    (repo.root / "sub/.ftrace/map.db").touch()
    git(repo, "add", "-A")
    assert STAGED % "sub/s.txt" in commit(repo, code=1).err


def test_a_check_that_fails(repo):
    """Its status stands, and the files are named all the same."""
    repo.write("ftrace.json", CHECKS.replace("data/*.txt\"}}",
                                             "data/no.txt\"}}"))
    repo.write("data/x.txt", "bad\n")
    git(repo, "add", "-A")
    result = commit(repo, code=1)
    assert STAGED % "data/x.txt" in result.err and "read" in result.err
