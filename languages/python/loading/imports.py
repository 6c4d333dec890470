# SPDX-License-Identifier: MIT
"""Says which module imports which, also where the import was cached.

A module runs once and is used by many tests: what it reads is recorded in a
scope of its own, and every import, the first and all later ones, makes the
importer use that scope.
"""

import builtins
import importlib._bootstrap as bootstrap
import importlib._bootstrap_external as external
import importlib.machinery
import os
import sys
import types

from .. import marks, runner
from ..marks import (
    BASE, BEGIN, BLOCK_LIST, END, MUTE, OPAQUE, UNMUTE, USE, encode,
    identity, say, shift,
)
from ..tools import coverage, fork_server, hypothesis, templates
from . import distributions, places
from .installed import is_project_path

_MACHINERY = frozenset((
    "importlib", "importlib._bootstrap", "importlib._bootstrap_external",
    "_frozen_importlib", "_frozen_importlib_external", __name__,
    distributions.__name__, places.__name__, __package__ + ".loads",
))

# The scope of every module that was loaded since and that does not belong to
# everybody, by the module's name: a project module's own, or that of the
# installed package.
scopes = {}

# The same for modules that were loaded by hand, each with its spec, by the
# identity of that.  They may share their name with others.
_by_hand = {}

# The packages that have project modules in them, and the modules that were
# found to have nothing to do with any: most imports in functions are such. By
# the first part of the name, which those share that can make a difference.
_packages = set()
_foreign = {}

# What import statements outside of any import were answered with, until
# another module is loaded.
_told = {}

# The pairs (importer's scope, imported scope) that were already said.
_edges = set()

# The places that were looked at for a name, with the scope that looked.
_looked = set()

# Directories of no project that were listed before there was a wrapper: every
# test depends on all their names, so what is looked up in them says nothing.
_whole = set()

# Whether modules are the project's, by the absolute paths of their files.
_decided = {}

# What to do when a module has been loaded, by its name.
_watches = {name: each.watch
            for each in (coverage, fork_server, hypothesis, places,
                         templates)
            for name in each.MODULES}

_find_spec = None
_quiet = False

# Asked of a load and its module whether code ran that is no block, by
# loads.
is_opaque = None

# Told of each module of the project that was loaded, by memory/kept.py.
loaded = None

# Told of each import, and who makes it, by memory/readers.py.
told_of = None


def install():
    """Puts the wrappers in place; they stay until the process ends."""
    global _find_spec
    _declare_past()
    places.install()
    for name in _watches:
        if name in sys.modules:
            _watches[name](sys.modules[name])
    coverage.install()
    bootstrap._find_and_load = marks.around(
        bootstrap._find_and_load, _enter, close)
    # Not the one of start/start.py, whose time is over.
    _find_spec = external.FileFinder.find_spec
    _find_spec = getattr(_find_spec, "plain", _find_spec)
    find_spec.__qualname__ = _find_spec.__qualname__
    find_spec.__doc__ = _find_spec.__doc__
    find_spec.__module__ = _find_spec.__module__
    external.FileFinder.find_spec = find_spec
    previous = builtins.__import__
    if marks.extension is not None:
        builtins.__import__ = marks.extension.import_hook(
            previous, _note_import, documentation(previous), builtins,
            builtins.__name__)
    else:
        builtins.__import__ = marks.python_import(previous, _note_import)


def documentation(function):
    """The text of a function of C by which its signature is known."""
    doc = function.__doc__ or ""
    signature = getattr(function, "__text_signature__", None)
    if signature is not None:
        doc = "%s%s\n--\n\n%s" % (function.__name__, signature, doc)
    return encode(doc)


