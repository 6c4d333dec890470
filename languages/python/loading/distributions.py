# SPDX-License-Identifier: MIT
"""Installed packages: those that the runner is made of, and all others.

What the runner and its plugins are made of is everybody's.  Every other entry
of a folder of packages (`site-packages/numpy`, `six.py`) has one scope, which
stands for all that was loaded from there: whoever imports any of it uses it.

The runner has gone through these folders before its adapter was there, for the
plugins that distributions declare.  What it depends on by that is said here,
so that another distribution may come and go; see docs/reference/marks.md.
"""

import marshal
import opcode
import os
import re
import sys
import types

from .. import marks, runner
from ..marks import BEGIN, BLOCK_LIST, END, WHOLE, encode, say
from .installed import FOLDERS, STDLIB
from .places import metadata_of

# The scope of each entry that one was made for, and these scopes.
_scopes = {}
scopes = set()

# The entries that the runner is made of.
_runners = set()

# What is installed in a folder: the records of its distributions, by entry.
_records = {}

# The names in a folder that say more than what they are called.
_NAMES = ("*.egg", "*.egg-link", "*.pth")

# What Python asks for before anything else, and mostly in vain.
_CUSTOM = ("sitecustomize", "usercustomize")

# Who imports in vain and goes on has one of these among its constants.
_FORGIVING = (
    b"ImportError", b"ModuleNotFoundError", b"find_spec", b"import_module",
    b"suppress", b"\x09Exception",
)

# Who asks for distributions has one of the first, and who asks for all of
# them, or for entry points, one of the others.
_ASKING = (b"importlib_metadata", b"importlib.metadata", b"metadata")
_ASKING_ALL = (b"entry_points", b"distributions", b"discover", b"children")

# What may be the name of a distribution.
_DISTRIBUTION = re.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,60}")
_IMPORT_NAME = opcode.opmap["IMPORT_NAME"]
_EXTENDED = opcode.opmap["EXTENDED_ARG"]


def entry_of(path):
    """The entry of a folder of packages that a path lies in, or None."""
    start = 0
    if path.startswith(marks.root_slash):
        start = len(marks.root_slash) - 1
    for folder in FOLDERS:
        found = path.find(folder, start)
        if found >= 0:
            end = path.find("/", found + len(folder))
            return path if end < 0 else path[:end]
    return None


def _entry_of_module(module):
    names = getattr(module, "__dict__", None)
    if type(names) is not dict:
        return None
    spec = names.get("__spec__")
    origin = names.get("__file__") or getattr(spec, "origin", None)
    if isinstance(origin, str) and "/" in origin:
        return entry_of(os.path.abspath(origin))
    for place in getattr(spec, "submodule_search_locations", None) or ():
        return entry_of(os.path.abspath(place) + "/")
    return None


def is_runner(names):
    """Whether these are global names of a plugin, or of what it is made of.

    Most of a runner imports what it is asked for by a test, and keeps nothing
    of it.
    """
    name = names.get("__name__")
    if type(name) is not str:
        return False
    top = name.partition(".")[0]
    if top in runner.packages:
        return name.startswith(runner.plugin_loaders)
    path = names.get("__file__")
    return type(path) is str and entry_of(path) in _runners


def is_stdlib(names):
    """Whether these are global names of a module of Python's library."""
    path = names.get("__file__")
    return (type(path) is str and path.startswith(STDLIB)
            and entry_of(path) is None)


def scope_of(module):
    """The scope of the entry that a module was loaded from.

    None: it is the runner's, or lies in no folder of packages.
    """
    entry = _entry_of_module(module)
    if entry is None or entry in _runners:
        return None
    scope = _scopes.get(entry)
    if scope is None:
        scope = b"module/" + encode(marks.relative(entry))
        _scopes[entry] = scope
        scopes.add(scope)
        _say_records(entry, scope)
    return scope


def _say_records(entry, scope):
    """Says that a scope depends on what was installed under its entry.

    A record has the print of every file of the distribution: so whoever has
    kept some of the data of a package in memory hears of another version.
    """
    token = marks.mute_always()
    try:
        folder, name = os.path.split(entry)
        if folder not in _records:
            _records[folder] = _read_records(folder)
        found = _records[folder].get(encode(name), ())
    finally:
        marks.unmute(token)
    depth = marks.lift()
    say(BEGIN + scope)
    for path in found:
        say(WHOLE + encode(path))
    say(END)
    marks.lower(depth)


def _read_records(folder):
    """The records of the distributions in a folder, by what they installed."""
    found = {}
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return found
    for name in names:
        if not name.endswith(".dist-info"):
            continue
        path = os.path.join(folder, name, "RECORD")
        try:
            with open(path, "rb") as file:
                lines = file.read().split(b"\n")
        except OSError:
            continue
        for top in {line.partition(b",")[0].partition(b"/")[0]
                    for line in lines}:
            found.setdefault(top, []).append(path)
    return found


