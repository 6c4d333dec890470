# SPDX-License-Identifier: MIT
"""How the code of a module is got, and modules that are loaded by hand.

Where functions are recorded one by one, a module is not tied to the whole of
its file: the reading of source and bytecode is muted, and the scope says
which source it is, for the tracer to compare piece by piece.  That holds for
what Python's own loader reads, and the runner's; whatever another one makes of
a file may depend on every byte, so its reads are recorded as reads.

Functions are told by the file that their code names.  Code that names another
one than it is loaded from is none of that source, and who runs it runs what
nobody knows: its module is opaque.
"""

import importlib._bootstrap as bootstrap
import importlib._bootstrap_external as external
import importlib.machinery
import importlib.util
import os
import sys
import types

from .. import marks, runner
from ..entered import functions
from ..marks import WHOLE, encode, say
from . import distributions, imports
from .installed import is_project_path

SOURCE = b"/@ftrace/source/"

_Loader = importlib.machinery.SourceFileLoader
_METHODS = ("get_code", "get_data", "get_filename", "path_stats",
            "source_to_code", "set_data", "_cache_bytecode", "exec_module")
_Lazy = importlib.util._LazyModule

# What they load has no bytecode: C, and a directory without __init__.py.
_WITHOUT_CODE = (importlib.machinery.ExtensionFileLoader,
                 getattr(external, "NamespaceLoader", None)
                 or getattr(external, "_NamespaceLoader", None))

# As they are now: a test may put others there, and load modules then.
_stat, _unlink = os.stat, os.unlink

_known_methods = None


def install():
    """Puts the wrappers in place, which only the extension can hide."""
    global _known_methods
    if marks.extension is None:
        return
    method = marks.extension.method
    around = marks.around
    try:
        _Loader.get_code = method(
            around(_Loader.get_code, _enter_code, _leave_code))
        _Loader.exec_module = method(
            around(_Loader.exec_module, enter_module, leave_module))
    except TypeError:
        return
    bootstrap._load_unlocked = around(
        bootstrap._load_unlocked, _enter_load, _leave_load)
    imports.is_opaque = _is_opaque
    _known_methods = [getattr(_Loader, name, None) for name in _METHODS]
    if _recorded():
        _declare_past()


def _declare_past():
    """Says of what modules are that were loaded before, as by `-p plugin`.

    Everything depends on the whole of their files, which Python has read
    before; what their functions mention is for narrowing to know.
    """
    for name, module in list(sys.modules.items()):
        if name.startswith(marks.OWN_MODULES) or not imports.is_project(
                module):
            continue
        names = module.__dict__
        loader = type(getattr(names.get("__spec__"), "loader", None))
        path = names.get("__file__")
        if (loader not in (_Loader, runner.loader) or type(path) is not str
                or not path.endswith(".py")):
            continue
        path = os.path.abspath(path)
        say(marks.BEGIN + marks.BASE)
        if all(_fits(code, path) for code in _codes_of(names)):
            # Who imports it, and what it imports from now on, is told.
            scope = imports.scopes[name] = b"module/" + encode(name)
            say(marks.USE + scope)
            say(marks.END)
            say(marks.BEGIN + scope)
            say(SOURCE + encode(path))
        else:
            say(marks.USE + marks.OPAQUE)
        say(marks.END)


def _codes_of(names):
    """The code of the functions of a module, and of those in its classes."""
    places = [names] + [
        value.__dict__ for value in list(names.values())
        if isinstance(value, type)
        and value.__module__ == names.get("__name__")]
    return [value.__code__ for place in places
            for value in list(place.values())
            if type(value) is types.FunctionType
            and value.__globals__ is names]


def _recorded():
    return functions.mode is not None


def _source_of(loader, name, path):
    """The load of a module whose reading can be muted, or None."""
    loads = marks.thread.loads
    if (not loads or not _recorded() or type(path) is not str
            or not path.endswith(".py")):
        return None
    load = loads[-1]
    if (load.name != name or not load.executing or load.source is not None
            or not is_project_path(os.path.abspath(path))):
        return None
    if type(loader) is _Loader:
        if not _is_as_ever(loader):
            return None
    elif runner.loader is None or type(loader) is not runner.loader:
        return None
    return load


