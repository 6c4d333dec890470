# SPDX-License-Identifier: MIT
"""How the code of a module is got, and modules that are loaded by hand.

Where functions are recorded one by one, a module is not tied to the whole of
its file: the reading of source and bytecode is muted, and the scope says
which source it is, for the tracer to compare piece by piece.  That holds for
what Python's own loader reads, and pytest's; whatever another one makes of a
file may depend on every byte, so its reads are recorded as reads.

Functions are told by the file that their code names.  Code that names another
one than it is loaded from is none of that source, and who runs it runs what
nobody knows: its module is opaque.
"""

import builtins
import importlib._bootstrap as bootstrap
import importlib._bootstrap_external as external
import importlib.machinery
import importlib.util
import os
import sys
import types

from .. import marks
from ..entered import functions
from ..marks import WHOLE, encode, say
from . import distributions, imports

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
_rewriter = None
_rewritten_tail = None


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
            around(_Loader.exec_module, _enter_module, _leave_module))
    except TypeError:
        return
    bootstrap._load_unlocked = around(
        bootstrap._load_unlocked, _enter_load, _leave_load)
    imports.is_opaque = _is_opaque
    _known_methods = [getattr(_Loader, name, None) for name in _METHODS]
    _wrap_pytest(method, around)
    if _recorded():
        _declare_past()


def _wrap_pytest(method, around):
    global _rewriter, _rewritten_tail
    rewrite = sys.modules.get("_pytest.assertion.rewrite")
    rewriter = getattr(rewrite, "AssertionRewritingHook", None)
    code = getattr(getattr(rewriter, "exec_module", None), "__code__", None)
    if code is None:
        return
    _rewritten_tail = getattr(rewrite, "PYC_TAIL", None)
    # Its last step, by which the module's own code begins to run.
    if "exec" in code.co_names and not hasattr(rewrite, "exec"):
        rewrite.exec = around(builtins.exec, _enter_run, marks.lower)
        _rewriter = rewriter
    read = getattr(rewrite, "_read_pyc", None)
    if _rewriter is not None and type(read) is types.FunctionType:
        rewrite._read_pyc = marks.extension.sift(read, _is_of_source)
    rewriter.exec_module = method(
        around(rewriter.exec_module, _enter_module, _leave_module))
    rewriter.find_spec = method(
        around(rewriter.find_spec, marks.mute_always, marks.unmute))
    _wrap_looks(around)


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
        if (loader not in (_Loader, _rewriter) or type(path) is not str
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


def _wrap_looks(around):
    """Mutes pytest's looks at a file that is imported, or whose line it gives.

    In which package it lies is asked for once more in the name of each
    directory, see directory_scope().
    """
    for place, name, enter in (
            ("_pytest.pathlib", "import_path", _enter_path),
            ("_pytest._code.code", "getfslineno", marks.mute_always)):
        function = getattr(sys.modules.get(place), name, None)
        if function is None:
            continue
        wrapped = around(function, enter, marks.unmute)
        for user, module in list(sys.modules.items()):
            if (user.startswith("_pytest.")
                    and vars(module).get(name) is function):
                setattr(module, name, wrapped)


def _enter_path(*_, **options):
    # In this mode pytest asks the finders itself, and the project's own may
    # read what they like.
    if "importlib" in str(options.get("mode")) and any(
            _is_of_project(finder) for finder in sys.meta_path):
        return False
    return marks.mute_always()


def _is_of_project(finder):
    name = getattr(finder, "__module__", None)
    if type(name) is str and name.startswith(
            ("_frozen_importlib", "importlib.")):
        return False
    module = sys.modules.get(name)
    return module is None or imports.is_project(module)


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
            or not imports.is_project_path(os.path.abspath(path))):
        return None
    if type(loader) is _Loader:
        if not _is_as_ever(loader):
            return None
    elif _rewriter is None or type(loader) is not _rewriter:
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


def _is_of_source(code):
    """Whether bytecode that pytest has read is to be used.

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
    if load.known or not _recorded() or type(module) is _Lazy:
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
    return (imports.is_project_path(path)
            or distributions.entry_of(path) is not None)


def _enter_load(spec):
    """Something was found: its loader is about to run its code."""
    loads = marks.thread.loads
    origin = getattr(spec, "origin", None)
    if loads and loads[-1].name == spec.name and type(origin) is str:
        loads[-1].ours = (
            type(spec.loader) not in _WITHOUT_CODE
            and imports.is_project_path(os.path.abspath(origin)))


def _leave_load(*_):
    pass


def _enter_module(loader, module):
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
    if type(loader) is not _rewriter:
        return opened, None
    load = _source_of(loader, name, origin)
    if load is not None:
        load.source = os.path.abspath(origin)
        marks.mute_always()
        _drop_unsure(load.source, _rewritten_tail)
    return opened, load


def _leave_module(token, _):
    opened, load = token
    if load is not None:
        marks.unmute(True)
        if load.source:
            _say_source(load, None)
    imports.close(opened)


def _enter_run(code, *_):
    loads = marks.thread.loads
    if loads and loads[-1].source:
        _say_source(loads[-1], code)
    return marks.lift()
