# SPDX-License-Identifier: MIT
"""The histories that are replayed, and copies in which they are walked."""

import os
import shutil
import subprocess
import time

import common
import mutate_projects
import oracle_fixture
from common import Broken

WORK = os.path.join(common.WORK, "replay")
CLICK = "https://github.com/pallets/click"
NAMES = {name + each: value for name in ("GIT_AUTHOR_", "GIT_COMMITTER_")
         for each, value in (("NAME", "bench"), ("EMAIL", "bench@localhost"))}


def git(*argv, cwd=None):
    env = {name: value for name, value in common.environment().items()
           if not name.startswith("GIT_")}
    env.update(NAMES, GIT_CONFIG_NOSYSTEM="1")
    return common.run(["git", "-c", "core.hooksPath=/dev/null",
                       "-c", "advice.detachedHead=false", *argv],
                      cwd=cwd, env=env)


class History:
    """Commits, oldest first, and how their suite is run."""

    def __init__(self, name, repository, commits, project, work=WORK,
                 generated=()):
        """work: where the copies are made; generated: pairs of a folder and
        a path in it, of what installing made and no commit has."""
        self.name = name
        self.repository = repository
        self.commits = commits
        self.project = project
        self.work = work
        self.generated = generated


def commits_of(repository, tip, count, paths, first_parent=False):
    """The last commits that touch the paths, as `git log` lists them.

    first_parent: those of the main line alone, where a merge is all of a
    branch at once.
    """
    line = ["--first-parent"] if first_parent else []
    found = git("log", *line, "--format=%H %s", "--max-count=%d" % count,
                tip, "--", *paths, cwd=repository)
    lines = [line.split(" ", 1) for line in found.splitlines()]
    return [(commit, subject) for commit, subject in reversed(lines)]


def _click_repository():
    given = os.environ.get("CLICK_REPO")
    if given:
        if not os.path.isdir(given):
            raise Broken("CLICK_REPO is no folder: " + given)
        return given
    clone = os.path.join(WORK, "click.git")
    if not os.path.exists(clone):
        shutil.rmtree(clone + ".new", ignore_errors=True)
        git("clone", "-q", "--bare", CLICK, clone + ".new")
        os.rename(clone + ".new", clone)
    return clone


def click(count, testmon, first_parent):
    """The last commits to src and tests before the release."""
    os.makedirs(WORK, exist_ok=True)
    repository = _click_repository()
    known, = mutate_projects.find(["click"])
    commits = commits_of(repository, known.version, count,
                         ["src", "tests"], first_parent)
    return History("click", repository, commits,
                   mutate_projects.prepare(known, testmon))


def of_user(repository, command, count, paths, testmon, first_parent):
    """A repository of the user's; only clones of it are touched."""
    repository = os.path.abspath(repository)
    project = mutate_projects.on_disk(repository, command, testmon)
    if not paths:
        paths = [name for name in ("src", "tests", "test") if os.path.isdir(
            os.path.join(repository, name))] or ["."]
    return History(project.name, repository,
                   commits_of(repository, "HEAD", count, paths,
                              first_parent), project)


# What the made-up commits replace: file, old, new; without old a new file.
EDITS = [
    ("a comment", [("shop/price.py", "RATE = 20", "RATE = 20  # per cent")]),
    ("a function's body", [
        ("shop/price.py", "return amount * 100 // (100 + rate)",
         "return (amount * 100) // (rate + 100)")]),
    ("a data file, and its test fails", [
        ("shop/data/one.txt", "100 200", "100 300")]),
    ("the test is right again", [
        ("tests/test_cart.py", '.total() == 360', '.total() == 480'),
        ("tests/test_cart.py", '"360 EUR"', '"480 EUR"')]),
    ("a method in a subclass", [
        ("shop/cart.py", "    def amounts(self):\n        return super()",
         "    def label(self):\n        return \"small\"\n\n"
         "    def amounts(self):\n        return super()")]),
    ("a new test file", [
        ("tests/test_child.py", None,
         "from shop.price import net\n\n\ndef test_net():\n"
         "    assert net(240) == 200\n")]),
]


def _edit(root, path, old, new):
    full = os.path.join(root, path)
    text = ""
    if old is not None:
        text = common.read(full)
        if text.count(old) != 1:
            raise Broken("%r is not once in %s" % (old, path))
        new = text.replace(old, new)
    with open(full, "w") as out:
        out.write(new)


def synthetic(testmon):
    """Six commits to the small project, made on the spot."""
    project = oracle_fixture.prepared(testmon)
    root = os.path.join(WORK, "tiny")
    shutil.rmtree(root, ignore_errors=True)
    os.makedirs(root)
    oracle_fixture.write(root)
    git("init", "-q", cwd=root)
    for subject, edits in [("begin", [])] + EDITS:
        for edit in edits:
            _edit(root, *edit)
        git("add", "-A", cwd=root)
        git("commit", "-q", "-m", subject, cwd=root)
    return History("tiny", root, commits_of(root, "HEAD", 99, ["."]), project)


class Copy:
    """A clone that goes from one commit to the next in place.

    git leaves files alone that do not differ, as it does for a developer.
    """

    def __init__(self, history, name):
        self.root = os.path.join(history.work, history.name + "-" + name)
        shutil.rmtree(self.root, ignore_errors=True)
        git("clone", "-q", "--no-checkout", "--shared", history.repository,
            self.root)
        self.kept = [".ftrace", ".testmondata*"]
        self.when = 0
        for source, path in history.generated:
            target = os.path.join(self.root, path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copy2(os.path.join(source, path), target)
            self.kept.append("/" + path)

    def checkout(self, commit):
        # Bytecode is dated by the second: one commit a second.
        while int(time.time()) <= self.when:
            time.sleep(0.05)
        git("checkout", "-q", "--force", "--detach", commit, cwd=self.root)
        git("clean", "-fdq", *["--exclude=" + each for each in self.kept],
            cwd=self.root)
        self.when = int(time.time())


def available():
    return subprocess.call(["git", "--version"], stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL) == 0
