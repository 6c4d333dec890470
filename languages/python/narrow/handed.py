# SPDX-License-Identifier: MIT
"""Modules of the project that are handed on as a whole.

`app.config.from_object(settings)` has code of others look names up that no
code of the project mentions.  So who holds a module is concerned by whatever
name of it changes: not who asks it for an attribute that is written.

Which files have a module under which name, their imports tell; what a
function imports for itself is among its mentions, as "import a.b", or where
that is relative, "import .b".
"""

from ..blocks import mentions
from ..blocks.outline import (
    BINDS, CHAINS, KIND, MORE, RISK, WORDS, dotted_by, held_by,
)
from .units import HARD, NONE, SOFT

_IMPORT_NAME = mentions._IMPORT_NAME
_IMPORT_FROM = mentions._IMPORT_FROM
_IMPORT_SHIFT = 2 if mentions.VERSION >= (3, 15) else 0
_STORES = mentions._ops("STORE_FAST")
_LOADS = mentions._ops("LOAD_FAST", "LOAD_FAST_CHECK", "LOAD_FAST_BORROW")
_PAIRS = mentions._ops("STORE_FAST_LOAD_FAST", "LOAD_FAST_LOAD_FAST",
                       "LOAD_FAST_BORROW_LOAD_FAST_BORROW",
                       "STORE_FAST_STORE_FAST")
_SMALL = mentions.opmap.get("LOAD_SMALL_INT", mentions.NOWHERE)


def imported_and_held(code, stream):
    """The modules that code imports and hands on, or may, as mentions."""
    found = set()
    module = ""
    for at, (_, op, arg) in enumerate(stream):
        if op == _IMPORT_NAME:
            module = code.co_names[arg >> _IMPORT_SHIFT]
            relative = _level(code, stream, at) != 0
            if _is_held(code, stream, at + 1) or "." in module:
                found.add(_mention(relative, module))
        elif op == _IMPORT_FROM:
            part = code.co_names[arg]
            if stream[at + 1][1] in _STORES and not _is_held(
                    code, stream, at + 1):
                continue
            # As "import a.b as c" has it, or "from a import b".
            found.add(_mention(relative, module))
            found.add(_mention(relative, (module + "." + part).lstrip(".")))
    return found


def imported(code, stream):
    """The modules that code imports, as mentions."""
    found = set()
    module, relative = "", False
    for at, (_, op, arg) in enumerate(stream):
        if op == _IMPORT_NAME:
            module = code.co_names[arg >> _IMPORT_SHIFT]
            relative = _level(code, stream, at) != 0
            names = [module]
        elif op == _IMPORT_FROM:
            names = [(module + "." + code.co_names[arg]).lstrip(".")]
        else:
            continue
        found.update("aimports " + ("." + name.rpartition(".")[2]
                                    if relative else name) for name in names)
    return found


def _mention(relative, module):
    if relative:
        return "aimport ." + module.rpartition(".")[2]
    return "aimport " + module


def _level(code, stream, at):
    _, op, arg = stream[at - 2]
    if op == _SMALL:
        return arg
    return code.co_consts[arg] if op in mentions._CONSTANTS else 1


def _is_held(code, stream, at):
    """Whether what is stored at `at` is more than asked for attributes."""
    _, op, variable = stream[at]
    if op not in _STORES:
        # Of names that are imported from it nothing is known here.
        return op != _IMPORT_FROM
    for place, (_, op, arg) in enumerate(stream):
        if op in _PAIRS and variable in (arg >> 4, arg & 15):
            return True
        if op in _LOADS and arg == variable and not (
                mentions._is_owner(stream, place + 1, code.co_names)
                or mentions._is_called(stream, place + 1)
                or mentions.is_asked(stream, place + 1, code.co_names,
                                     code.co_consts, place)):
            return True
    return False


def names_in(project, file):
    """(path, name): what other files have that stands for a file's module."""
    found = set()
    tails = {full.rpartition(".")[2] for full in file.modules}
    for each in project.files.values():
        if each is file or not each.outline or tails.isdisjoint(
                each.outline.names):
            continue
        for unit in each.units:
            if unit[KIND] == "import":
                what = [unit[MORE]]
            elif unit[KIND] == "compound":
                what = unit[MORE][0]
            else:
                continue
            for one in what:
                found.update([(each.path, name) for name in _names_of(
                    project, each, one, unit[BINDS], file.modules)])
    return found


def _names_of(project, at, what, bound, modules):
    module, level, name = what[:3]
    if name == "*" or project.is_foreign(at, module, level):
        return
    if name is None:
        renamed = len(what) > 3 and what[3]
        stands = [(module if renamed else module.partition(".")[0])]
    else:
        stands = [full + "." + name
                  for full in project.absolute(at, module, level)]
    for full in modules:
        for each in stands:
            if full == each or full.startswith(each + "."):
                for own in bound:
                    yield own + full[len(each):]


def mentions_of(file):
    """What functions mention that import the module and hand it on."""
    return {text for full in file.modules for text in (
        "import " + full, "import ." + full.rpartition(".")[2])}


def held_of(names, unit):
    """Those of the names that a unit holds the module by."""
    return (held_by(unit) | dotted_by(unit[CHAINS], unit[WORDS])
            ).intersection(names)


def level_of(names, unit):
    """What it means for a unit that names of modules changed.

    names: those under which its file has these.  Who asks them for nothing
    but attributes that are written does not hold them.
    """
    if unit[KIND] == "import" or not held_of(names, unit):
        return NONE
    return HARD if unit[KIND] == "compound" or unit[RISK] else SOFT