def _declare_past():
    """Says what was looked up before there was a wrapper to say it.

    In those of the project start/start.py has said it at once.  Of those
    with packages the tracer takes a listing for what it was, once that is
    declared.  Python's own are left as they are: whatever is there is
    everybody's anyway.
    """
    path = []
    declared = distributions.declare_past()
    for place in sys.path:
        if not isinstance(place, str):
            continue
        absolute = os.path.abspath(place)
        if is_project_path(absolute + "/"):
            path.append(absolute)
        elif place not in declared and _was_listed(place):
            _whole.add(place)
    for place in path:
        for glob in places.METADATA:
            say(BLOCK_LIST + encode(glob) + b"/" + encode(place))


def _was_listed(place):
    """Whether the import system has read a directory as a whole."""
    finder = sys.path_importer_cache.get(place)
    return getattr(finder, "_path_mtime", -1) != -1


def find_spec(self, fullname, target=None):
    # What the finder stats and lists would tie every importer to all that
    # happens in the directory; what it really asked is whether there is
    # something by that name.
    if fullname in runner.awaited:
        runner.came()
    say(MUTE)
    try:
        spec = _find_spec(self, fullname, target)
    finally:
        say(UNMUTE)
    if not _quiet:
        try:
            _note_look(self.path, fullname, spec)
        except Exception:
            marks.lost()
    return spec


def _note_look(path, fullname, spec):
    opened = marks.thread.modules or marks.process
    tail = fullname.rpartition(".")[2]
    key = (opened[-1] if opened else BASE, path, tail)
    if key in _looked or path in _whole:
        return
    _looked.add(key)
    if path[:1] != "/":
        path = os.path.join(os.getcwd(), path)
    say(BLOCK_LIST + encode(tail) + b"/" + encode(path))
    # A directory was found: whether it is a package, and which of the files
    # that can make it one is taken, hangs on these.
    if spec is not None and spec.submodule_search_locations is not None:
        say(BLOCK_LIST + b"__init__/" + encode(path) + b"/" + encode(tail))


def _importer(depth=2):
    """The scope of the module whose code is importing, or None.

    Where that is Python's library, it may be an installed package that keeps
    what it asked the library for: entry points, say.
    """
    frame = sys._getframe(depth)
    passed = False
    while frame is not None:
        names = frame.f_globals
        if names.get("__name__") not in _MACHINERY:
            scope = _scope_of_importer(names)
            if scope is not None:
                if passed and scope not in distributions.scopes:
                    return None
                return scope
            if not distributions.is_stdlib(names):
                return None
            passed = True
        frame = frame.f_back
    return None


def _scope_of_importer(names):
    """The scope that depends on what code with these globals imports."""
    scope = scope_of_code(names)
    if scope is None and distributions.is_runner(names):
        return BASE
    return scope


def _use(scope, importer):
    """Says that the scope in force, and the importer, use a scope."""
    opened = marks.thread.modules
    if opened:
        edge = (opened[-1], scope)
        if edge not in _edges:
            _edges.add(edge)
            say(USE + scope)
    else:
        say(USE + scope)
    if importer is None or importer == scope:
        return
    # The runner loads tests, too, which does not make them everybody's.
    if importer == BASE and scope not in distributions.scopes:
        return
    edge = (importer, scope)
    if edge in _edges:
        return
    _edges.add(edge)
    say(BEGIN + importer)
    say(USE + scope)
    say(END)


def scope_of_code(names):
    """The scope of the module whose global names these are, or None."""
    if _by_hand:
        found = _by_hand.get(identity(names.get("__spec__")))
        if found is not None:
            return found[0]
    return scopes.get(names.get("__name__"))


def scope_of(name):
    """The scope of a module that is loaded, None for one of no project."""
    scope = scopes.get(name)
    if scope is None or _by_hand:
        # The module may be known by another name.
        module = sys.modules.get(name)
        if type(module) is types.ModuleType:
            scope = scope_of_code(vars(module)) or scope
    return scope


def is_of_project(name):
    """Whether the module of that name is one of the project, and loaded."""
    scope = scopes.get(name)
    return scope is not None and scope not in distributions.scopes


