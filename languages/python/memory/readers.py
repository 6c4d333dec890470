# SPDX-License-Identifier: MIT
"""Code of others that reads the names of the project's modules.

Who may be concerned by a name that changed is told by the names that code
mentions.  A library that imports a module of the project reads names of it
that no code of the project need mention: Django those of its settings, a
loader of plugins those that are written in a file.  Whoever had it do so uses
the scope `names` of that source, and so is concerned by all of them.

So does code of the project that imports a module by a name that it puts
together: whatever it does with the module, it may have all its names read.

Others go through all objects that there are, whoever made them: they depend
on all modules of the project that are loaded.
"""

import os
import sys

from .. import marks, runner
from ..loading import distributions, imports
from ..loading.installed import is_project_path
from ..marks import BASE, BEGIN, END, OPAQUE, USE, encode, say

_NAMES = b"names/"

# What hands a module on to whoever asked for it, and that module alone.  The
# rest of importlib reads no names, but for that of entry points.
_PASSING = frozenset((
    "importlib", "importlib._bootstrap", "_frozen_importlib"))
_READING = "importlib.metadata"
# Functions of others that do the same, and keep nothing of what they find.
_PASSING_ON = frozenset((
    ("werkzeug.utils", "import_string"),
    ("django.utils.module_loading", "import_string"),
    ("django.utils.module_loading", "cached_import")))

# These go through objects for themselves: hypothesis counts who refers to a
# random number generator, coverage looks for tracers that were forgotten.
_HARMLESS = ("hypothesis", "coverage")

# Whether code is the project's, by the file of its module.
_decided = {}

# The sets of scopes that walkers were said to depend on, by the scope that
# they walked in.
_walked = {}


def install():
    """Has imports told, and walks through all objects."""
    imports.told_of = note
    if marks.extension is not None:
        marks.extension.hear_walks(_note_walk)


class _Reader:
    """Who imports a module, as the stack tells it."""

    __slots__ = ("is_foreign", "is_asking", "scope", "owner", "is_patching")

    def __init__(self, frame):
        # Whether code of others does it, and whether that is mock's alone;
        # the scope of the installed package that has that code; the code of
        # the project that had it do so.
        self.is_foreign = False
        # Whether it is importlib.import_module() that is asked for it.
        self.is_asking = False
        self.is_patching = True
        self.scope = self.owner = None
        passed = False
        while frame is not None:
            names = frame.f_globals
            name = names.get("__name__")
            if type(name) is not str:
                name = ""
            top = name.partition(".")[0]
            if _is_runners(name):
                break
            if _is_project_code(names) and not _is_own(names):
                self.owner = marks.code_of(frame)
                break
            self.is_asking |= name == "importlib" or _passes_on(name, frame)
            if not (name.startswith(marks.OWN_MODULES)
                    or top in ("importlib", "_frozen_importlib")
                    and not name.startswith(_READING)
                    or _passes_on(name, frame)):
                self._add(names, name, passed)
                passed = True
            frame = frame.f_back

    def _add(self, names, name, passed):
        self.is_foreign = True
        if name not in ("pkgutil", "unittest.mock", "contextlib"):
            self.is_patching = False
        if self.scope is None:
            self.scope = imports.scope_of_code(names)
            if self.scope is None and not passed and (
                    distributions.is_runner(names)):
                self.scope = BASE

    def computes(self, module):
        """Whether the project asks for a module by a name not written."""
        return (not self.is_foreign and self.is_asking
                and self.owner is not None
                and module not in self.owner.co_consts)

    def names_are_written(self, module):
        """Whether the code of the project has the names that are read.

        As text, behind the name of the module: "shop.plugins.load".  What
        unittest.mock patches for a whole function is written where that is
        decorated.
        """
        if self.owner is None:
            return self.is_patching
        found = list(self.owner.co_consts)
        for each in found:
            if type(each) is tuple:
                found += each
            elif (type(each) is str and each.startswith(module)
                    and each[len(module):len(module) + 1] in (".", ":")):
                return True
        return False


