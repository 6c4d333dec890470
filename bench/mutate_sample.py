# SPDX-License-Identifier: MIT
"""Which mutants are made: as many of each kind, by the seed alone."""

import difflib
import os
import random

import mutate_files
import mutate_python
from mutate_files import Mutant

KINDS = (*mutate_python.OPERATORS, *mutate_files.OPERATORS)


def is_support(path):
    """Tests and what only they use, as opposed to what is tested."""
    parts = path.split("/")
    return (any(part in ("test", "tests", "testing") for part in parts[:-1])
            or parts[-1].startswith("test_")
            or parts[-1] in ("conftest.py", "setup.py"))


def _python(kind, source, classes):
    operator = mutate_python.OPERATORS[kind]
    found = (operator(source, classes) if kind == "override"
             else operator(source))
    for title, content in found:
        if content != source.content:
            yield Mutant(kind, title, {source.path: content})


class Pool:
    """The candidates of one kind.

    One Python mutant in ten is of a test or of what tests use: such an edit
    is as easy for a tool as it is frequent.
    """

    def __init__(self, kind, survey, classes):
        self.code, self.support = [], []
        if kind in mutate_files.OPERATORS:
            self.code = list(mutate_files.OPERATORS[kind](survey))
            return
        for path, source in sorted(survey.sources.items()):
            pool = self.support if is_support(path) else self.code
            pool += _python(kind, source, classes)

    def draw(self, dice):
        while self.code or self.support:
            other = dice.random() < 0.1
            pool = (self.support or self.code) if other else (
                self.code or self.support)
            mutant = pool.pop(dice.randrange(len(pool)))
            if mutant.compiles():
                return mutant
        return None


def sample(survey, count, seed, kinds=KINDS):
    """As many mutants of each kind as there are, up to count in all."""
    classes = mutate_python.Classes(
        [survey.sources[path] for path in sorted(survey.sources)])
    pools = {kind: Pool(kind, survey, classes) for kind in kinds}
    # The choice of one kind does not depend on what others there are.
    dice = {kind: random.Random("%s/%s" % (seed, kind)) for kind in kinds}
    found = []
    while pools and len(found) < count:
        for kind in list(pools):
            mutant = pools[kind].draw(dice[kind])
            if mutant is None:
                del pools[kind]
            elif len(found) < count:
                found.append(mutant)
    order = {kind: i for i, kind in enumerate(KINDS)}
    return sorted(found, key=lambda each: order[each.kind])


def _text(content):
    try:
        return content.decode().splitlines(keepends=True)
    except UnicodeDecodeError:
        return ["(%d bytes that are not UTF-8: %r...)\n" % (
            len(content), content[:40])]


def diff(mutant, tree):
    """The mutant as a patch; of binary files for people alone."""
    lines = []
    for path, content in sorted(mutant.edits.items()):
        before, old = "/dev/null", []
        if os.path.exists(os.path.join(tree, path)):
            with open(os.path.join(tree, path), "rb") as file:
                before, old = "a/" + path, _text(file.read())
        after = "/dev/null" if content is None else "b/" + path
        new = [] if content is None else _text(content)
        for line in difflib.unified_diff(old, new, before, after):
            lines.append(line if line.endswith("\n")
                         else line + "\n\\ No newline at end of file\n")
    return "".join(lines)
