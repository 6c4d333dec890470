# SPDX-License-Identifier: MIT
"""Mutants of whole files: data edited, files renamed, files in front."""

import ast
import os
import sys

from mutate_python import Source

SHADOW = b'raise ImportError("mutant")\n'


class Mutant:
    """An edit: what each path holds afterwards, None for nothing."""

    def __init__(self, kind, title, edits):
        self.kind = kind
        self.title = title
        self.edits = edits

    def compiles(self):
        """Whether it is an edit that somebody could have made."""
        for path, content in self.edits.items():
            if content is None or not path.endswith(".py"):
                continue
            try:
                compile(content, path, "exec", dont_inherit=True)
            except (SyntaxError, ValueError, RecursionError):
                return False
        return True


def _read(tree, path):
    with open(os.path.join(tree, path), "rb") as file:
        return file.read()


class Survey:
    """What the suite's run loaded and read, as the plugin has it."""

    def __init__(self, tree, seen):
        self.tree = tree
        self.loaded = [path for path in seen["loaded"] if self._mine(path)]
        self.path = seen["path"]
        self.names = seen["names"]
        self.suffixes = seen["suffixes"]
        self.data = [path for path in seen["opened"] if self._mine(path)
                     and not path.endswith((".py", ".pyc"))]
        self.sources = {}
        for path in self.loaded:
            if not path.endswith(".py"):
                continue
            try:
                self.sources[path] = Source(path, _read(tree, path))
            except SyntaxError:
                pass  # A test wrote it, or it is meant to be wrong.

    def _mine(self, path):
        """A file of the project, that was there before the run as well."""
        hidden = any(part.startswith(".") or part == "__pycache__"
                     for part in path.split("/"))
        return not hidden and os.path.isfile(os.path.join(self.tree, path))

    def exists(self, path):
        return os.path.lexists(os.path.join(self.tree, path))


def _half(content):
    return content[:len(content) // 2]


def _corrupted(content):
    middle = len(content) // 2
    return content[:middle] + b"\xffmutant\0" + content[middle + 8:]


def _line_changed(content):
    lines = content.splitlines(keepends=True)
    lines[len(lines) // 2] = b"mutant\n"
    return b"".join(lines)


def data(survey):
    for path in survey.data:
        content = _read(survey.tree, path)
        for word, change in (("truncated", _half), ("corrupted", _corrupted),
                             ("line changed", _line_changed)):
            if content and change(content) != content:
                yield Mutant("data", "%s: %s" % (path, word),
                             {path: change(content)})


def renamed(survey):
    for path in list(survey.sources) + survey.data:
        stem, suffix = os.path.splitext(path)
        new = stem + "_mutant" + suffix
        if survey.exists(new):
            continue
        yield Mutant("renamed", "%s becomes %s" % (path, new),
                     {path: None, new: _read(survey.tree, path)})


def _imported(sources):
    """The first parts of all names that the sources import."""
    found = set()
    for source in sources.values():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Import):
                found |= {each.name.split(".")[0] for each in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add(node.module.split(".")[0])
    return found


def _in_front(survey):
    """Files earlier on sys.path than the module of that name."""
    folders = []
    for folder in survey.path:
        if folder is not None and folder not in folders:
            folders.append(folder)
    names = _imported(survey.sources) & set(survey.names)
    for name in sorted(names - set(sys.builtin_module_names)):
        for folder in folders:
            base = os.path.normpath(os.path.join(folder, name))
            if survey.exists(base) or survey.exists(base + ".py"):
                break  # What follows comes behind it.
            yield base + ".py"
            yield base + "/__init__.py"


def _beside(survey):
    """Packages and extension modules win over a .py of the same name."""
    for path in survey.sources:
        stem, name = path[:-len(".py")], os.path.basename(path)
        if name == "__init__.py":
            for suffix in survey.suffixes[:1]:
                yield stem + suffix
        elif name != "conftest.py" and not name.startswith("test_"):
            yield stem + "/__init__.py"
            for suffix in survey.suffixes:
                yield stem + suffix


def _conftests(survey):
    """A conftest.py, where tests are, that was not there."""
    for folder in sorted({os.path.dirname(path) for path in survey.sources}):
        if any(os.path.dirname(path) == folder
               and os.path.basename(path).startswith("test")
               for path in survey.sources):
            yield os.path.join(folder, "conftest.py")


def shadow(survey):
    for candidates in (_in_front, _beside, _conftests):
        for path in candidates(survey):
            if not survey.exists(path):
                yield Mutant("shadow", "a new file: " + path,
                             {path: SHADOW})


OPERATORS = {"data": data, "renamed": renamed, "shadow": shadow}
