# SPDX-License-Identifier: MIT
"""Modules whose code cannot see what others have in memory.

Code gets at a module of the project by importing it, by way of what knows all
modules, frames or objects, or because it is handed something of it by a
function of the project, which is then entered.
"""

import importlib._bootstrap_external as external
import os
import sys
import types
from importlib.machinery import (
    BuiltinImporter, ExtensionFileLoader, FrozenImporter, SourceFileLoader,
)

import ftrace_pytest_marks as marks

try:
    from _opcode_metadata import opmap
except ImportError:
    from opcode import opmap

_NamespaceLoader = getattr(external, "NamespaceLoader", None) or getattr(
    external, "_NamespaceLoader", None)

# They hold nothing that others have given them, and lead to nobody else.
_LIBRARY = frozenset((
    "__future__", "abc", "argparse", "base64", "bisect", "calendar",
    "collections", "collections.abc", "configparser", "contextlib", "csv",
    "dataclasses", "datetime", "decimal", "enum", "errno", "fnmatch",
    "fractions", "functools", "glob", "hashlib", "heapq", "html", "io",
    "itertools", "json", "keyword", "math", "numbers", "os", "os.path",
    "pathlib", "random", "re", "shlex", "shutil", "stat", "statistics",
    "string", "struct", "tempfile", "textwrap", "time", "typing",
    "unicodedata", "urllib.parse", "uuid", "zlib"))
# By these whoever has anything gets at everything, also in a format string.
_REACHING = frozenset((
    "__builtins__", "__globals__", "__import__", "__loader__", "__spec__",
    "__subclasses__", "__traceback__", "builtins", "eval", "exec", "f_back",
    "f_globals", "f_locals", "gc", "get_type_hints", "getattr",
    "import_module", "importlib", "inspect", "modules", "sys", "tb_frame"))
_IN_FIELDS = tuple(name if "_" in name else sign + name
                   for name in _REACHING for sign in ".[")

_PLACE = os.path.dirname(os.__file__) + "/"
_IMPORT = opmap["IMPORT_NAME"]
_EXTENDED = opmap["EXTENDED_ARG"]
_CONSTANT = opmap["LOAD_CONST"]
_SMALL = opmap.get("LOAD_SMALL_INT", -1)
_CODE = types.CodeType


def is_of_python(spec):
    """Whether a module is one of Python's library, or has no code at all."""
    loader, origin = spec.loader, getattr(spec, "origin", None)
    return (type(loader) is _NamespaceLoader
            or loader is BuiltinImporter or loader is FrozenImporter
            or type(loader) in (SourceFileLoader, ExtensionFileLoader)
            and type(origin) is str and origin.startswith(_PLACE)
            and not origin.startswith(marks.root_slash)
            and "/site-packages/" not in origin
            and "/dist-packages/" not in origin)


def _is_harmless(name):
    """Whether that is what it is called; what is yet to be loaded is asked
    for its own code."""
    if name not in _LIBRARY:
        return False
    module = sys.modules.get(name)
    if type(module) is not types.ModuleType:
        return module is None and name not in sys.modules
    return is_of_python(module.__spec__)


def is_apart(code):
    """Whether the code of a module, and all in it, is apart from others."""
    if type(code) is not _CODE:
        return False
    found = [code]
    for each in found:
        if (not _REACHING.isdisjoint(each.co_names)
                or any(map(_reaches, each.co_consts))
                or not _imports_library(each)):
            return False
        found += [inner for inner in each.co_consts if type(inner) is _CODE]
    return True


def _reaches(constant):
    """Whether a string may name what leads to others."""
    if type(constant) is tuple:
        return any(map(_reaches, constant))
    return type(constant) is str and (constant in _REACHING or (
        "{" in constant and any([name in constant for name in _IN_FIELDS])))


def _imports_library(code):
    """Whether all that it imports is harmless, by its whole name."""
    raw = code.co_code
    before = [(0, 0), (0, 0)]
    high = 0
    for at in range(0, len(raw), 2):
        op, arg = raw[at], raw[at + 1] | high
        if op == _EXTENDED:
            high = arg << 8
            continue
        high = 0
        if op == _IMPORT and not (
                _is_absolute(code, *before[0])
                and _is_harmless(code.co_names[arg])):
            return False
        before = [before[1], (op, arg)]
    return True


def _is_absolute(code, op, arg):
    """Whether the first operand of an import, its level, is zero."""
    if op == _CONSTANT:
        return code.co_consts[arg] == 0
    return op == _SMALL and arg == 0
