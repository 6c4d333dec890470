# SPDX-License-Identifier: MIT
"""The environments of bench/field: one for the suite, one for the peer."""

import json
import os
import shutil

import common
import mutate_projects
import replay_history
from common import Broken, note
from field_projects import PYTEST, Guess

WORK = os.path.join(common.WORK, "field")
# What an installation leaves that no import looks for.
UNUSED = (".egg-info/", "__pycache__/", ".ftrace/", ".pytest_cache/",
          ".testmondata", ".hypothesis/")


def _python(folder):
    return os.path.join(folder, "bin", "python")


def _stored(folder, wanted):
    """The words that an environment was made by, if it is still as wanted."""
    path = os.path.join(folder, "ready")
    if os.path.exists(path):
        ready = json.loads(common.read(path))
        if ready["wanted"] == wanted:
            return True
    return False


def _install(folder, words):
    """A new environment.  Its own pip is made new: groups need 25.1."""
    _version, python = next(iter(common.pythons().items()))
    shutil.rmtree(folder, ignore_errors=True)
    env = common.environment()
    common.run([python, "-m", "venv", folder], env=env)
    pip = [_python(folder), "-m", "pip", "install", "-q",
           "--disable-pip-version-check"]
    common.run([*pip, "-U", "pip"], env=env)
    try:
        common.run([*pip, PYTEST, *words], env=env)
    except Broken as problem:
        # Its tests may ask for another pytest than the list's.
        if "pytest" not in str(problem):
            raise
        common.run([*pip, "pytest", *words], env=env)


def environment(folder, words, root):
    """The python of an environment with that; kept from run to run."""
    wanted = [words, common.read(os.path.join(root, "pyproject.toml"))
              if os.path.exists(os.path.join(root, "pyproject.toml")) else ""]
    if not _stored(folder, wanted):
        note("bench: making %s" % os.path.relpath(folder, common.BUILD))
        _install(folder, words)
        with open(os.path.join(folder, "ready"), "w") as out:
            json.dump({"wanted": wanted}, out)
    return _python(folder)


def _generated(source):
    """What installing made in the sources: a version, an extension module."""
    found = replay_history.git("ls-files", "--others", "-z", cwd=source)
    return [(source, path) for path in found.split("\0")
            if path and not any(each in path + "/" for each in UNUSED)]


def source_of(folder, name):
    """A clone of the user's clone, which is installed in place of that."""
    clone = os.path.join(os.path.abspath(folder), name)
    if not os.path.isdir(clone):
        raise Broken("no clone of %s in %s" % (name, folder))
    tip = replay_history.git("rev-parse", "HEAD", cwd=clone).strip()
    source = os.path.join(WORK, name, "source")
    if not os.path.isdir(source):
        os.makedirs(os.path.dirname(source), exist_ok=True)
        replay_history.git("clone", "-q", clone, source)
    replay_history.git("fetch", "-q", "--tags", clone, tip, cwd=source)
    replay_history.git("checkout", "-q", "--force", "--detach", tip,
                       cwd=source)
    return source


class Field:
    """A project: its clone, its two environments, its history."""

    def __init__(self, folder, name, peer):
        self.name = name
        self.work = os.path.join(WORK, name)
        self.source = source_of(folder, name)
        self.guess = guess = Guess(name, self.source)
        words = guess.words()
        self.python = environment(
            os.path.join(self.work, "venv"), words, self.source)
        self.generated = _generated(self.source)
        other = environment(
            os.path.join(self.work, "venv-peer"),
            [*words, mutate_projects.TESTMON], self.source) if peer else None
        self.project = mutate_projects.Prepared(
            name, self.source, [self.python, "-m", "pytest"],
            ["-q", *guess.needs.options], guess.tests, guess.pythonpath,
            other and [other, "-m", "pytest"])

    def history(self, count):
        commits = replay_history.commits_of(
            self.source, "HEAD", count + 1, self.guess.touching, True)
        if len(commits) < 2:
            raise Broken("%s: fewer than two commits" % self.name)
        return replay_history.History(
            self.name, self.source, commits, self.project, self.work,
            self.generated)
