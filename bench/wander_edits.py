# SPDX-License-Identifier: MIT
"""Edits that add, move and remove tests, and what says where they are."""

import os

from mutate_files import Mutant

BODIES = (
    "def test_wander():\n    assert True\n",
    "def test_wander():\n    assert False\n",
    "class TestWander:\n    def test_in(self):\n        assert False\n",
    "import pytest\n\n\n@pytest.mark.parametrize('n', [1, 2])\n"
    "def test_wander(n):\n    assert n == 1\n",
)


class Edits:
    """Of a tree.  files: those that have tests now, as the runner says."""

    def __init__(self, tree, dice):
        self.tree = tree
        self.dice = dice
        self.count = 0

    def draw(self, files):
        """An edit, or None where the kind that was drawn is not possible."""
        files = [each for each in files
                 if os.path.exists(os.path.join(self.tree, each))]
        if not files:
            return None
        kind = self.dice.choice((
            self._file, self._file, self._folder, self._moved, self._removed,
            self._copied, self._ignoring, self._settings))
        self.count += 1
        return kind(sorted(files))

    def _read(self, path):
        try:
            with open(os.path.join(self.tree, path), "rb") as file:
                return file.read()
        except FileNotFoundError:
            return b""

    def _name(self):
        return "test_wander_%d.py" % self.count

    def _new(self, path, *beside):
        body = self.dice.choice(BODIES)
        edits = {path: body.encode(), **{each: b"" for each in beside}}
        return Mutant("test", "wrote " + path, edits)

    def _file(self, files):
        folder = os.path.dirname(self.dice.choice(files))
        return self._new(os.path.join(folder, self._name()))

    def _folder(self, files):
        folder = os.path.join(os.path.dirname(self.dice.choice(files)),
                              "wander_%d" % self.count)
        beside = self.dice.choice(((), ("__init__.py",), ("conftest.py",)))
        return self._new(os.path.join(folder, self._name()),
                         *(os.path.join(folder, each) for each in beside))

    def _moved(self, files):
        path = self.dice.choice(files)
        to = os.path.join(os.path.dirname(path), self._name())
        return Mutant("test", "moved %s to %s" % (path, to), {
            path: None, to: self._read(path)})

    def _copied(self, files):
        path = self.dice.choice(files)
        to = os.path.join(os.path.dirname(path), self._name())
        return Mutant("test", "copied %s to %s" % (path, to), {
            to: self._read(path)})

    def _removed(self, files):
        if len(files) < 3:
            return None
        path = self.dice.choice(files)
        return Mutant("test", "removed " + path, {path: None})

    def _ignoring(self, files):
        """By the conftest beside it, whatever that does already."""
        path = self.dice.choice(files)
        conftest = os.path.join(os.path.dirname(path), "conftest.py")
        line = "\ncollect_ignore = [%r]\n" % os.path.basename(path)
        return Mutant("test", "%s ignores %s" % (conftest, path), {
            conftest: self._read(conftest) + line.encode()})

    def _settings(self, _files):
        """All that pytest is set to has to be read again."""
        for name in ("pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg"):
            text = self._read(name)
            if text:
                return Mutant("test", "%s has a comment" % name, {
                    name: text + b"\n# wander\n"})
        return None
