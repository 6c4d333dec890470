# SPDX-License-Identifier: MIT
"""The modules that compiled code imports, and whether it hands them on."""

from .opcodes import (
    CONSTANTS, IMPORT_FROM, IMPORT_NAME, NOWHERE, VERSION, opmap, ops,
)
from .uses import is_asked, is_called, is_owner
from .words import NAME_HELD

_IMPORT_SHIFT = 2 if VERSION >= (3, 15) else 0
_STORES = ops("STORE_FAST")
_LOADS = ops("LOAD_FAST", "LOAD_FAST_CHECK", "LOAD_FAST_BORROW")
_PAIRS = ops("STORE_FAST_LOAD_FAST", "LOAD_FAST_LOAD_FAST",
             "LOAD_FAST_BORROW_LOAD_FAST_BORROW",
             "STORE_FAST_STORE_FAST")
_SMALL = opmap.get("LOAD_SMALL_INT", NOWHERE)


def imported_and_held(code, stream):
    """The modules that code imports and hands on, or may, as mentions."""
    found = set()
    module, names = "", False
    for at, (_, op, arg) in enumerate(stream):
        if op == IMPORT_NAME:
            module = code.co_names[arg >> _IMPORT_SHIFT]
            relative = _level(code, stream, at) != 0
            names = _takes_names(code, stream, at)
            if not names and (_is_held(code, stream, at + 1)
                              or "." in module):
                found.add(_mention(relative, module))
        elif op == IMPORT_FROM:
            part = code.co_names[arg]
            if stream[at + 1][1] in _STORES and not _is_held(
                    code, stream, at + 1):
                continue
            if not names:
                # As "import a.b as c" has it, which means the module itself.
                found.add(_mention(relative, module))
            found.add(_mention(relative, (module + "." + part).lstrip(".")))
    return found


def imported(code, stream):
    """The modules that code imports, as mentions."""
    found = set()
    module, relative = "", False
    for at, (_, op, arg) in enumerate(stream):
        if op == IMPORT_NAME:
            module = code.co_names[arg >> _IMPORT_SHIFT]
            relative = _level(code, stream, at) != 0
            names = [module]
        elif op == IMPORT_FROM:
            names = [(module + "." + code.co_names[arg]).lstrip(".")]
        else:
            continue
        found.update(NAME_HELD + "imports " + ("." + name.rpartition(".")[2]
                                    if relative else name) for name in names)
    return found


def _mention(relative, module):
    if relative:
        return NAME_HELD + "import ." + module.rpartition(".")[2]
    return NAME_HELD + "import " + module


def _takes_names(code, stream, at):
    """Whether an import is `from module import names`, and none of all."""
    _, op, arg = stream[at - 1]
    return op in CONSTANTS and type(code.co_consts[arg]) is tuple


def _level(code, stream, at):
    _, op, arg = stream[at - 2]
    if op == _SMALL:
        return arg
    return code.co_consts[arg] if op in CONSTANTS else 1


def _is_held(code, stream, at):
    """Whether what is stored at `at` is more than asked for attributes."""
    _, op, variable = stream[at]
    if op not in _STORES:
        # Of names that are imported from it nothing is known here.
        return op != IMPORT_FROM
    for place, (_, op, arg) in enumerate(stream):
        if op in _PAIRS and variable in (arg >> 4, arg & 15):
            return True
        if op in _LOADS and arg == variable and not (
                is_owner(stream, place + 1, code.co_names)
                or is_called(stream, place + 1)
                or is_asked(stream, place + 1, code.co_names,
                            code.co_consts, place)):
            return True
    return False