def declare_past():
    """Says what was looked up in folders of packages by now.

    Returns the places of sys.path of which all was said.
    """
    for module in list(sys.modules.values()):
        entry = _entry_of_module(module)
        if entry is not None:
            _runners.add(entry)
    token = marks.mute_always()
    try:
        tried = _names_tried()
    except Exception:
        tried = None
    finally:
        marks.unmute(token)
    if tried is None:
        return []
    declared = []
    late = False
    for place in sys.path:
        if not isinstance(place, str):
            continue
        absolute = os.path.abspath(place)
        late = late or absolute + "/" == STDLIB
        if entry_of(absolute + "/") != absolute + "/":
            continue
        names = _NAMES + _CUSTOM + tuple(tried) + tuple(
            name for name, module in list(sys.modules.items())
            if "." not in name and name != "__main__"
            and not name.startswith(marks.OWN_MODULES)
            and not (late and _is_built_in(module)))
        for name in names:
            say(BLOCK_LIST + encode(name) + b"/" + encode(absolute))
        for group in runner.groups:
            say(BLOCK_LIST + group + b"/" + encode(absolute))
        declared.append(place)
    return declared


def _is_built_in(module):
    """Whether a module was found before any folder of packages was asked."""
    names = getattr(module, "__dict__", None)
    if type(names) is not dict:
        return False
    path = names.get("__file__")
    if path is None:
        origin = getattr(names.get("__spec__"), "origin", None)
        return origin in ("built-in", "frozen")
    return is_stdlib(names)


def _names_tried():
    """What modules that are loaded may have looked for in vain: globs.

    None: one of them may have asked for distributions, so that it is not
    known what the folders were listed for.
    """
    if "pkg_resources" in sys.modules:
        return None
    tried = set(runner.tried)
    globs = set()
    for name, module in list(sys.modules.items()):
        names = getattr(module, "__dict__", None)
        top = name.partition(".")[0]
        if (type(names) is not dict or names.get("__file__") is None
                or top in runner.parts or is_stdlib(names)
                or top.startswith(marks.OWN_MODULES)):
            continue
        content, is_code = _content_of(names)
        asks = (content is None or b"importlib" in content
                and any(each in content for each in _ASKING))
        if content is None or b"pkg_resources" in content or (
                asks and any(each in content for each in _ASKING_ALL)):
            return None
        if not asks and not any(each in content for each in _FORGIVING):
            continue
        if is_code:
            code = marshal.loads(memoryview(content)[16:])
        elif names["__file__"].endswith(".py"):
            code = compile(content, "", "exec", dont_inherit=True)
        elif asks:
            return None
        else:
            continue
        _add_imports(code, tried)
        if asks:
            globs.add(metadata_of(top))
            _add_distributions(code, globs)
    return globs.union(name for name in tried if name not in sys.modules)


def _content_of(names):
    """What a module was made of, and whether that is compiled code."""
    cached = names.get("__cached__")
    places = []
    if type(cached) is str:
        tail = runner.bytecode_tail
        places.append((cached, True))
        if tail is not None:
            places.append((cached.rsplit(".", 2)[0] + tail, True))
    path = names["__file__"]
    places.append((path, path.endswith(".pyc")))
    for path, is_code in places:
        try:
            with open(path, "rb") as file:
                return file.read(), is_code
        except OSError:
            pass
    return None, False


def _add_imports(code, found):
    """Adds the top-level names that code imports, in functions as well."""
    raw = code.co_code
    at = raw.find(_IMPORT_NAME)
    while at >= 0:
        if not at & 1:
            number, shift_by, before = raw[at + 1], 8, at - 2
            while before >= 0 and raw[before] == _EXTENDED:
                number |= raw[before + 1] << shift_by
                shift_by += 8
                before -= 2
            if number < len(code.co_names):
                found.add(code.co_names[number].partition(".")[0])
        at = raw.find(_IMPORT_NAME, at + 1)
    for constant in code.co_consts:
        if type(constant) is types.CodeType:
            _add_imports(constant, found)
        elif type(constant) is str and (
                "import_module" in code.co_names
                or "find_spec" in code.co_names):
            name = constant.partition(".")[0]
            if name.isidentifier():
                found.add(name)


def _add_distributions(code, found):
    """Adds the metadata of each distribution that code may have named."""
    for constant in code.co_consts:
        for each in constant if type(constant) is tuple else (constant,):
            if type(each) is types.CodeType:
                _add_distributions(each, found)
            elif type(each) is str and _DISTRIBUTION.fullmatch(each):
                found.add(metadata_of(each))
