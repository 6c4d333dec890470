# SPDX-License-Identifier: MIT
"""Selection as `ftrace affected` does it, over records made in memory."""

from types import SimpleNamespace

from languages.python.blocks import answer, bodies, outline
from languages.python.narrow import answer as narrow
from languages.python.narrow.project import File

from world import module_name

# The files here are short, and yet to be compiled in part.
bodies.SMALL = 0


def facts(analysis):
    """All that an analysis says, to be compared."""
    read = outline.Outline(analysis.outline)
    return (analysis.skeleton, analysis.prints, analysis.mentions,
            read.units, read.future, read.names,
            read.bound, read.imported)


class Analysis:
    def __init__(self, source, past=None):
        """`past`: what was known of another version of the file."""
        content = source.encode()
        known = past and SimpleNamespace(
            blocks=past.prints, bodies=past.bodies, outline=past.outline,
            skeletons=())
        found, self.outline = answer.analysis(content, known)
        self.cuts = [each[bodies.NAME] for each in found.cuts]
        self.skeleton = found.skeleton
        self.bodies = found.bodies()
        self.prints = {}
        self.mentions = {}
        for name, block in found.blocks.by_name.items():
            self.prints[name] = block.print()
            names = (past.mentions.get(name, set())
                     if block.mentions is None else block.mentions)
            # Of what runs on import nobody asks.
            self.mentions[name] = set() if block.kind == "c" else names
        for each in found.cuts:
            self._take_over(past, each[bodies.NAME])

    def _take_over(self, past, cut):
        """What is known of a function or class, and of all within it."""
        for name in past.prints:
            if name == cut or name.startswith(cut + "."):
                self.prints[name] = past.prints[name]
                if name in past.mentions:
                    self.mentions[name] = past.mentions[name]


def verdict_of(path, old, new, analyses):
    """The helper's verdict on one changed file."""
    modules = [module_name(path)]
    flags = "t" if path.startswith("test_") else ""
    changed = narrow.Changed(path, flags, modules,
                             [old.outline], new.outline)
    files = [changed.file] + [
        File(other, [module_name(other)], each.outline)
        for other, each in analyses.items() if other != path]
    return narrow.narrow([changed], files)[0][0]


def in_family(name, families, path):
    return any(path == at and name.startswith(qualified + ".")
               for at, qualified in families)


def mentions(record, verdict, analyses):
    """Whether a block that was entered mentions a changed name."""
    pairs = set(verdict.pairs)
    values = pairs.union(verdict.values)
    attributes = set(verdict.attributes)
    value_attributes = attributes.union(verdict.value_attributes)
    heads = values.union(verdict.heads)
    head_attributes = value_attributes.union(verdict.head_attributes)
    named = heads or head_attributes
    functions = set(verdict.functions)
    if not record.asked.isdisjoint(head_attributes):
        return True
    for path, name in record.entered:
        if (path, name) in functions:
            return True
        if in_family(name, verdict.families, path):
            return True
        found = analyses[path].mentions.get(name)
        if found is None:
            continue
        for each in found:
            kind, word = each[0], each[1:]
            if (kind == "*" and named
                    or kind == "+" and "+" in verdict.touched
                    or kind == "&" and "&" in verdict.touched
                    or kind == "@" and any(
                        at == path for at, _ in heads | set(
                            verdict.functions) | set(verdict.families))
                    or kind == "s" and word in verdict.members
                    or kind == "a" and word in head_attributes
                    or kind == "b" and word in value_attributes
                    or kind == "A" and word in attributes
                    or kind == "g" and (path, word) in heads
                    or kind == "h" and (path, word) in values
                    or kind == "G" and (path, word) in pairs):
                return True
    return False


def selects(record, test, path, old, new, verdict, analyses):
    """Whether the edit of one file selects the test of a record."""
    return any(at == path and old.prints.get(name) != new.prints.get(name)
               for at, name in record.entered) or is_meant(
                   record, test, path, verdict, analyses)


def witnesses(records, chosen, verdict):
    """Of those who import a file that may fail, one, where none is chosen."""
    found = set()
    for path in verdict.doubts if verdict else ():
        users = [test for test, record in records.items()
                 if path in record.modules]
        if users and not (chosen | found).intersection(users):
            found.add(users[0])
    return found


def is_meant(record, test, path, verdict, analyses):
    """Whether a verdict on what the import does selects a test."""
    if verdict is None or path not in record.modules:
        return False
    if verdict.word == "whole":
        return True
    if verdict.word == "none":
        return False
    if record.modules.intersection(verdict.others):
        return True
    if path == test[0] + ".py" and test[1] in dict(verdict.own):
        return True
    return mentions(record, verdict, analyses)