def note(name, fromlist, frame, module=None):
    """Says that code of others may read names of the modules it imports.

    frame: what has made the import; module: what it has loaded by hand.
    Returns the marks that were said.
    """
    while frame is not None and _is_own(frame.f_globals):
        frame = frame.f_back
    if (frame is None or _is_for_child(name)
            or _is_runners(frame.f_globals.get("__name__"))):
        return ()
    # `__import__(name)`, which no statement is.
    is_called = type(fromlist) is int and (
        name not in marks.code_of(frame).co_consts)
    if _is_project_code(frame.f_globals) and not is_called:
        return ()
    found = [(each, scope, path)
             for each in _names_given(name, fromlist, frame)
             for scope, path in _sources(each, module)]
    reader = _Reader(frame) if found else None
    if reader is None or not (reader.is_foreign or is_called
                              or reader.computes(name)):
        return ()
    # A statement of theirs reads what is written there, at every time.
    is_statement = fromlist is None or bool(fromlist)
    return _say_read(found, reader, reader.is_foreign and not is_statement)


def hear(module):
    """Says the same where getattr() has given a module, of another one.

    One name after another may be asked for, down to the last module.
    """
    name = module.__dict__.get("__name__")
    if type(name) is not str or not imports.is_of_project(name):
        return
    frame = sys._getframe(1)
    if not _is_project_code(frame.f_globals):
        reader = _Reader(frame)
        if reader.is_foreign:
            _say_read([(name, scope, path)
                       for scope, path in _sources(name, module)],
                      reader, True)


def _say_read(found, reader, may_be_written):
    said = []
    for each, scope, path in found:
        if may_be_written and reader.names_are_written(each):
            continue
        mark = USE + _NAMES + encode(marks.relative(path))
        said.append(mark)
        say(mark)
        if reader.scope is not None:
            say(BEGIN + reader.scope)
            say(USE + scope)
            say(mark)
            say(END)
    return said


def _passes_on(name, frame):
    return (name, marks.code_of(frame).co_name) in _PASSING_ON


def _is_runners(name):
    """A runner looks for names of its own in what it imports: those that are
    never narrowed, tests and fixtures."""
    return type(name) is str and name.partition(".")[0] in runner.packages


def _is_own(names):
    name = names.get("__name__")
    return type(name) is str and name.startswith(marks.OWN_MODULES)


def _is_for_child(name):
    """Whether a package is loaded for the sake of a module in it."""
    loads = marks.thread.loads
    return (bool(loads) and not loads[-1].executing
            and loads[-1].name.startswith(name + "."))


def _is_project_code(names):
    path = names.get("__file__")
    if type(path) is not str:
        return False
    found = _decided.get(path)
    if found is None:
        found = _decided[path] = is_project_path(os.path.abspath(path))
    return found


def _sources(name, module):
    """The scope and the source of a module of the project that is loaded."""
    if module is None:
        module = sys.modules.get(name)
        scope = imports.scope_of(name)
    else:
        scope = imports.scope_of_code(module.__dict__)
    if (module is None or scope is None or scope in distributions.scopes
            or not imports.is_project(module)):
        return
    path = module.__dict__.get("__file__")
    if type(path) is str:
        yield scope, os.path.abspath(path)


def _names_given(name, fromlist, frame):
    """The modules whose names are read by who gets what an import gives.

    fromlist: as an import statement has it; 0 where a function is called.
    """
    if fromlist:
        return [name] + ["%s.%s" % (name, part) for part in fromlist]
    if frame.f_globals.get("__name__") in _PASSING:
        return [name]
    top = name.partition(".")[0]
    return [name] if top == name or fromlist == 0 else [name, top]


def _note_walk():
    """Code is about to get hold of all objects, or of all frames."""
    frame = sys._getframe(1)
    while frame is not None and distributions.is_stdlib(frame.f_globals):
        frame = frame.f_back
    name = frame.f_globals.get("__name__") if frame is not None else None
    if type(name) is str and name.partition(".")[0] in (
            _HARMLESS + runner.packages):
        return
    scopes = {scope for scope in list(imports.scopes.values())
              if scope not in distributions.scopes}
    opened = marks.thread.modules or marks.process
    key = opened[-1] if opened else BASE
    fresh = scopes - _walked.get(key, set())
    _walked[key] = scopes
    say(USE + OPAQUE)
    for scope in fresh:
        say(USE + scope)
