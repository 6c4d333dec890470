# SPDX-License-Identifier: MIT
"""The hooks for https://pre-commit.com, run by the real thing."""

import os
import shutil
import sys

import pytest

from git_project import commit, git, make
from helpers import FTRACE, SOURCE, Project

CONFIG = """\
repos:
- repo: %s
  rev: %s
  hooks:
  - id: %s
    args: [%s]
    verbose: true
"""
TWO = "tests/test_two.py::test_three"


def pre_commit(repo, *args):
    return repo.sh(sys.executable, "-m", "pre_commit", *args).ok()


@pytest.fixture
def repo(project, tmp_path):
    """A project that has the hooks from a clone of this repository."""
    make(project)
    project.env.update(
        PRE_COMMIT_HOME=tmp_path / "home",
        PATH=os.path.dirname(FTRACE) + os.pathsep + os.environ["PATH"])
    hooks = Project(tmp_path / "hooks")
    shutil.copy(SOURCE / ".pre-commit-hooks.yaml", hooks.root)
    git(hooks, "init", "-q")
    commit(hooks)
    project.revision = git(hooks, "rev-parse", "HEAD").out.strip()
    project.hooks = hooks.root
    return project


def configure(repo, hook, *words):
    repo.write(".pre-commit-config.yaml", CONFIG % (
        repo.hooks, repo.revision, hook, ", ".join(words)))
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "configured")
    pre_commit(repo, "install")


@pytest.fixture
def suite(repo):
    configure(repo, "ftrace-test", repo.python, "-m", "pytest", "-v", "-p",
              "no:cacheprovider")
    pre_commit(repo, "run", "--all-files")
    assert len(repo.units()) == 8
    return repo


def try_commit(repo, *args, code=0):
    result = git(repo, "commit", "-qm", "more", *args, code=code)
    return result.out + result.err


def test_commit(suite):
    suite.edit("pkg/two.py", "return 3", "return 0")
    git(suite, "add", "-A")
    said = try_commit(suite, code=1)
    assert "1 of 8 tests affected" in said and TWO + " FAILED" in said
    suite.edit("pkg/two.py", "return 0", "return 4")
    assert TWO + " PASSED" in try_commit(suite, "-a")
    suite.write("README", "nothing\n")
    git(suite, "add", "-A")
    assert "nothing affected: 8 tests not run" in try_commit(suite)


def test_partly_staged(suite):
    """What is not staged is put away while the hook runs, and comes back.

    Files are written twice by that; those that have the same content as they
    had select nothing. Each state has a size of its own: git may write them
    within one second, and Python would take one's bytecode for the other's.
    """
    suite.edit("pkg/two.py", "return 3", "return None")
    suite.write("README", "nothing\n")
    git(suite, "add", "README")
    assert "nothing affected: 8 tests not run" in try_commit(suite)
    assert "return None" in (suite.root / "pkg/two.py").read_text()
    assert suite.affected() == [TWO]
    suite.pytest("-q", "-p", "no:cacheprovider")
    # Recorded with what is put away; what was there before is remembered.
    suite.write("README", "more\n")
    git(suite, "add", "README")
    assert "nothing affected: 8 tests not run" in try_commit(suite)
    # The same file in two states.
    suite.edit("pkg/two.py", "return None", "return 44")
    git(suite, "add", "-A")
    suite.edit("pkg/two.py", "return 44", "return None")
    assert TWO + " PASSED" in try_commit(suite)
    assert suite.affected() == [TWO]
    assert TWO + " FAILED" in try_commit(suite, "-a", code=1)


def test_ours_before(suite):
    """Each keeps the other's hook, whoever comes last."""
    suite.ftrace("hook", "install", "--", "/bin/sh", "-c",
                 "echo ours").ok()
    suite.write("README", "nothing\n")
    git(suite, "add", "README")
    said = try_commit(suite)
    assert said.index("nothing affected: 8") < said.index("ours")
    suite.ftrace("hook", "uninstall").ok()
    pre_commit(suite, "uninstall")
    suite.ftrace("hook", "install", "--", "/bin/sh", "-c",
                 "echo ours").ok()
    pre_commit(suite, "install")
    suite.write("README", "more\n")
    git(suite, "add", "README")
    said = try_commit(suite)
    assert "8 tests not run" in said


def test_checks(repo):
    """Without any in ftrace.json there is nothing to run, and that is said."""
    configure(repo, "ftrace-check")
    repo.write("README", "nothing\n")
    git(repo, "add", "README")
    assert "names neither checks for it" in try_commit(repo)