def _note_import(name, globs, fromlist, level):
    """Says the edges of an import statement, whose modules are loaded.

    Returns true when the name is of no project: then the import hook need
    not ask again, until a project module is loaded.
    """
    key = None
    if type(globs) is dict and not (_by_hand or marks.thread.modules):
        key = (name, globs.get("__name__"), fromlist, level)
        try:
            told = _told.get(key)
        except TypeError:
            # The names are in a list.
            key = None
        else:
            if told is not None:
                full, module, said, foreign = told
                if sys.modules.get(full) is module:
                    for mark in said:
                        say(mark)
                    return foreign
    importer = None
    if type(globs) is dict:
        importer = _scope_of_importer(globs)
        if level:
            name = _absolute(name, globs, level)
    module = sys.modules.get(name)
    top = name.partition(".")[0]
    if module is not None and _foreign.get(top, {}).get(name) is module:
        return not level
    found = _scopes_of_import(name, fromlist)
    for scope in found:
        _use(scope, importer)
    foreign = False
    if (scope_of(name) is None and name not in _packages
            and top not in _packages):
        _foreign.setdefault(top, {})[name] = module
        foreign = not level
    said = [USE + scope for scope in found]
    if found and told_of is not None:
        said += told_of(name, fromlist, sys._getframe(1))
    if key is not None:
        _told[key] = name, module, said, foreign
    return foreign


def _scopes_of_import(name, fromlist):
    """The scopes of all that an import statement gives to who makes it."""
    names = [name, *_parents(name)]
    if fromlist and type(fromlist) is not int:
        for part in fromlist:
            if part == "*":
                module = sys.modules.get(name)
                if module is not None:
                    names += [name + "." + each for each in vars(module)]
            else:
                names.append(name + "." + part)
    found = []
    for each in names:
        scope = scope_of(each)
        if scope is not None and scope not in found:
            found.append(scope)
    return found


def _parents(name):
    parent = name.rpartition(".")[0]
    while parent:
        yield parent
        parent = parent.rpartition(".")[0]


def _use_parents(name, importer):
    for parent in _parents(name):
        scope = scope_of(parent)
        if scope is not None:
            _use(scope, importer)


def _absolute(name, globs, level):
    package = globs.get("__package__")
    if package is None:
        package = globs.get("__name__") or ""
        if "__path__" not in globs:
            package = package.rpartition(".")[0]
    base = package.rsplit(".", level - 1)[0]
    return base + "." + name if name else base


def _enter(name, _import=None):
    if name in sys.modules:
        scope = scope_of(name)
        if scope is not None:
            _use(scope, _importer())
            if told_of is not None:
                told_of(name, (), sys._getframe(1))
        return None
    return _open(Load(name, b"module/" + encode(runner.distinct(name))))


def open_by_hand(spec, module):
    """Enters the scope of a module that no import statement is loading.

    Only what loaded it knows under which name it will be used, so its scope
    is that of its file, and is found by its spec, which is its own.
    """
    name = spec.name
    scope = scopes.get(name)
    if scope is None or sys.modules.get(name) is not module:
        scope = b"module/" + encode(
            name + "@" + marks.relative(os.path.abspath(spec.origin)))
        _by_hand[identity(spec)] = (scope, spec)
    load = Load(name, scope)
    load.module, load.spec = module, spec
    load.executing = True
    return _open(load)


class Load:
    """One module that is being loaded."""

    __slots__ = ("name", "scope", "module", "spec", "executing", "source",
                 "known", "ours", "inside", "depth", "importer", "local",
                 "lifted")

    def __init__(self, name, scope):
        self.name = name
        self.scope = scope
        # Set where it is loaded by hand: it need not get into sys.modules.
        self.module = self.spec = None
        # Whether its loader was called.
        self.executing = False
        # The file whose reading is muted, until its code runs.
        self.source = None
        # Whether its code is that of a source that was said, or none ran.
        self.known = False
        # Whether a file of the project was found to load it from.
        self.ours = False
        # Whether its package loaded it, which was imported for its sake, so
        # that nothing is left to be done.
        self.inside = False