def _is_as_ever(loader):
    return (vars(loader).keys() == {"name", "path"}
            and [getattr(_Loader, each, None)
                 for each in _METHODS] == _known_methods)


def _fits(code, path):
    """Whether code, and all in it, names the file that it was made of."""
    if type(code) is not types.CodeType:
        return False
    found, names = [code], set()
    for each in found:
        names.add(each.co_filename)
        found += [inner for inner in each.co_consts
                  if type(inner) is types.CodeType]
    return all(os.path.abspath(name) == path for name in names)


def is_of_source(code):
    """Whether bytecode that a runner's loader has read is to be used.

    It is found by the size and time of the source, which a copy has as well,
    and names the file that it was made of, wherever that was.
    """
    loads = marks.thread.loads
    return (code is None or not loads or not loads[-1].source
            or _fits(code, loads[-1].source))


def _drop_unsure(path, tail=None):
    """Removes bytecode that may be of what the file was a moment before.

    It is told by the size and by the second of its source. git and whoever
    formats a file can write two states within one, and the tests of the first
    are over by then: the second would run, and be recorded, as the first.
    """
    try:
        made = external.cache_from_source(path)
        if tail:
            made = os.path.join(os.path.dirname(made),
                                os.path.basename(path)[:-len(".py")] + tail)
        source, made_of = _stat(path), _stat(made)
        if (int(source.st_mtime) == int(made_of.st_mtime)
                and source.st_ctime_ns >= made_of.st_mtime_ns):
            _unlink(made)
    except (NotImplementedError, OSError):
        pass


def _say_source(load, code):
    """Says what was read, once the code is there or cannot be."""
    path, load.source = load.source, ""
    fits = _fits(code, path)
    load.known = fits or code is None
    say((SOURCE if fits else WHOLE) + encode(path))


def _is_opaque(load, module):
    """Whether a module of the project ran code that is no block."""
    if (load.known or load.inside or not _recorded()
            or type(module) is _Lazy):
        return False
    if module is None:
        return load.ours
    spec = (getattr(module, "__dict__", None) or {}).get("__spec__")
    return (type(getattr(spec, "loader", None)) not in _WITHOUT_CODE
            and imports.is_project(module))


def _enter_code(loader, fullname=None):
    path = getattr(loader, "path", None)
    load = _source_of(loader, fullname, path)
    if load is None:
        return None
    load.source = os.path.abspath(path)
    marks.mute_always()
    _drop_unsure(load.source)
    return load


def _leave_code(load, code):
    if load is not None:
        marks.unmute(True)
        _say_source(load, code)


def _has_scope(path):
    return (is_project_path(path)
            or distributions.entry_of(path) is not None)


def _enter_load(spec):
    """Something was found: its loader is about to run its code."""
    loads = marks.thread.loads
    origin = getattr(spec, "origin", None)
    if not loads or loads[-1].name != spec.name:
        return
    loads[-1].inside = False
    if type(origin) is str:
        loads[-1].ours = (
            type(spec.loader) not in _WITHOUT_CODE
            and is_project_path(os.path.abspath(origin)))


def _leave_load(*_):
    pass


def enter_module(loader, module):
    spec = getattr(module, "__spec__", None)
    name = getattr(spec, "name", None)
    origin = getattr(spec, "origin", None)
    loads = marks.thread.loads
    opened = None
    if (loads and loads[-1].name == name and not loads[-1].executing):
        loads[-1].executing = True
    elif (type(origin) is str and type(name) is str
            and _has_scope(os.path.abspath(origin))):
        opened = imports.open_by_hand(spec, module)
    if type(loader) is not runner.loader:
        return opened, None
    load = _source_of(loader, name, origin)
    if load is not None:
        load.source = os.path.abspath(origin)
        marks.mute_always()
        _drop_unsure(load.source, runner.bytecode_tail)
    return opened, load


def leave_module(token, _):
    opened, load = token
    if load is not None:
        marks.unmute(True)
        if load.source:
            _say_source(load, None)
    imports.close(opened)


def enter_run(code, *_):
    """The runner's loader is about to run the code of a module."""
    loads = marks.thread.loads
    if loads and loads[-1].source:
        _say_source(loads[-1], code)
    return marks.lift()