def _forget_foreign(name):
    """A module of that name is loaded; None: of whatever name."""
    if name is None:
        _foreign.clear()
    else:
        _foreign.pop(name.partition(".")[0], None)
    _told.clear()
    if marks.extension is not None:
        marks.extension.renew(name)


def _open(load):
    opened = marks.thread.modules
    load.local = not opened and runner.is_local(load.name)
    load.importer = None
    if not load.local:
        load.importer = _importer(3)
        _use(load.scope, load.importer)
        if load.module is not None:
            _use_parents(load.name, load.scope)
    _forget_foreign(None if load.module or _by_hand else load.name)
    if load.module is None:
        scopes[load.name] = load.scope
    load.lifted = marks.lift()
    opened.append(load.scope)
    marks.thread.loads.append(load)
    load.depth = len(opened)
    shift(BEGIN + load.scope)
    if "." not in load.name:
        places.note_missing()
    return load


def close(load, _=None):
    """Leaves the scope of a module."""
    if load is None:
        return
    opened = marks.thread.modules
    # An interrupt may have kept an inner scope from being closed.
    while len(opened) >= load.depth:
        opened.pop()
        shift(END)
    del marks.thread.loads[load.depth - 1:]
    marks.lower(load.lifted)
    name, scope = load.name, load.scope
    module = load.module or sys.modules.get(name)
    if is_opaque is not None and is_opaque(load, module):
        say(BEGIN + scope)
        say(USE + OPAQUE)
        say(END)
    for outer in marks.thread.loads if module is not None else ():
        if outer.name == name:
            outer.inside = True
    if module is None:
        # It failed, and what it looked for belongs to who asked for it.
        if scopes.get(name) == scope:
            del scopes[name]
        if load.local:
            say(USE + scope)
    elif not is_project(module):
        _close_foreign(load, module)
    else:
        if loaded is not None:
            loaded(module)
        _packages.update(_parents(name))
        if load.local:
            if not runner.use_local(module, scope):
                _use_in_base(scope)
        elif told_of is not None:
            told_of(name, (), sys._getframe(1), load.module)


def _close_foreign(load, module):
    """Gives a module of no project to its package, or to everybody."""
    name, scope = load.name, load.scope
    whole = distributions.scope_of(module)
    if whole is None:
        scopes.pop(name, None)
        _use_in_base(scope)
    else:
        if load.module is None:
            scopes[name] = whole
        else:
            _by_hand[identity(load.spec)] = (whole, load.spec)
        _packages.update(_parents(name))
        if scope != whole:
            say(BEGIN + whole)
            say(USE + scope)
            say(END)
        _use(whole, load.importer)
    if name in _watches:
        _watches[name](module)


def _use_in_base(scope):
    say(BEGIN + BASE)
    say(USE + scope)
    say(END)


def is_project(module):
    """Whether a module, or what a plugin is made of, is the project's."""
    names = getattr(module, "__dict__", None)
    if names is None:
        return False
    spec = names.get("__spec__")
    origin = names.get("__file__") or getattr(spec, "origin", None)
    if isinstance(origin, str) and (
            "/" in origin or origin.endswith((".py", ".pyc", ".so"))):
        found = _decided.get(origin)
        if found is None:
            found = is_project_path(os.path.abspath(origin))
            if origin[:1] == "/":
                _decided[origin] = found
        return found
    below = getattr(spec, "submodule_search_locations", None)
    if below is None:
        return False
    return any(is_project_path(place) for place in below)


def origin_of(name):
    """Where a module would be loaded from; nobody depends on the answer."""
    global _quiet
    _quiet = True
    say(MUTE)
    try:
        spec = importlib.machinery.PathFinder.find_spec(name)
    finally:
        say(UNMUTE)
        _quiet = False
    return spec.origin if spec is not None else None
